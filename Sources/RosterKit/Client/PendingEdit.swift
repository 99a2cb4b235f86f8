internal import StanzaKit

/// An edit that was sent, until the server pushed what came of it.
///
/// A server answers and pushes in either order (ejabberd pushes first, Prosody answers first), and
/// an edit says all of an entry. So until its push is there, what the roster has is not what the
/// next edit is to begin with.
struct PendingEdit {
    /// What the user can say of an entry.
    struct Values {
        var name: String?
        var groups: [ExactText] = []

        init() {}

        init(_ item: RosterItem) {
            name = item.name
            groups = item.groups.map(ExactText.init)
        }

        /// Whether an entry is as wanted. An empty name is none.
        func areThose(of item: RosterItem) -> Bool {
            ExactText(name ?? "") == ExactText(item.name ?? "")
                && groups == item.groups.map(ExactText.init)
        }
    }

    /// What was to be changed.
    enum Change {
        case values(name: RosterItem.NameEdit, joining: [ExactText], leaving: [ExactText])
        case removal

        /// What a change makes of an entry. What is left wins over what is joined.
        func result(on values: Values?) -> Values? {
            guard case .values(let name, let joining, let leaving) = self else { return nil }
            var values = values ?? Values()
            switch name {
            case .keep: break
            case .set(let name): values.name = name
            case .remove: values.name = nil
            }
            values.groups = Set(values.groups).union(joining).subtracting(leaving).sorted()
            return values
        }
    }

    let number: Int
    let contact: BareJID
    let change: Change
    /// What the server was asked for; `nil` for a removal.
    let wanted: Values?
    /// Whether a push came that may be the one of this edit.
    var hasPush = false
    /// Whether the server took the edit.
    var isAnswered = false
}
