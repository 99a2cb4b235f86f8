public import StanzaKit

extension Presence {
    /// The presence as that of an occupant of a room.
    ///
    /// ```swift
    /// if presence.muc.role == .moderator { print("\(presence.muc.nick ?? "") moderates") }
    /// ```
    public var muc: MUCPresence {
        get { MUCPresence(presence: self) }
        set { self = newValue.presence }
    }
}

/// What matters most of the presence of an occupant; the rest is in `presence[MUCUser.self]`.
///
/// A view of the presence: reading changes nothing, and what is set is in the stanza.
public struct MUCPresence: Sendable, Hashable {
    fileprivate var presence: Presence

    /// The nickname of the occupant: the resource of the sender.
    ///
    /// It cannot be set: one has the nickname that one asks for when one joins, or asks for anew
    /// with a presence to it.
    public var nick: String? { presence.from?.resource }

    /// The room: the bare address of the sender. It cannot be set either.
    public var room: BareJID? { presence.from?.bare }

    /// What the occupant is to the room; `nil` where nothing is said.
    ///
    /// Of several items the first counts, for this and the next two. Setting adds what is missing;
    /// setting `nil` takes the attribute out where it is.
    public var affiliation: Affiliation? {
        get { item?.affiliation }
        set { change(adding: newValue != nil) { $0.affiliation = newValue } }
    }

    /// What the occupant may do in the room; `nil` where nothing is said.
    public var role: Role? {
        get { item?.role }
        set { change(adding: newValue != nil) { $0.role = newValue } }
    }

    /// The real address of the occupant; `nil` where the room keeps it to itself.
    public var jid: JID? {
        get { item?.jid }
        set { change(adding: newValue != nil) { $0.jid = newValue } }
    }

    /// The numbers that the room gives, in order.
    public var codes: [MUCStatusCode] {
        get { presence[MUCUser.self]?.codes ?? [] }
        set {
            guard var user = presence[MUCUser.self] ?? (newValue.isEmpty ? nil : MUCUser())
            else { return }
            user.codes = newValue
            presence[MUCUser.self] = user
        }
    }

    private var item: MUCUser.Item? { presence[MUCUser.self]?.items.first }

    /// Changes the first item; if there is none, one is added where it is for something.
    private mutating func change(
        adding isAdding: Bool, _ change: (inout MUCUser.Item) -> Void
    ) {
        if !isAdding, item == nil { return }
        var user = presence[MUCUser.self] ?? MUCUser()
        if user.items.isEmpty { user.items = [MUCUser.Item()] }
        change(&user.items[0])
        presence[MUCUser.self] = user
    }
}
