/// The Bidi Rule: a label reads the same whatever stands around it. RFC 5893, section 2.
enum BidiRule {
    /// Whether `text` holds right-to-left code points, so that the rule is due.
    static func isDue(_ text: [Unicode.Scalar]) -> Bool {
        text.contains { scalar in
            switch scalar.unicode.direction {
            case .rightToLeft, .arabicNumber: true
            default: false
            }
        }
    }

    /// The first code point that breaks the rule in `label`.
    static func violation(_ label: [Unicode.Scalar]) -> Unicode.Scalar? {
        guard let first = label.first else { return nil }
        switch first.unicode.direction {
        case .leftToRight: return leftToRightViolation(label)
        case .rightToLeft: return rightToLeftViolation(label)
        default: return first
        }
    }

    /// Conditions 2, 3 and 4.
    private static func rightToLeftViolation(_ label: [Unicode.Scalar]) -> Unicode.Scalar? {
        var numbers: UnicodeProperties.Direction?
        for scalar in label {
            switch scalar.unicode.direction {
            case .leftToRight, .other: return scalar
            case .rightToLeft, .nonspacingMark, .neutral: break
            case .arabicNumber, .europeanNumber:
                if numbers ?? scalar.unicode.direction != scalar.unicode.direction {
                    return scalar
                }
                numbers = scalar.unicode.direction
            }
        }
        return violationAtEnd(of: label) {
            $0 == .rightToLeft || $0 == .arabicNumber || $0 == .europeanNumber
        }
    }

    /// Conditions 5 and 6.
    private static func leftToRightViolation(_ label: [Unicode.Scalar]) -> Unicode.Scalar? {
        for scalar in label {
            switch scalar.unicode.direction {
            case .rightToLeft, .arabicNumber, .other: return scalar
            case .leftToRight, .europeanNumber, .nonspacingMark, .neutral: break
            }
        }
        return violationAtEnd(of: label) { $0 == .leftToRight || $0 == .europeanNumber }
    }

    private static func violationAtEnd(
        of label: [Unicode.Scalar], _ mayEnd: (UnicodeProperties.Direction) -> Bool
    ) -> Unicode.Scalar? {
        let last = label.last { $0.unicode.direction != .nonspacingMark }
        return last.flatMap { mayEnd($0.unicode.direction) ? nil : $0 }
    }
}
