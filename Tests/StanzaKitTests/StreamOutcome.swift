import StanzaKit

/// What a parser made of a whole recording, in order.
struct StreamOutcome: Equatable {
    private(set) var events: [StanzaParser.Event] = []
    /// The language of each element, which does not count when elements are compared.
    private(set) var languages: [String?] = []
    private(set) var failure: StreamError?

    /// Feeds `bytes` cut at `cuts`, restarting the stream as a client does after authentication.
    init(
        of bytes: [UInt8], cuts: some Sequence<Int>, limits: ParserLimits = ParserLimits(),
        restartsAfterSuccess: Bool = false
    ) {
        var parser = StanzaParser(limits: limits)
        var start = 0
        do {
            for end in Array(cuts) + [bytes.count] where end > start {
                parser.receive(bytes[start..<end])
                start = end
                while let event = try parser.next() {
                    events.append(event)
                    guard case .element(let element) = event else { continue }
                    languages.append(element.language)
                    if restartsAfterSuccess, element.is("success", in: .sasl) { parser.restart() }
                }
            }
        } catch {
            failure = error
        }
    }

    var elements: [Element] {
        events.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    var headers: [StreamHeader] {
        events.compactMap { if case .opened(let header) = $0 { header } else { nil } }
    }

    var dropped: [ParserLimits.Kind] {
        events.compactMap { if case .dropped(let limit) = $0 { limit } else { nil } }
    }

    var isClosed: Bool { events.contains(.closed) }

    static func chunks(of size: Int, in bytes: [UInt8]) -> StrideTo<Int> {
        stride(from: size, to: max(bytes.count, size), by: size)
    }
}
