extension BareJID {
    /// An address as people type it, by the strict rules of RFC 7622: the local part by
    /// UsernameCaseMapped of RFC 8265, the domain by IDNA2008, one dot at its end dropped.
    ///
    /// White space around it is not dropped.
    ///
    /// - Parameter allowance: What is let through all the same.
    /// - Throws: Which part is wrong, and why. A resource is wrong here.
    public init(validating text: String, allowing allowance: JID.Allowance = []) throws(JIDError) {
        self = try JID(validating: text, allowing: allowance).withoutResource()
    }

    /// An address as it came off the wire, leniently: what the strict rules refuse is kept, with
    /// ASCII letters in lower case, so that no contact is lost over its address.
    ///
    /// - Throws: What no address can have: no domain, an empty local part, a second `@`, white
    ///   space around it, bytes that are not UTF-8, or a part over 1,023 octets. A resource is wrong
    ///   here.
    public init(wire text: String) throws(JIDError) {
        self = try JID(wire: text).withoutResource()
    }

    /// An address from its parts, by the strict rules.
    ///
    /// - Throws: Which part is wrong, and why.
    public init(
        local: String?, domain: String, allowing allowance: JID.Allowance = []
    ) throws(JIDError) {
        self = try JIDParser.bare(local: local, domain: domain, allowing: allowance)
    }

    /// The address of a resource of this one.
    ///
    /// ```swift
    /// let occupant = try room.appending(resource: nickname)
    /// ```
    ///
    /// - Throws: That the resource is empty, too long, or holds what it may not by OpaqueString of
    ///   RFC 8265.
    public func appending(
        resource: String, allowing allowance: JID.Allowance = []
    ) throws(JIDError) -> JID {
        try JID(self, resource: resource, allowing: allowance)
    }
}

extension JID {
    fileprivate func withoutResource() throws(JIDError) -> BareJID {
        if resource != nil {
            throw JIDError(part: .resource, reason: .invalidCharacter, scalar: "/")
        }
        return bare
    }
}
