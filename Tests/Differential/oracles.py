"""What two other libraries make of the parts of an address: the normal form, or None where they refuse.

Neither knows XMPP, so what RFC 7622 says beside them is here: the excluded characters of a local part, the mapping
of a domain (RFC 5895), IP literals and lengths.
"""
import ipaddress
import unicodedata

import idna
from idna.idnadata import codepoint_classes
from idna.intranges import intranges_contain
from precis_i18n import get_profile

USERNAME = get_profile("UsernameCaseMapped")
OPAQUE = get_profile("OpaqueString")
EXCLUDED = frozenset("\"&'/:<>@")
MOST_OCTETS = 1023
MOST_OCTETS_OF_A_LABEL = 63


def split(address):
    """The local part, the domain and the resource; None for what is not there. RFC 7622, section 3.2."""
    bare, slash, resource = address.partition("/")
    local, at, domain = bare.partition("@")
    return (local if at else None), (domain if at else bare), (resource if slash else None)


def local(text):
    """RFC 7622, section 3.3."""
    prepared = enforced(USERNAME, text)
    if prepared is None or EXCLUDED.intersection(text + prepared):
        return None
    return prepared


def resource(text):
    """RFC 7622, section 3.4."""
    return enforced(OPAQUE, text)


def domain(text):
    """RFC 7622, section 3.2. The dot at the end is gone before anything is mapped."""
    text = text.removesuffix(".")
    if text.startswith("["):
        return ip_literal(text)
    try:
        labels = [u_label(label) for label in mapped(text).split(".")]
        idna.encode(".".join(labels), strict=True)  # as long as a name in DNS may be
        if any(is_right_to_left(label) for label in labels):
            for label in labels:
                idna.check_bidi(label, check_ltr=True)
    except (idna.IDNAError, UnicodeError):
        return None
    return limited(".".join(labels))


def enforced(profile, text):
    try:
        return limited(profile.enforce(text))
    except UnicodeEncodeError:
        return None


def limited(text):
    return text if 0 < len(text.encode()) <= MOST_OCTETS else None


def ip_literal(text):
    try:
        ipaddress.IPv6Address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    return text.lower() if text.endswith("]") else None


def mapped(text):
    """RFC 5895, section 2: lower case, width, composition, dots; but what labels may hold stays as it is."""
    text = "".join(character if is_valid_in_label(character) else character.lower() for character in text)
    text = unicodedata.normalize("NFC", "".join(width_mapped(character) for character in text))
    return text.replace("\u3002", ".")


def is_valid_in_label(character):
    return intranges_contain(ord(character), codepoint_classes["PVALID"])


def width_mapped(character):
    kind, _, target = unicodedata.decomposition(character).partition(" ")
    if kind in ("<wide>", "<narrow>"):
        return "".join(chr(int(number, 16)) for number in target.split())
    return character


def u_label(label):
    """The label in Unicode; an A-label (xn--) must be the one that its Unicode form has. RFC 5891, section 5."""
    if label.isascii():
        if len(label) > MOST_OCTETS_OF_A_LABEL:
            raise idna.IDNAError("too long")
        return idna.ulabel(label)
    idna.alabel(label)
    return label


def is_right_to_left(label):
    return any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in label)
