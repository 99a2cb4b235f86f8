internal import PresenceKit
internal import StanzaKit

/// What somebody is to a room and in it, and what that allows to do to others, by the tables of
/// XEP-0045, sections 5.1 and 5.2.
struct Standing: Sendable, Hashable {
    var affiliation: Affiliation
    var role: Role

    /// The role that one comes in with; `nil` where one may not come in. Section 5.1.2.
    static func defaultRole(
        of affiliation: Affiliation, in configuration: RoomConfiguration
    ) -> Role? {
        switch affiliation {
        case .outcast: nil
        case .unaffiliated where configuration.isMembersOnly: nil
        case .unaffiliated: configuration.isModerated ? .visitor : .participant
        case .member: .participant
        case .admin, .owner: .moderator
        }
    }

    /// Checks that one may give somebody in the room another role, or kick it. Sections 5.1.3, 8.2
    /// to 8.4, 9.6 and 9.7.
    ///
    /// - Throws: `forbidden` where one's own role or affiliation does not do, `not-allowed` where
    ///   that of the other protects it.
    func checkSetting(_ new: Role, for other: Standing) throws(StanzaError) {
        guard role == .moderator else { throw StanzaError(.forbidden) }
        if new == other.role { return }
        if new < other.role {
            let isProtected =
                new == .noRole
                ? other.affiliation > affiliation
                : other.affiliation >= .admin || other.affiliation > affiliation
            if isProtected { throw StanzaError(.notAllowed) }
        }
        // Who moderates is for admins to say.
        if new == .moderator || other.role == .moderator, affiliation < .admin {
            throw StanzaError(.forbidden)
        }
    }

    /// Checks that one may change what somebody is to the room. Sections 5.2.3, 9.1 to 9.5 and 10.3
    /// to 10.8.
    ///
    /// - Throws: `forbidden` where one's own affiliation does not do, `not-allowed` where that of
    ///   the other protects it from being banned.
    func checkSetting(_ new: Affiliation, for other: Affiliation) throws(StanzaError) {
        guard affiliation >= .admin else { throw StanzaError(.forbidden) }
        if affiliation == .owner { return }
        if new == .outcast, other >= .admin { throw StanzaError(.notAllowed) }
        // The lists of admins and owners are the owners'.
        if new >= .admin || other >= .admin { throw StanzaError(.forbidden) }
    }

    /// Checks that one may see the list of those who have an affiliation. Sections 5.2.2, 9.2, 9.5,
    /// 10.5 and 10.8.
    func checkListing(
        _ wanted: Affiliation, in configuration: RoomConfiguration
    ) throws(StanzaError) {
        let isAllowed =
            switch wanted {
            case .unaffiliated: throw StanzaError(.badRequest)
            case .outcast: affiliation >= .admin
            case .member:
                affiliation >= (configuration.isNonAnonymous ? .member : .admin)
            case .admin, .owner:
                affiliation >= (configuration.isNonAnonymous ? .member : .owner)
            }
        if !isAllowed { throw StanzaError(.forbidden) }
    }

    /// Checks that one may see the list of those who have a role. Sections 8.5 and 9.8.
    func checkListing(_ wanted: Role) throws(StanzaError) {
        switch wanted {
        case .noRole: throw StanzaError(.badRequest)
        case .visitor, .participant:
            if role != .moderator { throw StanzaError(.forbidden) }
        case .moderator:
            if affiliation < .admin { throw StanzaError(.forbidden) }
        }
    }

    /// The role of somebody who is in the room when its affiliation changes. Section 5.1.3.
    ///
    /// Who becomes an admin moderates, who becomes a member may speak. Who is no admin any more has
    /// the role that newcomers have; who is no member any more keeps its own.
    func role(becoming new: Affiliation, in configuration: RoomConfiguration) -> Role? {
        guard let initial = Self.defaultRole(of: new, in: configuration) else { return nil }
        if new >= .admin || affiliation >= .admin { return initial }
        return new > affiliation ? max(role, initial) : role
    }
}
