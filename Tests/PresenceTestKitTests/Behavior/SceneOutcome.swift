import PresenceKit

/// What everybody saw of one event: of a recording, of the in-memory server, or as the RFC has it.
struct SceneOutcome {
    /// What two outcomes are compared by; named as the recordings name it.
    enum Aspect: String, CaseIterable {
        case item = "after-item"
        case contact
        case first = "R1"
        case second = "R2"
        case third = "R3"
        case redelivered
    }

    /// The contact's item as a roster result has it afterwards.
    var item: SceneItem?
    /// What the contact received.
    var contact: [SceneArrival] = []
    /// What the user's resources received: the one that acts, which asked for the roster and is
    /// available; one that asked for the roster only; one that is available only.
    var resources: [[SceneArrival]] = [[], [], []]
    /// How many requests were delivered to a resource that became available afterwards.
    var redelivered = 0

    func words(of aspect: Aspect, _ precision: SceneArrival.Precision) -> [String] {
        switch aspect {
        case .item: [item?.words(precision) ?? "no item"]
        case .contact: words(of: contact, precision)
        case .first: words(of: resources[0], precision)
        case .second: words(of: resources[1], precision)
        case .third: words(of: resources[2], precision)
        case .redelivered: ["\(redelivered)"]
        }
    }

    /// In the order of one stream. What is the same but for the resource that it is of comes in any
    /// order, and the RFC has no order in general.
    private func words(
        of arrivals: [SceneArrival], _ precision: SceneArrival.Precision
    ) -> [String] {
        if precision == .meaning { return arrivals.map { $0.words(precision) }.sorted() }
        var runs: [[SceneArrival]] = []
        for arrival in arrivals {
            if runs.last?.last?.kind == arrival.kind {
                runs[runs.count - 1].append(arrival)
            } else {
                runs.append([arrival])
            }
        }
        return runs.flatMap { run in run.map { $0.words(precision) }.sorted() }
    }

    /// The aspects in which two outcomes differ.
    func differences(
        from other: SceneOutcome, _ precision: SceneArrival.Precision
    ) -> [Aspect] {
        Aspect.allCases.filter { words(of: $0, precision) != other.words(of: $0, precision) }
    }
}
