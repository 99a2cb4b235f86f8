internal import StanzaKit

/// A fault that waits for its stanzas.
struct AwaitedFault {
    let selector: StanzaSelector
    /// What goes wrong; one of them is drawn each time.
    let faults: [Fault]
    /// How likely it is.
    let probability: Double
    /// How many more times it happens.
    var times: Int
    let change: ((Element) -> Element)?
    /// How many more of the selected stanzas are left alone.
    private var skips: Int

    init(
        _ selector: StanzaSelector, _ faults: [Fault], probability: Double = 1, times: Int,
        change: ((Element) -> Element)? = nil
    ) {
        self.selector = selector
        self.faults = faults
        self.probability = probability
        self.times = times
        self.change = change
        skips = selector.skipped
    }

    /// Counts a stanza.
    ///
    /// - Returns: Whether it is the fault's.
    mutating func awaits(
        _ stanza: Element, _ direction: InMemoryServer.Connection.Direction
    ) -> Bool {
        guard selector.selects(stanza, direction) else { return false }
        if skips > 0 {
            skips -= 1
            return false
        }
        return times > 0
    }
}

/// The faults of a connection, in the order in which they were asked for.
struct FaultList {
    private var awaited: [AwaitedFault] = []

    var isEmpty: Bool { awaited.isEmpty }

    mutating func append(_ fault: AwaitedFault) {
        if fault.times > 0 && !fault.faults.isEmpty { awaited.append(fault) }
    }

    mutating func removeAll() {
        awaited = []
    }

    /// What happens to a stanza: the first fault that waits for it, and that chance lets happen. All
    /// others that wait for it have counted it.
    mutating func next(
        for stanza: Element, _ direction: InMemoryServer.Connection.Direction,
        using random: inout SeededGenerator
    ) -> (fault: Fault, change: ((Element) -> Element)?)? {
        var result: (fault: Fault, change: ((Element) -> Element)?)?
        for index in awaited.indices {
            guard awaited[index].awaits(stanza, direction), result == nil else { continue }
            let entry = awaited[index]
            if entry.probability < 1, Double.random(in: 0..<1, using: &random) >= entry.probability
            {
                continue
            }
            // What is certain takes no number from the generator.
            let fault =
                entry.faults.count == 1
                ? entry.faults.first : entry.faults.randomElement(using: &random)
            awaited[index].times -= 1
            result = fault.map { ($0, entry.change) }
        }
        awaited.removeAll { $0.times == 0 }
        return result
    }
}
