import StanzaKit

/// What a parser made of a whole recording.
struct StreamOutcome: Equatable {
    var elements: [Element] = []
    var headers: [StreamHeader] = []
    var dropped: [ParserLimits.Kind] = []
    var isClosed = false
    var failure: StreamError?

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
                    take(event)
                    if restartsAfterSuccess, case .element(let element) = event,
                        element.is("success", in: .sasl)
                    {
                        parser.restart()
                    }
                }
            }
        } catch {
            failure = error
        }
    }

    private mutating func take(_ event: StanzaParser.Event) {
        switch event {
        case .opened(let header): headers.append(header)
        case .element(let element): elements.append(element)
        case .dropped(let limit): dropped.append(limit)
        case .closed: isClosed = true
        }
    }

    static func chunks(of size: Int, in bytes: [UInt8]) -> StrideTo<Int> {
        stride(from: size, to: max(bytes.count, size), by: size)
    }
}
