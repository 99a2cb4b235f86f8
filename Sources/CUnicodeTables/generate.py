#!/usr/bin/env python3
"""Writes tables.c, what address preparation knows of Unicode, from the Unicode Character Database.

    python3 Sources/CUnicodeTables/generate.py            # writes tables.c
    python3 Sources/CUnicodeTables/generate.py --check    # fails where tables.c is another

The database is read from /usr/share/unicode (Debian: unicode-data), or from the folder that --database names. Nothing is
taken from Python's own tables, whose version is that of Python.
"""

import argparse
import pathlib
import re
import sys

CODE_POINTS = 0x110000
SURROGATES = range(0xD800, 0xE000)

# One record of a code point, lowest bit first. UnicodeProperties.swift reads it.
CLASS_SHIFT = 0  # 3 bits
HOST_NAME = 1 << 3
BIDI_SHIFT = 4  # 3 bits
JOINING_SHIFT = 7  # 3 bits
SCRIPT_SHIFT = 10  # 2 bits
MARK = 1 << 12
SPACE = 1 << 13
HAS_LOWERCASE = 1 << 14
HAS_WIDTH_MAPPING = 1 << 15
MAY_CHANGE_IN_NFC = 1 << 16
COMBINING_CLASS_SHIFT = 24  # 8 bits

CLASSES = ["pvalid", "free", "contextj", "contexto", "disallowed", "unassigned"]
BIDI = {
    **dict.fromkeys(["R", "AL"], 1),
    "L": 0, "AN": 2, "EN": 3, "NSM": 4,
    **dict.fromkeys(["ES", "CS", "ET", "ON", "BN"], 5),
}
BIDI_OTHER = 6
JOINING = {"U": 0, "L": 1, "R": 2, "D": 3, "T": 4, "C": 5}
SCRIPTS = {"Greek": 1, "Hebrew": 2, "Hiragana": 3, "Katakana": 3, "Han": 3}


class Database:
    """The files of the database, read as far as they are needed."""

    def __init__(self, folder):
        self.folder = folder
        self.category = ["Cn"] * CODE_POINTS
        self.combining = [0] * CODE_POINTS
        self.canonical, self.compatibility, self.width, self.lower = {}, {}, {}, {}
        self.read_unicode_data()
        self.read_special_casing()
        self.properties = self.sets("PropList.txt") | self.sets("DerivedCoreProperties.txt")
        self.normalization = self.sets("DerivedNormalizationProps.txt", 2)
        self.hangul = self.values("HangulSyllableType.txt", "NA")
        self.scripts = self.values("Scripts.txt", "Unknown")
        self.bidi = self.values("extracted/DerivedBidiClass.txt", "L")
        self.joining = self.values("extracted/DerivedJoiningType.txt", "U")
        self.casefold = {
            int(code, 16): [int(scalar, 16) for scalar in mapping.split()]
            for code, status, mapping in self.rows("CaseFolding.txt", 3) if status in "CF"
        }
        version = re.search(r"-(\d+\.\d+\.\d+)\.txt", self.text("PropList.txt"))
        self.version = version.group(1)
        self.compositions = {
            tuple(mapping): code for code, mapping in self.canonical.items()
            if len(mapping) == 2 and code not in self.normalization["Full_Composition_Exclusion"]
        }

    def text(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def rows(self, name, count):
        for line in self.text(name).splitlines():
            fields = [field.strip() for field in line.split("#")[0].split(";")]
            if len(fields) >= count:
                yield fields[:count]

    @staticmethod
    def range(text):
        first, _, last = text.partition("..")
        return range(int(first, 16), int(last or first, 16) + 1)

    def read_unicode_data(self):
        first = None
        for line in self.text("UnicodeData.txt").splitlines():
            fields = line.split(";")
            code = int(fields[0], 16)
            if fields[1].endswith(", First>"):
                first = code
                continue
            for each in range(code if first is None else first, code + 1):
                self.category[each] = fields[2]
                self.combining[each] = int(fields[3])
            first = None
            if fields[5]:
                words = fields[5].split()
                kind = words.pop(0) if words[0].startswith("<") else None
                mapping = [int(word, 16) for word in words]
                (self.canonical if kind is None else self.compatibility)[code] = mapping
                if kind in ("<wide>", "<narrow>"):
                    self.width[code] = mapping
            if fields[13]:
                self.lower[code] = [int(fields[13], 16)]

    def read_special_casing(self):
        for line in self.text("SpecialCasing.txt").splitlines():
            fields = [field.strip() for field in line.split("#")[0].split(";")]
            # A sixth field is a condition: final sigma, or a language. Neither is a property of an address.
            if len(fields) < 5 or fields[4]:
                continue
            code, mapping = int(fields[0], 16), [int(word, 16) for word in fields[1].split()]
            if mapping != [code]:
                self.lower[code] = mapping

    def sets(self, name, count=2):
        sets = {}
        for fields in self.rows(name, count):
            key = fields[1]
            sets.setdefault(key, set()).update(self.range(fields[0]))
        # A property with values: one set for each, such as ("NFC_QC", "M").
        for line in self.text(name).splitlines():
            fields = [field.strip() for field in line.split("#")[0].split(";")]
            if len(fields) == 3:
                sets.setdefault((fields[1], fields[2]), set()).update(self.range(fields[0]))
        return sets

    def values(self, name, default):
        short = {
            "Left_To_Right": "L", "Right_To_Left": "R", "Arabic_Letter": "AL",
            "European_Terminator": "ET", "Boundary_Neutral": "BN", "Non_Joining": "U",
        }
        values = [default] * CODE_POINTS
        missing = re.findall(r"^# @missing: (\S+); (\S+)", self.text(name), re.MULTILINE)
        for codes, value in missing + list(self.rows(name, 2)):
            for code in self.range(codes):
                values[code] = short.get(value, value)
        return values

    # Normalization, for what is derived from it.

    def decompose(self, code, compatibility):
        mapping = self.canonical.get(code)
        if mapping is None and compatibility:
            mapping = self.compatibility.get(code)
        if mapping is not None:
            return [each for part in mapping for each in self.decompose(part, compatibility)]
        index = code - 0xAC00
        if 0 <= index < 11172:
            trail = [0x11A7 + index % 28] if index % 28 else []
            return [0x1100 + index // 588, 0x1161 + index % 588 // 28] + trail
        return [code]

    def nfkc(self, codes):
        text = [each for code in codes for each in self.decompose(code, True)]
        for index in range(1, len(text)):
            while index and 0 < self.combining[text[index]] < self.combining[text[index - 1]]:
                text[index - 1], text[index] = text[index], text[index - 1]
                index -= 1
        result, starter = [], None
        for code in text:
            if starter is not None:
                last = self.combining[result[-1]] if len(result) > starter + 1 else -1
                combined = self.compose(result[starter], code)
                if combined is not None and last < self.combining[code]:
                    result[starter] = combined
                    continue
            if self.combining[code] == 0:
                starter = len(result)
            result.append(code)
        return result

    def compose(self, first, second):
        lead, vowel, syllable = first - 0x1100, second - 0x1161, first - 0xAC00
        if 0 <= lead < 19 and 0 <= vowel < 21:
            return 0xAC00 + (lead * 21 + vowel) * 28
        if 0 <= syllable < 11172 and syllable % 28 == 0 and 0 < second - 0x11A7 < 28:
            return first + second - 0x11A7
        return self.compositions.get((first, second))


# MARK: What is derived

PVALID_EXCEPTIONS = {0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007}
CONTEXTO_EXCEPTIONS = {
    0x00B7, 0x0375, 0x05F3, 0x05F4, 0x30FB, *range(0x0660, 0x066A), *range(0x06F0, 0x06FA),
}
DISALLOWED_EXCEPTIONS = {0x0640, 0x07FA, 0x302E, 0x302F, *range(0x3031, 0x3036), 0x303B}
LETTER_DIGITS = {"Ll", "Lu", "Lo", "Nd", "Lm", "Mn", "Mc"}
FREEFORM = {
    "Lt", "Nl", "No", "Me", "Zs", "Sm", "Sc", "Sk", "So", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
}


def shared_class(data, code):
    """The steps that RFC 8264, section 8, and RFC 5892, section 3, begin with; None where none applies."""
    if code in PVALID_EXCEPTIONS:
        return "pvalid"
    if code in CONTEXTO_EXCEPTIONS:
        return "contexto"
    if code in DISALLOWED_EXCEPTIONS:
        return "disallowed"
    if data.category[code] == "Cn" and code not in data.properties["Noncharacter_Code_Point"]:
        return "unassigned"
    return None


def is_ignorable(data, code):
    return (code in data.properties["Default_Ignorable_Code_Point"]
            or code in data.properties["Noncharacter_Code_Point"])


def is_old_hangul(data, code):
    return data.hangul[code] in ("L", "V", "T")


def precis_class(data, code):
    """RFC 8264, section 8. ID_DIS or FREE_PVAL is "free"."""
    shared = shared_class(data, code)
    if shared:
        return shared
    if 0x21 <= code <= 0x7E:
        return "pvalid"
    if code in data.properties["Join_Control"]:
        return "contextj"
    if is_old_hangul(data, code) or is_ignorable(data, code) or data.category[code] == "Cc":
        return "disallowed"
    if data.nfkc([code]) != [code]:
        return "free"
    if data.category[code] in LETTER_DIGITS:
        return "pvalid"
    return "free" if data.category[code] in FREEFORM else "disallowed"


def idna_class(data, code):
    """RFC 5892, section 3."""
    shared = shared_class(data, code)
    if shared:
        return shared
    if code == 0x2D or 0x30 <= code <= 0x39 or 0x61 <= code <= 0x7A:
        return "pvalid"
    if code in data.properties["Join_Control"]:
        return "contextj"
    folded = [each for part in data.nfkc([code]) for each in data.casefold.get(part, [part])]
    is_unstable = data.nfkc(folded) != [code]
    is_ignored = is_ignorable(data, code) or code in data.properties["White_Space"]
    # Combining Diacritical Marks for Symbols, Musical Symbols, Ancient Greek Musical Notation.
    in_block = 0x20D0 <= code <= 0x20FF or 0x1D100 <= code <= 0x1D24F
    if is_unstable or is_ignored or in_block or is_old_hangul(data, code):
        return "disallowed"
    return "pvalid" if data.category[code] in LETTER_DIGITS else "disallowed"


def record(data, code):
    if code in SURROGATES:
        return CLASSES.index("disallowed") | BIDI_OTHER << BIDI_SHIFT
    precis, idna = precis_class(data, code), idna_class(data, code)
    # One bit tells the second class from the first.
    expected = {"pvalid": ("pvalid", "disallowed"), "free": ("disallowed",)}.get(precis, (precis,))
    assert idna in expected, hex(code)
    bits = CLASSES.index(precis) << CLASS_SHIFT
    bits |= BIDI.get(data.bidi[code], BIDI_OTHER) << BIDI_SHIFT
    bits |= JOINING[data.joining[code]] << JOINING_SHIFT
    bits |= SCRIPTS.get(data.scripts[code], 0) << SCRIPT_SHIFT
    bits |= data.combining[code] << COMBINING_CLASS_SHIFT
    quick_check = data.normalization
    flags = {
        HOST_NAME: idna == "pvalid",
        MARK: data.category[code].startswith("M"),
        SPACE: data.category[code] == "Zs",
        HAS_LOWERCASE: code in data.lower,
        HAS_WIDTH_MAPPING: code in data.width,
        MAY_CHANGE_IN_NFC: data.combining[code] != 0 or code in quick_check[("NFC_QC", "N")]
        or code in quick_check[("NFC_QC", "M")],
    }
    return bits | sum(flag for flag, holds in flags.items() if holds)


# MARK: Writing

def blocks(values, size):
    """The distinct blocks of `size` values, and for each block in order which one it is."""
    distinct, order = {}, []
    for start in range(0, len(values), size):
        order.append(distinct.setdefault(tuple(values[start:start + size]), len(distinct)))
    return [value for block in distinct for value in block], order


def array(kind, name, values, form="{}"):
    lines, line = [], "   "
    for value in values:
        word = " " + form.format(value) + ","
        if len(line + word) > 100:
            lines.append(line)
            line = "   "
        line += word
    body = "\n".join(lines + [line])
    return f"const {kind} pk_unicode_{name}[{len(values)}] = {{\n{body}\n}};\n"


def mapping(name, mappings):
    """Sorted keys; where the scalars of each begin in the pool, and where the last ones end."""
    keys, offsets, pool = sorted(mappings), [0], []
    for key in keys:
        assert 1 <= len(mappings[key]) <= 4
        pool += mappings[key]
        offsets.append(len(pool))
    return "\n".join([
        f"const uint32_t pk_unicode_{name}_count = {len(keys)};",
        array("uint32_t", f"{name}_keys", keys, "0x{:X}"),
        array("uint16_t", f"{name}_offsets", offsets),
        array("uint32_t", f"{name}_pool", pool, "0x{:X}"),
    ])


def tables(data):
    records = [record(data, code) for code in range(CODE_POINTS)]
    distinct = sorted(set(records))
    assert len(distinct) <= 256
    numbers = {value: index for index, value in enumerate(distinct)}
    leaves, order = blocks([numbers[value] for value in records], 16)
    middle, top = blocks(order, 32)
    assert max(order) < 1 << 16 and max(top) < 256
    canonical = {code: data.decompose(code, False) for code in data.canonical}
    # One step is all that the width mapping takes, and what it gives has none.
    assert not set(data.width) & {each for scalars in data.width.values() for each in scalars}
    pairs = sorted(data.compositions)
    return "\n".join([
        f"// Unicode {data.version}. Written by generate.py; do not edit.",
        "",
        '#include "tables.h"',
        "",
        array("uint8_t", "top", top),
        array("uint16_t", "middle", middle),
        array("uint8_t", "leaves", leaves),
        array("uint32_t", "records", distinct, "0x{:X}"),
        mapping("lowercase", data.lower),
        mapping("width", data.width),
        mapping("decomposition", canonical),
        f"const uint32_t pk_unicode_composition_count = {len(pairs)};",
        array("uint32_t", "composition_first", [first for first, _ in pairs], "0x{:X}"),
        array("uint32_t", "composition_second", [second for _, second in pairs], "0x{:X}"),
        array("uint32_t", "composition_result", [data.compositions[pair] for pair in pairs],
              "0x{:X}"),
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", type=pathlib.Path, default="/usr/share/unicode")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    target = pathlib.Path(__file__).parent / "tables.c"
    text = tables(Database(arguments.database))
    if not arguments.check:
        target.write_text(text, encoding="ascii")
    elif target.read_text(encoding="ascii") != text:
        sys.exit(f"{target.name} is not what {arguments.database} gives")


if __name__ == "__main__":
    main()
