extension BareJID {
    /// The address of somebody whose name may hold what a local part may not: spaces, or any of
    /// `"&'/:<>@`.
    ///
    /// ```swift
    /// let cadet = try BareJID(escaping: "Space Cadet", domain: "example.com")
    /// print(cadet)                        // space\20cadet@example.com
    /// print(cadet.unescapedLocal ?? "")   // space cadet
    /// ```
    ///
    /// The name is prepared as every local part is, so letters become lower case, and this happens
    /// in front of the escaping: `a\2F` is the name `a\2f`, and never the name `a/`. XEP-0106,
    /// sections 3.2 and 4.2.
    ///
    /// - Parameters:
    ///   - name: The name as people type it, or that of somebody in another network. A name that is
    ///     escaped already is escaped once more.
    ///   - domain: The domain. It is not escaped.
    ///   - allowance: What is let through all the same.
    /// - Throws: What the strict rules refuse; besides, a space at either end of the name, and an
    ///   accent that would join the last digit of a sequence and so undo it: a slash with a dot
    ///   above would become `\2` and U+1E1F.
    public init(
        escaping name: String, domain: String, allowing allowance: JID.Allowance = []
    ) throws(JIDError) {
        if name.utf8.count > JIDParser.maximumRawPartLength {
            throw JIDError(part: .local, reason: .tooLong)
        }
        let mapped = NormalizationFormC.normalized(
            CaseAndWidth.mapped(Array(name.unicodeScalars)))
        if mapped.first == " " || mapped.last == " " {
            throw JIDError(part: .local, reason: .invalidCharacter, scalar: " ")
        }
        let escaped = LocalPartEscaping.escape(String(String.UnicodeScalarView(mapped)))
        let scalars = Array(escaped.unicodeScalars)
        let composed = NormalizationFormC.normalized(scalars)
        if let (_, wrong) = zip(scalars, composed).first(where: { $0 != $1 }) {
            throw JIDError(part: .local, reason: .invalidCharacter, scalar: wrong)
        }
        try self.init(local: escaped, domain: domain, allowing: allowance)
    }

    /// The local part as people read it: `d'artagnan` where the address says `d\27artagnan`.
    ///
    /// Only ever show it. Two addresses can read the same (`a\b` and `a\5cb`), so comparing goes by
    /// the address itself. XEP-0106, sections 4.1 and 7.
    public var unescapedLocal: String? { local.map(LocalPartEscaping.unescape) }
}

extension JID {
    /// The local part as people read it; see ``BareJID/unescapedLocal``.
    public var unescapedLocal: String? { bare.unescapedLocal }
}
