#!/usr/bin/env python3
"""Writes addresses and what other libraries make of them, one on a line; the same seed gives the same lines.

    python3 -m venv .build/differential
    .build/differential/bin/pip install -r Tests/Differential/requirements.txt
    .build/differential/bin/python Tests/Differential/addresses.py .build/differential/addresses.txt

A line is the address, local part, domain and resource, separated by spaces. Each is `=` and percent-encoded UTF-8;
a part that is not there is `-`, one that is refused is `!`. Only code points that were assigned in Unicode 14 occur,
which Python 3.11 knows and the library's tables too.
"""
import argparse
import random
import unicodedata
from urllib.parse import quote

import oracles

SCRIPTS = (
    "LATIN GREEK CYRILLIC ARMENIAN HEBREW ARABIC SYRIAC THAANA NKO DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL "
    "TELUGU KANNADA MALAYALAM SINHALA THAI LAO TIBETAN MYANMAR GEORGIAN ETHIOPIC CHEROKEE KHMER MONGOLIAN HIRAGANA "
    "KATAKANA BOPOMOFO CJK HANGUL YI COPTIC GLAGOLITIC GOTHIC JAVANESE BALINESE ADLAM VAI DESERET OSAGE MANDAIC").split()
RIGHT_TO_LEFT = ("HEBREW", "ARABIC", "SYRIAC", "THAANA", "NKO", "ADLAM", "MANDAIC")
VIRAMAS = "\u094d\u09cd\u0bcd\u0d4d\u0dca\u1039\u17d2\u1b44"
MIDDLE_DOT, KERAIA, GERESH, GERSHAYIM, KATAKANA_DOT = "\u00b7\u0375\u05f3\u05f4\u30fb"
NON_JOINER, JOINER = "\u200c\u200d"
DOTS = "..." "\u3002\uff0e\uff61"
HOSTS = "example.org example.net localhost a.b.c chat.example im-1.example 192.0.2.1 b\u00fccher.example".split()
NAMES = "romeo juliet nurse Mercutio d\\27artagnan user+tag a.b-c_d ~ %40 \u00e9ponine \u5bf6\u7389".split()
RESOURCES = "balcony phone Psi+ gajim.9T2LMA4P a/b@c \u265a \u00e9t\u00e9".split()
HOSTILE = (
    "\0\t\x7f\x85\u00a0\u00ad\u034f\u0378\u061c\u0640\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u200e\u2028\u2060\u2069"
    "\u2163\u302e\u303b\u3000\u3164\ue000\ufe0f\ufeff\uff20\uff0f\uffa0\ufffd\ufffe\U0001f600\U000e0041 \"&'/:<>@._-")
LETTERS = ("Ll", "Lo", "Lm")
LONG = (1, 62, 63, 64, 253, 254, 255, 256, 1022, 1023, 1024)


class Addresses:
    def __init__(self, seed):
        # Only random() and what is built on it here: other methods changed between versions of Python.
        self.random = random.Random(seed).random
        self.assigned = [chr(number) for number in range(0x110000)
                         if unicodedata.category(chr(number)) not in ("Cn", "Cs", "Co")]
        self.lists = {}

    # Choosing

    def below(self, end):
        return int(self.random() * end)

    def chance(self, probability):
        return self.random() < probability

    def one(self, values):
        return values[self.below(len(values))]

    def many(self, values, least, most):
        return [self.one(values) for _ in range(least + self.below(most - least + 1))]

    def shuffled(self, values):
        return sorted(values, key=lambda _: self.random())

    def listed(self, key, belongs):
        """The assigned code points of a kind, looked for once."""
        if key not in self.lists:
            self.lists[key] = [character for character in self.assigned if belongs(character)]
        return self.lists[key]

    def of_script(self, script, categories):
        return self.listed((script, categories), lambda character: (
            unicodedata.category(character) in categories
            and unicodedata.name(character, "").split(" ")[0] == script
            and not unicodedata.decomposition(character).startswith("<")))

    def of_direction(self, direction):
        return self.listed(direction, lambda character: (
            unicodedata.bidirectional(character) == direction and unicodedata.category(character) != "Lu"
            and not unicodedata.decomposition(character).startswith("<")))

    # Parts

    def word(self, script=None, most=8):
        """Letters of one script, some with marks, perhaps a number behind them."""
        script = script or self.one(SCRIPTS)
        letters = self.of_script(script, LETTERS)
        marks = self.of_script(script, ("Mn", "Mc")) or ["\u0301", "\u0323", "\u0308"]
        text = ""
        for letter in self.many(letters, 1, most):
            text += letter
            if self.chance(0.15):
                text += self.one(marks)
        if self.chance(0.1) and self.of_script(script, ("Nd",)):
            text += "".join(self.many(self.of_script(script, ("Nd",)), 1, 3))
        return text

    def label(self):
        if self.chance(0.4):
            return "".join(self.many("abcdefghijklmnopqrstuvwxyz0123456789-", 1, 10)).strip("-") or "x"
        return self.word(most=5)

    def host(self):
        if self.chance(0.5):
            return self.one(HOSTS)
        return ".".join(self.label() for _ in range(1 + self.below(3)))

    def around(self, part):
        """An address with `part` in one place, and what is surely right in the others."""
        place = self.below(3)
        if place == 0:
            return f"{part}@{self.one(HOSTS)}"
        if place == 1:
            return f"{self.one(NAMES)}@{part}" + (".example" if self.chance(0.5) else "")
        return f"{self.one(NAMES)}@{self.one(HOSTS)}/{part}"

    # Kinds of address

    def plain(self):
        """What is mostly right: words of one script."""
        local = self.one(NAMES) if self.chance(0.2) else self.word()
        text = f"{local}@{self.host()}" if self.chance(0.9) else self.host()
        if self.chance(0.5):
            text += "/" + " ".join(self.word(most=5) for _ in range(1 + self.below(3)))
            if self.chance(0.3):
                text += self.one(self.listed("symbols", lambda c: unicodedata.category(c) in ("So", "Sm", "Po")))
        return text

    def mixed(self):
        """Several scripts in one part, which no rule forbids unless they run in different directions."""
        scripts = SCRIPTS if self.chance(0.3) else [name for name in SCRIPTS if name not in RIGHT_TO_LEFT]
        return self.around("".join(self.word(self.one(scripts), most=3) for _ in range(2 + self.below(2))))

    def upper(self):
        capitals = self.listed("capitals", lambda c: unicodedata.category(c) in ("Lu", "Lt") or c.lower() != c)
        part = "".join(self.many(capitals, 1, 4))
        if self.chance(0.3):
            part += self.one(("\u03a3", "\u03a3a", "\u03c2", "\u0130", "\u1e9e", "\u212a", "\u2126"))
        return self.around(self.word("LATIN", 2) + part if self.chance(0.3) else part)

    def right_to_left(self):
        """What the Bidi rule is about, kept and broken. RFC 5893, section 2."""
        first = self.one(("R", "AL", "R", "AL", "L", "EN", "AN", "NSM"))
        rest = self.many(("R", "AL", "R", "AL", "L", "EN", "AN", "NSM", "NSM", "ES", "CS", "ET", "ON"), 0, 5)
        part = "".join(self.one(self.of_direction(direction)) for direction in [first, *rest])
        if self.chance(0.3):
            # A whole domain, one label of which may spoil the others.
            other = self.one(("1a", "a1", "1", "a-1", "abc", "\u05d0\u05d1", "\u0661", "\u3042"))
            labels = self.shuffled([part, other, self.word(self.one(RIGHT_TO_LEFT), 3)])
            return f"{self.one(NAMES)}@{'.'.join(labels)}"
        return self.around(part)

    def right_to_left_word(self):
        script = self.one(RIGHT_TO_LEFT)
        return f"{self.word(script)}@{self.word(script)}.{self.word(script, 3)}/{self.word(script)}"

    def in_context(self):
        """Characters that may only stand beside certain others. RFC 5892, appendix A."""
        kind = self.below(7)
        around = self.of_script("ARABIC", ("Lo",)) + self.of_script("SYRIAC", ("Lo",)) + ["a", "\u064b", "\u0670"]
        if kind == 0:
            part = self.one("\u0915\u0995\u0bb5a") + self.one(VIRAMAS + "a") + self.one((NON_JOINER, JOINER))
            part += self.one(("\u0937", "", "a", "\u094d"))
        elif kind == 1:
            marks = "\u064b\u0651\u0711\u0300"
            part = (self.one(around) + "".join(self.many(marks, 0, 2)) + NON_JOINER
                    + "".join(self.many(marks, 0, 2)) + self.one(around))
        elif kind == 2:
            part = self.one(("l", "L", "\uff4c", "a", "")) + MIDDLE_DOT + self.one(("l", "l", "L", "a", ""))
        elif kind == 3:
            part = self.one(("", "a", "\u03b1")) + KERAIA + self.one(("\u03b1", "\u03b1", "a", "\u1f00", ""))
        elif kind == 4:
            part = self.one(("\u05d0", "\u05d0", "a", "", "\u05b0", "\u0627")) + self.one((GERESH, GERSHAYIM))
            part += self.one(("", "\u05d1"))
        elif kind == 5:
            part = "".join(self.shuffled([KATAKANA_DOT, self.one(("a", "\u0e01")),
                                          self.one(("\u30a2", "\u3042", "\u4e00", "\u3007", "b", "\uff71"))]))
        else:
            digits = "\u0660\u0661\u0669\u06f0\u06f1\u06f9"
            digits = self.one((digits[:3], digits[3:], digits, "01" + digits[:3]))
            part = self.one(("\u0627", "\u05d0", "", "a")) + "".join(self.many(digits, 1, 3))
        return self.around(self.one(("", "", "x")) + part + self.one(("", "", "x")))

    def hangul(self):
        leading = [chr(number) for number in range(0x1100, 0x1113)]
        vowels = [chr(number) for number in range(0x1161, 0x1176)]
        trailing = [chr(number) for number in range(0x11a8, 0x11c3)]
        syllables = [chr(number) for number in range(0xac00, 0xd7a4, 28)]
        old = ["\u1113", "\u115f", "\u1160", "\u1176", "\u11a7", "\u11c3", "\u11ff", "\ua960", "\ud7b0", "\ud7cb"]
        compatible = ["\u3131", "\u314f", "\uffa1", "\uffc2", "\uffbe", "\u3164"]
        text = ""
        for _ in range(1 + self.below(3)):
            text += self.one((
                self.one(leading) + self.one(vowels), self.one(leading) + self.one(vowels) + self.one(trailing),
                self.one(syllables) + self.one(trailing), self.one(syllables),
                self.one(self.of_script("HANGUL", ("Lo",)))))
        if self.chance(0.25):
            index = self.below(len(text) + 1)
            text = text[:index] + "".join(self.many(leading + old + compatible, 1, 2)) + text[index:]
        return self.around(text)

    def unordered(self):
        """Sequences that are not in the order, or not in the composition, that NFC gives them."""
        marks = self.listed("marks", lambda c: unicodedata.combining(c) != 0)
        common = "\u0300\u0301\u0302\u0303\u0307\u0308\u030a\u0323\u0327\u0328\u0331\u0338\u0345\u05b4\u064e\u3099\u309a"
        composed = self.listed("composed", lambda c: (
            unicodedata.decomposition(c) != "" and not unicodedata.decomposition(c).startswith("<")))
        text = ""
        for _ in range(1 + self.below(3)):
            base = self.one(composed) if self.chance(0.5) else self.one(self.of_script(self.one(SCRIPTS), LETTERS))
            text += unicodedata.normalize(self.one(("NFC", "NFD", "NFD")), base)
            text += "".join(self.many(common if self.chance(0.7) else marks, 0, 3))
        return self.around(text)

    def wide(self):
        """Full-width and half-width forms, among them those of what is excluded."""
        def widened(text):
            return "".join(chr(ord(c) + 0xfee0) if "!" <= c <= "~" and self.chance(0.7) else c for c in text)
        kind = self.below(4)
        if kind == 0:
            return self.around("".join(self.many(self.listed("wide", lambda c: "\uff01" <= c <= "\uffee"), 1, 3)))
        if kind == 1:
            half = "".join(self.many(self.listed("half", lambda c: "\uff66" <= c <= "\uff9f"), 1, 5))
            return self.around(half)
        if kind == 2:
            return f"{widened(self.one(NAMES))}@{widened(self.one(HOSTS))}/{widened(self.one(RESOURCES))}"
        return f"{self.one(NAMES)}@{widened('xn--bcher-kva')}.{widened(self.ascii_label())}"

    def a_label(self):
        """Labels in Punycode: of words, and of what no label may be."""
        kind = self.below(6)
        word = oracles.mapped(self.word(most=6))
        if kind == 0:
            word = self.one((word.upper(), unicodedata.normalize("NFD", word), "abc", "\u0301" + word, word + "-",
                             self.one(HOSTILE), word + self.one(HOSTILE), "\u00fc-", "a\u200db"))
        label = "xn--" + word.encode("punycode").decode()
        if kind == 1:
            label = "xn--" + "".join(self.many("abcdefghijklmnopqrstuvwxyz0123456789-", 0, 9))
        if kind == 2:
            index = 4 + self.below(len(label) - 3)
            label = label[:index] + self.one("az09-A") + label[index + self.below(2):]
        if kind == 3:
            label = label.upper() if self.chance(0.5) else label.capitalize()
        if kind == 4:
            label = self.one(("XN--", "xn--99999999", "xn---", "xn--a-", "xm--" + label[4:], "x" + label, label * 9))
        return f"{self.one(NAMES)}@" + ".".join(self.shuffled([label, self.label()]))

    def dotted(self):
        labels = [self.label() if self.chance(0.93) else "" for _ in range(1 + self.below(4))]
        text = labels[0]
        for label in labels[1:]:
            text += self.one(DOTS) + label
        return f"{self.one(NAMES)}@{text}" + (self.one(DOTS) if self.chance(0.3) else "")

    def long(self):
        """Parts as long as they may be, and a little longer; some shrink or grow when they are mapped."""
        unit = self.one(("a", "a", "A", "\u00e9", "e\u0301", "\u4e00", "\U0001f600", "\U00020000", "\u023a", "\uff21",
                         "\u0958", "\uac00", "\u05d0", "\u0130", "1"))
        octets = self.one(LONG) + self.below(3) - 1
        counted = oracles.mapped(unit) if self.chance(0.3) else unit
        part = unit * max(1, octets // len(counted.encode()))
        part += "a" * max(0, octets - len(part.encode()))
        if self.chance(0.4):
            label = self.one((part[:63], part[:self.below(64) + 1], "a" * 63))
            part = ".".join([label] * max(1, octets // (len(label.encode()) + 1)))
            return f"a@{part}" + (self.one(("a", "")) + "." if self.chance(0.3) else "")
        return self.around(part)

    def ascii_label(self):
        return "".join(self.many("abcXYZ019-", 1, 6))

    def ascii(self):
        visible = "".join(chr(number) for number in range(0x20, 0x7f))
        kind = self.below(4)
        if kind == 0:
            return f"a@{'.'.join(self.ascii_label() for _ in range(1 + self.below(3)))}"
        if kind == 1:
            hexadecimal = ":".join("".join(self.many("0123456789abcdefABCDEF", 1, 4)) for _ in range(8))
            literal = self.one((hexadecimal, hexadecimal[:self.below(40)], "::" + hexadecimal[-4:], "::1",
                                "::ffff:192.0.2.1", "1::2::3", "192.0.2.1", hexadecimal + ":1", ""))
            return f"a@[{literal}" + self.one(("]", "]", "]", "]]", "", "]."))
        part = "".join(self.many(visible if self.chance(0.3) else visible.translate({ord(c): None for c in "\"&'/:<>@ "}),
                                 1, 6))
        return f"{part}@{self.one(HOSTS)}" if kind == 2 else f"{self.one(HOSTS)}/{part}"

    def structure(self):
        pieces = ("@", "/", "@", "/", "a", "b.c", "", ".", "\u00e9", "d")
        return "".join(self.many(pieces, 1, 6))

    def damaged(self):
        text = self.plain()
        for _ in range(1 + self.below(2)):
            index = self.below(len(text) + 1)
            text = text[:index] + self.one(HOSTILE) + text[index + self.below(2):]
        return text

    # All of it

    def single(self):
        """Every code point in every place; of the many ideographs and syllables that are alike, some."""
        for character in self.assigned:
            alike = unicodedata.name(character, "").startswith(
                ("CJK UNIFIED", "HANGUL SYLLABLE", "TANGUT IDEO", "EGYPTIAN", "CUNEIFORM", "YI SYLL", "KHITAN", "NUSHU"))
            if not alike or self.chance(0.05):
                yield f"{character}@{character}/{character}"
        for _ in range(6000):
            yield self.around("a" + self.one(self.assigned) + "b")

    def all(self, count):
        kinds = ((self.plain, 30), (self.mixed, 6), (self.upper, 5), (self.right_to_left, 8),
                 (self.right_to_left_word, 4), (self.in_context, 7), (self.hangul, 5), (self.unordered, 10),
                 (self.wide, 5), (self.a_label, 7), (self.dotted, 4), (self.long, 2), (self.ascii, 4),
                 (self.structure, 1), (self.damaged, 5))
        yield from self.single()
        total = sum(share for _, share in kinds)
        for kind, share in kinds:
            for _ in range(count * share // total):
                yield kind()


def is_known(address):
    """Whether the oracles know all of its code points, those in A-labels included."""
    text = oracles.mapped(address)
    for label in text.replace("@", ".").replace("/", ".").split("."):
        if label.startswith("xn--"):
            try:
                text += label[4:].encode("ascii").decode("punycode")
            except (UnicodeError, ValueError, OverflowError):
                pass
    return all(unicodedata.category(character) not in ("Cn", "Cs") or character in HOSTILE for character in text)


def field(text, prepare):
    if text is None:
        return "-"
    prepared = prepare(text)
    return "!" if prepared is None else "=" + quote(prepared, safe="")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output")
    parser.add_argument("--seed", type=int, default=7622)
    parser.add_argument("--count", type=int, default=120_000, help="how many, beside the single code points")
    arguments = parser.parse_args()
    if unicodedata.unidata_version not in ("13.0.0", "14.0.0", "15.0.0"):
        parser.error(f"Unicode {unicodedata.unidata_version} is not what the library knows; use Python 3.10 to 3.12")
    written = accepted = 0
    with open(arguments.output, "w", encoding="ascii") as output:
        for address in Addresses(arguments.seed).all(arguments.count):
            if not is_known(address):
                continue
            local, domain, resource = oracles.split(address)
            fields = [field(local, oracles.local), field(domain, oracles.domain), field(resource, oracles.resource)]
            output.write(" ".join(["=" + quote(address, safe=""), *fields]) + "\n")
            written += 1
            accepted += "!" not in fields
    print(f"{written} addresses, {accepted * 100 // written} % of them accepted")


if __name__ == "__main__":
    main()
