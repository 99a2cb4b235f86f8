/// The preparation of a local part: UsernameCaseMapped of RFC 8265, section 3.3, without the eight
/// characters of RFC 7622, section 3.3.1.
enum LocalPart {
    /// Whether `scalar` is of the class and yet in no local part; the rest that is visible ASCII may
    /// be there.
    private static func isExcluded(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "&", "'", "/", ":", "<", ">", "@": true
        default: false
        }
    }

    /// The normal form.
    ///
    /// The class is checked last, as RFC 8264, section 7 demands; RFC 8265, section 3.3.2 checks
    /// before the mappings and would refuse Hindi that is typed in composed form.
    static func prepared(
        _ text: [Unicode.Scalar], allowing allowance: JID.Allowance
    ) throws(JIDError) -> [Unicode.Scalar] {
        let mapped = NormalizationFormC.normalized(CaseAndWidth.mapped(text))
        if BidiRule.isDue(mapped), let scalar = BidiRule.violation(mapped) {
            throw JIDError(part: .local, reason: .direction, scalar: scalar)
        }
        if let scalar = mapped.first(where: isExcluded) {
            throw JIDError(part: .local, reason: .invalidCharacter, scalar: scalar)
        }
        try PRECIS.check(mapped, isFreeform: false, .local, allowing: allowance)
        return mapped
    }
}

/// The preparation of a resource: OpaqueString of RFC 8265, section 4.2.
enum ResourcePart {
    /// The normal form. Case and width are kept.
    static func prepared(
        _ text: [Unicode.Scalar], allowing allowance: JID.Allowance
    ) throws(JIDError) -> [Unicode.Scalar] {
        let mapped = NormalizationFormC.normalized(text.map { $0.unicode.isSpace ? " " : $0 })
        try PRECIS.check(mapped, isFreeform: true, .resource, allowing: allowance)
        return mapped
    }
}

/// The string classes of RFC 8264, section 4.
enum PRECIS {
    /// Checks every code point against IdentifierClass or FreeformClass.
    static func check(
        _ text: [Unicode.Scalar], isFreeform: Bool, _ part: JIDError.Part,
        allowing allowance: JID.Allowance
    ) throws(JIDError) {
        var rule = ContextualRule(text)
        for (index, scalar) in text.enumerated() {
            switch scalar.unicode.precisClass {
            case .valid: continue
            case .freeform where isFreeform: continue
            case .joiner, .contextual:
                if rule.allows(index) { continue }
                throw JIDError(part: part, reason: .context, scalar: scalar)
            case .unassigned:
                if allowance.contains(.unassignedCodePoints) { continue }
                throw JIDError(part: part, reason: .unassigned, scalar: scalar)
            case .freeform, .disallowed:
                throw JIDError(part: part, reason: .invalidCharacter, scalar: scalar)
            }
        }
    }
}

/// The mappings that local parts and domains share.
enum CaseAndWidth {
    /// The text without full-width and half-width forms, then in lower case.
    ///
    /// - Parameter keepsCase: Whether a code point stays as it is although it has a lower case.
    static func mapped(
        _ text: [Unicode.Scalar],
        keepingCaseIf keepsCase: (UnicodeProperties) -> Bool = { _ in false }
    ) -> [Unicode.Scalar] {
        let needed = text.contains { $0.unicode.hasLowercase || $0.unicode.hasWidthMapping }
        guard needed else { return text }
        var narrow: [Unicode.Scalar] = []
        narrow.reserveCapacity(text.count)
        for scalar in text {
            if scalar.unicode.hasWidthMapping {
                UnicodeMapping.appendWidth(of: scalar, to: &narrow)
            } else {
                narrow.append(scalar)
            }
        }
        var lower: [Unicode.Scalar] = []
        lower.reserveCapacity(narrow.count)
        for scalar in narrow {
            if scalar.unicode.hasLowercase && !keepsCase(scalar.unicode) {
                UnicodeMapping.appendLowercase(of: scalar, to: &lower)
            } else {
                lower.append(scalar)
            }
        }
        return lower
    }
}
