internal import HashTreeCollections
public import StanzaKit

/// What to set, entry by entry, so that groups are renamed, merged or deleted: XMPP knows no groups
/// but as what entries say. RFC 6121, section 2.1.2.3.
///
/// The plan is a value, so it can be looked at before
/// ``RosterClient/perform(_:timeoutPerStep:onProgress:)`` carries it out.
///
/// ```swift
/// let plan = client.roster.renaming(group: "Friends", to: "Best friends")
/// print("This will change \(plan.steps.count) contacts")
/// let report = await client.perform(plan)
/// if !report.isComplete { await client.perform(report.rest) }
/// ```
public struct GroupPlan: Sendable, Hashable {
    /// What becomes of one entry.
    public struct Step: Sendable {
        /// Whose entry.
        public let contact: BareJID
        /// The groups that it comes into.
        public let joining: [String]
        /// The groups that it leaves, all of which it was in.
        public let leaving: [String]
    }

    /// One step for each entry, sorted by address.
    public let steps: [Step]

    /// What came of a plan, so far or in the end.
    public struct Report: Sendable, Hashable {
        /// An entry that was not changed.
        public struct Failure: Sendable, Hashable {
            /// What was to be done.
            public let step: Step
            /// Why it was not.
            public let error: RequestError
        }

        /// The contacts whose entries the server changed, in order.
        public internal(set) var done: [BareJID] = []
        /// The contacts that were removed, or taken out of the group, after the plan was made: for
        /// them there is nothing to do.
        public internal(set) var skipped: [BareJID] = []
        /// The entries that were not changed. One whose answer did not come may have been.
        public internal(set) var failures: [Failure] = []
        /// The steps that were not tried yet.
        public internal(set) var remaining: ArraySlice<Step>

        /// Whether everything came true.
        public var isComplete: Bool { failures.isEmpty && remaining.isEmpty }
        /// What is still to be done, to be tried again.
        public var rest: GroupPlan { GroupPlan(steps: failures.map(\.step) + remaining) }
    }
}

extension GroupPlan.Step: Hashable {
    /// Whether both do the same, by their bytes.
    public static func == (left: Self, right: Self) -> Bool {
        left.contact == right.contact
            && left.joining.map(ExactText.init) == right.joining.map(ExactText.init)
            && left.leaving.map(ExactText.init) == right.leaving.map(ExactText.init)
    }

    /// Hashes the address.
    public func hash(into hasher: inout Hasher) { hasher.combine(contact) }
}

extension Roster {
    /// The plan that gives a group another name. Where there is a group of that name already, the
    /// two become one.
    public func renaming(group: String, to name: String) -> GroupPlan {
        plan(leaving: [group], joining: name)
    }

    /// The plan that makes one group of several. It may be one of them, or new.
    public func merging(groups: [String], into group: String) -> GroupPlan {
        plan(leaving: groups, joining: group)
    }

    /// The plan that does away with a group; its entries stay, some of them in no group then.
    public func deleting(group: String) -> GroupPlan {
        plan(leaving: [group], joining: nil)
    }

    private func plan(leaving groups: [String], joining group: String?) -> GroupPlan {
        let target = group.map(ExactText.init)
        let left = Set(groups.map(ExactText.init)).filter { $0 != target }
        let contacts = left.reduce(into: Set<BareJID>()) { $0.formUnion(self.groups[$1] ?? []) }
        return GroupPlan(
            steps: contacts.sorted().compactMap { contact in
                guard let item = entries[contact] else { return nil }
                let known = item.groups.map(ExactText.init)
                return GroupPlan.Step(
                    contact: item.jid,
                    joining: target.map { known.contains($0) ? [] : [$0.string] } ?? [],
                    leaving: known.filter(left.contains).map(\.string))
            })
    }
}
