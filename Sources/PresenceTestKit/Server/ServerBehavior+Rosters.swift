public import StanzaKit

extension ServerBehavior {
    /// How roster pushes are sent. RFC 6121, section 2.1.6.
    public struct Pushes: Sendable, Hashable {
        /// Whether they go to resources that did not ask for the roster, too.
        public var areSentToEveryResource = false
        /// Whether one is sent when the contact's request came or went, which no item shows.
        public var includeInvisibleChanges = false
        /// Whether one is sent ahead of the subscription stanza that causes it. Sections 3.1.6, 3.2.3
        /// and 3.3.3 have it behind.
        public var precedeStanzas = false
        /// Whether one is sent behind the result of the client's own set, instead of ahead.
        public var followResults = false
        /// Whether they say from which account they are, and to whom: a server may leave both out.
        public var areAddressed = true
        /// Whether all resources get the same change with the same id.
        public var shareIDs = false

        /// As the RFC has it.
        public init() {}
    }

    /// What items show, and which a client may set. RFC 6121, sections 2.1.2 and 2.3.3.
    public struct Items: Sendable, Hashable {
        /// Whether there is no item for a contact while it waits for an answer and nothing else is
        /// between it and the user, and no push says so: even where the user has given it a name.
        public var hideRequesters = false
        /// Whether they show that the contact is approved in advance.
        public var showApproval = true
        /// Whether they say that there is no subscription, instead of saying nothing.
        public var sayNone = false
        /// Whether the groups come in any order, decided by the seed of the server.
        public var shuffleGroups = false
        /// Whether the user may be in its own roster. A server may answer `not-allowed`.
        public var mayBeOwn = false
        /// Whether the address of an item may have a resource, which it shows then; the contact is
        /// still one with its other resources. A server may answer `bad-request`.
        public var mayHaveResource = false
        /// Whether a client may name a group twice, which counts once, or one without a name, which is
        /// kept. Section 2.3.3 has `bad-request` and `not-acceptable`.
        public var mayRepeatGroups = false
        /// Whether a client is refused that says `ask`. Section 2.1.2.2 has it ignored.
        public var mustNotAsk = false

        /// What somebody is answered with who asks for another one's roster, or would change it.
        public var refusalOfOthers = StanzaError.Condition.forbidden

        /// As the RFC has it.
        public init() {}
    }

    /// How contacts are removed from rosters. RFC 6121, section 2.5.
    public struct Removal: Sendable, Hashable {
        /// Whether who is not there is removed as well, with a result and a push, instead of
        /// `item-not-found`.
        public var includesStrangers = false
        /// Whether the contact's request stays, and is delivered again.
        public var keepsRequest = false
        /// Whether what is sent to the contact is from the resource that removes it. Section 3.2.1 has
        /// the bare address.
        public var isSentByResource = false
        /// Whether the contact hears that the resources are gone when the user ends its own
        /// subscription, instead of when the contact's ends; and what ends the contact's comes first.
        public var saysGoodbyeToPublishers = false

        /// As the RFC has it.
        public init() {}
    }
}
