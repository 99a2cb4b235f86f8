/// The preparation of a domain: IDNA2008 with the mappings of RFC 5895. RFC 7622, section 3.2.
enum DomainName {
    /// The longest domain name, and the longest label of one, in its ASCII form. RFC 1034, section
    /// 3.1.
    static let maximumLength = 253
    static let maximumLabelLength = 63

    /// The normal form, in which each A-label is a U-label.
    ///
    /// - Parameter text: The domain without the dot of the root.
    static func prepared(
        _ text: [Unicode.Scalar], allowing allowance: JID.Allowance
    ) throws(JIDError) -> [Unicode.Scalar] {
        if text.first == "[" {
            if let literal = IPLiteral.prepared(text) { return literal }
            throw JIDError(part: .domain, reason: .invalidIPLiteral)
        }
        // Cherokee capitals are valid in labels, and their small forms are not.
        let mapped = NormalizationFormC.normalized(
            CaseAndWidth.mapped(text, keepingCaseIf: \.isValidInLabel))
        var labels: [[Unicode.Scalar]] = []
        var length = -1
        // U+3002 is what the other full stops became.
        for label in mapped.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "\u{3002}" })
        {
            let (label, asciiLength) = try prepared(label: Array(label), allowing: allowance)
            labels.append(label)
            length += asciiLength + 1
        }
        if length > maximumLength { throw JIDError(part: .domain, reason: .tooLong) }
        // RFC 5893, section 1.4: all labels of a domain that holds a right-to-left one.
        if labels.contains(where: BidiRule.isDue) {
            for label in labels {
                if let scalar = BidiRule.violation(label) {
                    throw JIDError(part: .domain, reason: .direction, scalar: scalar)
                }
            }
        }
        return Array(labels.joined(separator: ["."]))
    }

    /// The ASCII form of a domain, for DNS and TLS.
    ///
    /// - Returns: `nil` where it has none: a label is empty, too long, or holds something beyond
    ///   letters, digits, hyphens and underscores in that form.
    static func ascii(_ domain: String) -> String? {
        let scalars = Array(domain.unicodeScalars)
        if scalars.first == "[" { return IPLiteral.prepared(scalars) == nil ? nil : domain }
        var labels: [String] = []
        for label in scalars.split(separator: ".", omittingEmptySubsequences: false) {
            guard let ascii = ascii(label), (1...maximumLabelLength).contains(ascii.count),
                ascii.allSatisfy({ isHostName($0, allowing: .underscoresInDomain) })
            else { return nil }
            labels.append(String(decoding: ascii, as: UTF8.self))
        }
        let ascii = labels.joined(separator: ".")
        return ascii.utf8.count <= maximumLength ? ascii : nil
    }

    private static func ascii(_ label: ArraySlice<Unicode.Scalar>) -> [UInt8]? {
        if label.allSatisfy({ $0.isASCII }) { return label.map { UInt8($0.value) } }
        return Punycode.encoded(label).map { Array("xn--".utf8) + $0 }
    }

    private static func isHostName(_ byte: UInt8, allowing allowance: JID.Allowance) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x30...0x39, .hyphen: true
        case UInt8(ascii: "_"): allowance.contains(.underscoresInDomain)
        default: false
        }
    }
}

// MARK: Labels

extension DomainName {
    /// - Returns: The label and the length of its ASCII form.
    private static func prepared(
        label: [Unicode.Scalar], allowing allowance: JID.Allowance
    ) throws(JIDError) -> ([Unicode.Scalar], Int) {
        if label.isEmpty { throw JIDError(part: .domain, reason: .empty) }
        if label.contains(where: { !$0.isASCII }) {
            return (label, try check(uLabel: label, allowing: allowance))
        }
        let bytes = label.map { UInt8($0.value) }
        if let index = bytes.firstIndex(where: { !isHostName($0, allowing: allowance) }) {
            throw JIDError(part: .domain, reason: .invalidCharacter, scalar: label[index])
        }
        if bytes.count > maximumLabelLength {
            throw JIDError(part: .domain, reason: .tooLong)
        }
        if bytes.starts(with: "xn--".utf8) {
            return (try decoded(aLabel: bytes, allowing: allowance), bytes.count)
        }
        try checkHyphens(label)
        return (label, bytes.count)
    }

    /// An A-label stands for a U-label, and is the one way to write it. RFC 5890, section 2.3.2.1.
    private static func decoded(
        aLabel: [UInt8], allowing allowance: JID.Allowance
    ) throws(JIDError) -> [Unicode.Scalar] {
        guard let label = Punycode.decoded(aLabel.dropFirst(4)),
            label.contains(where: { !$0.isASCII }),
            NormalizationFormC.normalized(label) == label,
            Punycode.encoded(label[...])?.elementsEqual(aLabel.dropFirst(4)) == true
        else {
            throw JIDError(part: .domain, reason: .invalidALabel)
        }
        _ = try check(uLabel: label, allowing: allowance)
        return label
    }

    private static func checkHyphens(_ label: [Unicode.Scalar]) throws(JIDError) {
        let isReserved = label.count >= 4 && label[2] == "-" && label[3] == "-"
        if label.first == "-" || label.last == "-" || isReserved {
            throw JIDError(part: .domain, reason: .misplacedHyphen, scalar: "-")
        }
    }

    /// Checks a label by RFC 5891, section 4.2.3, but for the Bidi Rule.
    ///
    /// - Returns: The length of its ASCII form.
    private static func check(
        uLabel label: [Unicode.Scalar], allowing allowance: JID.Allowance
    ) throws(JIDError) -> Int {
        try checkHyphens(label)
        if let first = label.first, first.unicode.isMark {
            throw JIDError(part: .domain, reason: .leadingMark, scalar: first)
        }
        var rule = ContextualRule(label)
        for (index, scalar) in label.enumerated() {
            let unicode = scalar.unicode
            switch unicode.precisClass {
            case .valid where unicode.isValidInLabel: continue
            case .valid where scalar == "_" && allowance.contains(.underscoresInDomain): continue
            case .joiner, .contextual:
                if rule.allows(index) { continue }
                throw JIDError(part: .domain, reason: .context, scalar: scalar)
            case .unassigned:
                if allowance.contains(.unassignedCodePoints) { continue }
                throw JIDError(part: .domain, reason: .unassigned, scalar: scalar)
            case .valid, .freeform, .disallowed:
                throw JIDError(part: .domain, reason: .invalidCharacter, scalar: scalar)
            }
        }
        guard let encoded = Punycode.encoded(label[...]) else {
            throw JIDError(part: .domain, reason: .tooLong)
        }
        return encoded.count + 4
    }
}
