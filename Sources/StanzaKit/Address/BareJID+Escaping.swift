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
    /// - Throws: What the strict rules refuse; besides, a space at either end of the name, and an
    ///   accent on one of the characters that are escaped.
    public init(escaping name: String, domain: String) throws(JIDError) {
        let name = Self.asciiPrepared(name)
        if name.unicodeScalars.first == " " || name.unicodeScalars.last == " " {
            throw JIDError(part: .local, reason: .invalidCharacter, scalar: " ")
        }
        if let mark = Self.markThatBreaksASequence(in: name) {
            throw JIDError(part: .local, reason: .invalidCharacter, scalar: mark)
        }
        try self.init("\(LocalPartEscaping.escape(name))@\(domain)")
    }

    /// The local part as people read it: `d'artagnan` where the address says `d\27artagnan`.
    ///
    /// Only ever show it. Two addresses can read the same (`a\b` and `a\5cb`), so comparing goes by
    /// the address itself. XEP-0106, sections 4.1 and 7.
    public var unescapedLocal: String? { local.map(LocalPartEscaping.unescape) }

    /// The text with all that preparation turns into ASCII turned into it: upper case, and
    /// full-width forms. RFC 8265, section 3.3.
    private static func asciiPrepared(_ text: String) -> String {
        var prepared = ""
        for scalar in text.unicodeScalars {
            let value =
                switch scalar.value {
                case 0xFF01...0xFF5E: scalar.value - 0xFF01 + 0x21
                case 0x3000: 0x20 as UInt32
                default: scalar.value
                }
            let isUpper = (0x41...0x5A).contains(value)
            prepared.unicodeScalars.append(Unicode.Scalar(isUpper ? value | 0x20 : value) ?? scalar)
        }
        return prepared
    }

    /// The first combining mark that would join the last digit of a sequence, and so undo it: a
    /// slash with a dot above would become `\2` and U+1E1F.
    private static func markThatBreaksASequence(in name: String) -> Unicode.Scalar? {
        let scalars = Array(name.unicodeScalars)
        func text(_ length: Int, before end: Int) -> String {
            String(String.UnicodeScalarView(scalars[..<end].suffix(length)))
        }
        return scalars.indices.first { index in
            guard scalars[index].properties.canonicalCombiningClass != .notReordered else {
                return false
            }
            let (one, three) = (text(1, before: index), text(3, before: index))
            return LocalPartEscaping.escape(one) != one
                || LocalPartEscaping.unescape(three) != three
        }.map { scalars[$0] }
    }
}

extension JID {
    /// The local part as people read it; see ``BareJID/unescapedLocal``.
    public var unescapedLocal: String? { bare.unescapedLocal }
}
