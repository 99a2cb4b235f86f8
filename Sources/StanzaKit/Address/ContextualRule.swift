/// The rules for code points that are valid in some places, for one text. RFC 5892, appendix A.
struct ContextualRule {
    private let text: [Unicode.Scalar]
    // What concerns the text as a whole is looked at once.
    private lazy var isJapanese = text.contains { $0.unicode.script == .japanese }
    private lazy var hasArabicDigits = text.contains { (0x660...0x669).contains($0.value) }
    private lazy var hasExtendedDigits = text.contains { (0x6F0...0x6F9).contains($0.value) }

    init(_ text: [Unicode.Scalar]) {
        self.text = text
    }

    /// Whether the code point at `index`, a joiner or another contextual one, may stand there.
    mutating func allows(_ index: Int) -> Bool {
        let before = index > 0 ? text[index - 1] : nil
        switch text[index].value {
        case 0x200C:
            return before?.unicode.isVirama == true || isBetweenJoining(index)
        case 0x200D:
            return before?.unicode.isVirama == true
        case 0xB7:
            return before == "l" && index + 1 < text.count && text[index + 1] == "l"
        case 0x375:
            return index + 1 < text.count && text[index + 1].unicode.script == .greek
        case 0x5F3, 0x5F4:
            return before?.unicode.script == .hebrew
        case 0x30FB:
            return isJapanese
        case 0x660...0x669:
            return !hasExtendedDigits
        case 0x6F0...0x6F9:
            return !hasArabicDigits
        default:
            return false
        }
    }

    /// Whether a letter that joins to the left stands in front, and one that joins to the right
    /// behind, transparent ones aside. Appendix A.1.
    private func isBetweenJoining(_ index: Int) -> Bool {
        let before = text[..<index].last { $0.unicode.joining != .transparent }
        let after = text[(index + 1)...].first { $0.unicode.joining != .transparent }
        guard let before = before?.unicode.joining, let after = after?.unicode.joining else {
            return false
        }
        return (before == .left || before == .dual) && (after == .right || after == .dual)
    }
}
