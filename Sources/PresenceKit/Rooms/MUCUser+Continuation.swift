public import StanzaKit

extension MUCUser {
    /// That a conversation of two goes on in a room; on the wire `continue`. XEP-0045, section 7.9.
    public struct Continuation: MUCUserPart {
        /// The element that it is a view of.
        public private(set) var element: Element

        static let name = "continue"

        init(viewing element: Element) {
            self.element = element
        }

        /// A conversation that goes on, in the thread that it had.
        public init(thread: String? = nil) {
            self = .empty
            self.thread = thread
        }

        /// The thread of the messages so far.
        public var thread: String? {
            get { element.stated("thread") }
            set { element["thread"] = newValue }
        }
    }
}
