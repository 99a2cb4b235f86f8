internal import PresenceKit
internal import StanzaKit

extension XMLNamespace {
    /// Data forms. XEP-0004.
    static let dataForm: XMLNamespace = "jabber:x:data"
}

/// The configuration as the form that owners fill in. XEP-0045, sections 10.1.3 and 16.5.2.
extension RoomConfiguration {
    /// The form, with the configuration filled in.
    var form: Element {
        var form = Element(
            "x", in: .dataForm, attributes: [.type: "form"],
            children: [Element("title", in: .dataForm, text: "Configuration of the room")])
        for field in Field.allCases { form.append(field.element(of: self)) }
        return form
    }

    /// The configuration that a form asks for. What it leaves out stays as it is, and so does what
    /// this configuration does not have.
    ///
    /// - Throws: `not-acceptable` for a value that is none, or for an empty password.
    func changed(by form: Element) throws(StanzaError) -> RoomConfiguration {
        var configuration = self
        var isProtected: Bool?
        for element in form.all("field", in: .dataForm) {
            guard let name = element["var"], let field = Field(rawValue: name) else { continue }
            let value = element.first("value", in: .dataForm)?.text ?? ""
            switch field {
            case .kind: if !value.isExactly(Field.kindOfForm) { throw StanzaError(.badRequest) }
            case .name: configuration.name = value.isEmpty ? nil : value
            case .isProtected: isProtected = try Self.flag(value)
            case .password: configuration.password = value
            case .isMembersOnly: configuration.isMembersOnly = try Self.flag(value)
            case .isModerated: configuration.isModerated = try Self.flag(value)
            case .isPersistent: configuration.isPersistent = try Self.flag(value)
            case .isLogged: configuration.isLogged = try Self.flag(value)
            case .whois:
                guard let whois = Whois(rawValue: value) else { throw StanzaError(.notAcceptable) }
                configuration.isNonAnonymous = whois == .anyone
            case .maximumOccupants: configuration.maximumOccupants = try Self.maximum(value)
            }
        }
        if isProtected ?? (password != nil) {
            if configuration.password?.isEmpty != false { throw StanzaError(.notAcceptable) }
        } else {
            configuration.password = nil
        }
        return configuration
    }

    private static func flag(_ value: String) throws(StanzaError) -> Bool {
        switch value {
        case "1", "true": true
        case "0", "false": false
        default: throw StanzaError(.notAcceptable)
        }
    }

    private static func maximum(_ value: String) throws(StanzaError) -> Int? {
        if value.isEmpty || value == "none" { return nil }
        guard let maximum = Int(value), maximum > 0 else { throw StanzaError(.notAcceptable) }
        return maximum
    }

    /// Who sees real addresses.
    private enum Whois: String {
        case anyone, moderators
    }
}

extension RoomConfiguration {
    /// A field of the form, by its name on the wire.
    private enum Field: String, CaseIterable {
        case kind = "FORM_TYPE"
        case name = "muc#roomconfig_roomname"
        case isProtected = "muc#roomconfig_passwordprotectedroom"
        case password = "muc#roomconfig_roomsecret"
        case isMembersOnly = "muc#roomconfig_membersonly"
        case isModerated = "muc#roomconfig_moderatedroom"
        case isPersistent = "muc#roomconfig_persistentroom"
        case isLogged = "muc#roomconfig_enablelogging"
        case whois = "muc#roomconfig_whois"
        case maximumOccupants = "muc#roomconfig_maxusers"

        static let kindOfForm = "http://jabber.org/protocol/muc#roomconfig"

        func element(of configuration: RoomConfiguration) -> Element {
            let (type, value) = content(of: configuration)
            return Element(
                "field", in: .dataForm, attributes: ["var": rawValue, .type: type],
                children: [Element("value", in: .dataForm, text: value)])
        }

        private func content(of configuration: RoomConfiguration) -> (String, String) {
            let flag = { (isSet: Bool) in ("boolean", isSet ? "1" : "0") }
            switch self {
            case .kind: return ("hidden", Self.kindOfForm)
            case .name: return ("text-single", configuration.name ?? "")
            case .isProtected: return flag(configuration.password != nil)
            case .password: return ("text-private", configuration.password ?? "")
            case .isMembersOnly: return flag(configuration.isMembersOnly)
            case .isModerated: return flag(configuration.isModerated)
            case .isPersistent: return flag(configuration.isPersistent)
            case .isLogged: return flag(configuration.isLogged)
            case .whois:
                let whois: Whois = configuration.isNonAnonymous ? .anyone : .moderators
                return ("list-single", whois.rawValue)
            case .maximumOccupants:
                return ("list-single", configuration.maximumOccupants.map(String.init) ?? "none")
            }
        }
    }
}
