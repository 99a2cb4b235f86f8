/// The rules for code points that are valid in some places. RFC 5892, appendix A.
enum ContextualRule {
    /// Whether the code point at `index`, a joiner or another contextual one, may stand there.
    static func allows(_ text: [Unicode.Scalar], at index: Int) -> Bool {
        let before = index > 0 ? text[index - 1] : nil
        switch text[index].value {
        case 0x200C:
            return before?.unicode.isVirama == true || isBetweenJoining(text, index)
        case 0x200D:
            return before?.unicode.isVirama == true
        case 0xB7:
            return before == "l" && index + 1 < text.count && text[index + 1] == "l"
        case 0x375:
            return index + 1 < text.count && text[index + 1].unicode.script == .greek
        case 0x5F3, 0x5F4:
            return before?.unicode.script == .hebrew
        case 0x30FB:
            return text.contains { $0.unicode.script == .japanese }
        case 0x660...0x669:
            return !text.contains { (0x6F0...0x6F9).contains($0.value) }
        case 0x6F0...0x6F9:
            return !text.contains { (0x660...0x669).contains($0.value) }
        default:
            return false
        }
    }

    /// Whether a letter that joins to the left stands in front, and one that joins to the right
    /// behind, transparent ones aside. Appendix A.1.
    private static func isBetweenJoining(_ text: [Unicode.Scalar], _ index: Int) -> Bool {
        let before = text[..<index].last { $0.unicode.joining != .transparent }
        let after = text[(index + 1)...].first { $0.unicode.joining != .transparent }
        guard let before = before?.unicode.joining, let after = after?.unicode.joining else {
            return false
        }
        return (before == .left || before == .dual) && (after == .right || after == .dual)
    }
}
