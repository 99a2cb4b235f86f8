internal import CUnicodeTables

/// What the preparation of addresses knows of a code point, by one version of Unicode everywhere:
/// the standard library follows the system, so that a phone and a laptop could disagree over who is
/// in the roster.
///
/// `Sources/CUnicodeTables/generate.py` derives the records.
struct UnicodeProperties {
    private let record: UInt32

    init(_ scalar: Unicode.Scalar) {
        record = pk_unicode_record(scalar.value)
    }

    /// The derived property of RFC 8264, section 8.
    enum PRECISClass: UInt32 {
        /// Valid everywhere.
        case valid
        /// Valid in free-form text alone.
        case freeform
        /// A joiner, valid by a rule.
        case joiner
        /// Valid by another rule.
        case contextual
        case disallowed
        case unassigned
    }

    /// The bidirectional classes as far as RFC 5893 tells them apart.
    enum Direction: UInt32 {
        case leftToRight
        /// R and AL.
        case rightToLeft
        case arabicNumber
        case europeanNumber
        case nonspacingMark
        /// ES, CS, ET, ON and BN.
        case neutral
        /// What no label has.
        case other
    }

    /// Joining_Type.
    enum Joining: UInt32 {
        case none
        case left
        case right
        case dual
        case transparent
        case causing
    }

    /// The scripts that contextual rules ask for.
    enum Script: UInt32 {
        case other
        case greek
        case hebrew
        /// Hiragana, Katakana or Han.
        case japanese
    }

    var precisClass: PRECISClass { PRECISClass(rawValue: record & 7) ?? .disallowed }
    var direction: Direction { Direction(rawValue: record >> 4 & 7) ?? .other }
    var joining: Joining { Joining(rawValue: record >> 7 & 7) ?? .none }
    var script: Script { Script(rawValue: record >> 10 & 3) ?? .other }
    /// Canonical_Combining_Class.
    var combiningClass: UInt32 { record >> 24 }

    /// Whether a code point that is ``PRECISClass/valid`` is so in a U-label as well, by RFC 5892,
    /// section 3.
    var isValidInLabel: Bool { record & 1 << 3 != 0 }
    /// Whether it is of General_Category M.
    var isMark: Bool { record & 1 << 12 != 0 }
    /// Whether it is of General_Category Zs.
    var isSpace: Bool { record & 1 << 13 != 0 }
    var hasLowercase: Bool { record & 1 << 14 != 0 }
    /// Whether it is a full-width or half-width form.
    var hasWidthMapping: Bool { record & 1 << 15 != 0 }
    /// Whether a text that holds it may be another one in Normalization Form C.
    var mayChangeInFormC: Bool { record & 1 << 16 != 0 }
    /// Whether it is a virama.
    var isVirama: Bool { combiningClass == 9 }
}

extension Unicode.Scalar {
    var unicode: UnicodeProperties { UnicodeProperties(self) }
}

/// The mappings of single code points.
enum UnicodeMapping {
    /// Appends `scalar` in lower case: by SpecialCasing, but without its conditions.
    static func appendLowercase(of scalar: Unicode.Scalar, to text: inout [Unicode.Scalar]) {
        append(pk_unicode_lowercase(scalar.value), to: &text)
    }

    /// Appends what the full-width or half-width form `scalar` stands for.
    static func appendWidth(of scalar: Unicode.Scalar, to text: inout [Unicode.Scalar]) {
        append(pk_unicode_width(scalar.value), to: &text)
    }

    /// Appends the full canonical decomposition.
    static func appendDecomposition(of scalar: Unicode.Scalar, to text: inout [Unicode.Scalar]) {
        if Hangul.appendDecomposition(of: scalar, to: &text) { return }
        append(pk_unicode_decomposition(scalar.value), to: &text)
    }

    /// What two scalars compose to.
    static func composition(
        _ first: Unicode.Scalar, _ second: Unicode.Scalar
    ) -> Unicode.Scalar? {
        if let syllable = Hangul.composition(first, second) { return syllable }
        let composed = pk_unicode_composition(first.value, second.value)
        return composed == 0 ? nil : Unicode.Scalar(composed)
    }

    private static func append(_ mapping: pk_unicode_mapping, to text: inout [Unicode.Scalar]) {
        let scalars = (mapping.first, mapping.second, mapping.third, mapping.fourth)
        append(scalars.0, 0, mapping.count, &text)
        append(scalars.1, 1, mapping.count, &text)
        append(scalars.2, 2, mapping.count, &text)
        append(scalars.3, 3, mapping.count, &text)
    }

    private static func append(
        _ value: UInt32, _ index: UInt32, _ count: UInt32, _ text: inout [Unicode.Scalar]
    ) {
        if index < count, let scalar = Unicode.Scalar(value) { text.append(scalar) }
    }
}

/// The syllables of Korean, whose composition is arithmetic. Unicode, section 3.12.
private enum Hangul {
    private static let (syllables, leads, vowels, trails) =
        (0xAC00 as UInt32, 0x1100 as UInt32, 0x1161 as UInt32, 0x11A7 as UInt32)
    private static let (leadCount, vowelCount, trailCount) =
        (19 as UInt32, 21 as UInt32, 28 as UInt32)

    static func appendDecomposition(
        of scalar: Unicode.Scalar, to text: inout [Unicode.Scalar]
    ) -> Bool {
        let index = scalar.value &- syllables
        guard index < leadCount * vowelCount * trailCount else { return false }
        let parts = [
            leads + index / (vowelCount * trailCount),
            vowels + index % (vowelCount * trailCount) / trailCount,
            trails + index % trailCount,
        ]
        for part in parts where part != trails {
            if let scalar = Unicode.Scalar(part) { text.append(scalar) }
        }
        return true
    }

    static func composition(
        _ first: Unicode.Scalar, _ second: Unicode.Scalar
    ) -> Unicode.Scalar? {
        let (lead, vowel) = (first.value &- leads, second.value &- vowels)
        if lead < leadCount && vowel < vowelCount {
            return Unicode.Scalar(syllables + (lead * vowelCount + vowel) * trailCount)
        }
        let (syllable, trail) = (first.value &- syllables, second.value &- trails)
        let isOpen =
            syllable < leadCount * vowelCount * trailCount && syllable % trailCount == 0
        if isOpen && trail > 0 && trail < trailCount { return Unicode.Scalar(first.value + trail) }
        return nil
    }
}
