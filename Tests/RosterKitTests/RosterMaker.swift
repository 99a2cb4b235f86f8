import PresenceTestKit
import VectorSupport

/// Makes documents that hold anything that a roster may.
struct RosterMaker {
    private var generator: SeededGenerator

    init(seed: Int) { generator = SeededGenerator(seed: UInt64(seed)) }

    private static let words = [
        "a", "B", "\u{E9}", "e\u{301}", "\u{1F600}", "\u{212B}", "\u{C5}", "\u{FFFD}", "\"", "\\",
        "\t", "\n", " ", "</x>", "\u{5E9}\u{5DC}", "\u{2028}", "\u{7F}", "10", "9", "\u{AC00}",
    ]

    private mutating func text(_ count: ClosedRange<Int>) -> String {
        (0..<Int.random(in: count, using: &generator))
            .map { _ in Self.words.randomElement(using: &generator) ?? "" }.joined()
    }

    func document(count: Int) -> [UInt8] {
        var maker = self
        return maker.makeDocument(count: count)
    }

    private mutating func makeDocument(count: Int) -> [UInt8] {
        let locals = ["u", "\u{E9}", "\u{448}", "\u{D55C}", "o\\27x"]
        var items: [(String, JSON)] = []
        for index in 0..<count {
            var members: [(String, JSON)] = []
            let subscription = ["none", "to", "from", "both"].randomElement(using: &generator)
            members.append(("subscription", .string(subscription ?? "none")))
            if Bool.random(using: &generator) { members.append(("name", .string(text(0...6)))) }
            if Bool.random(using: &generator) { members.append(("ask", .string("subscribe"))) }
            if Bool.random(using: &generator) { members.append(("approved", .bool(true))) }
            let groups = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                JSON.string(text(0...2))
            }
            members.append(("groups", .array(groups)))
            let local = locals.randomElement(using: &generator) ?? "u"
            items.append(
                (
                    "\(local)\(index)@b\u{FC}cher.example",
                    .object(members.shuffled(using: &generator))
                ))
        }
        let version = Bool.random(using: &generator) ? JSON.string(text(0...4)) : .null
        return JSON.object([("ver", version), ("items", .object(items))]).bytes
    }
}
