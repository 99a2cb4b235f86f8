import Foundation
import PresenceKit
import XCTest

/// Goes through everything that can become of two users, each with a client and a server of its own,
/// whatever they want and whenever it arrives: up to six intents where clients are in step with
/// their servers, and up to four, or `PRESENCEKIT_INTENTS`, where they lag behind too.
final class SubscriptionModelTests: XCTestCase {
    private typealias Exploration = SubscriptionExploration
    private typealias Disagreement = SubscriptionExploration.Disagreement

    private let intents =
        ProcessInfo.processInfo.environment["PRESENCEKIT_INTENTS"].flatMap(Int.init) ?? 4

    /// Who asks too early, without anybody's fault.
    private let unexpected: Set<Disagreement> = [
        Disagreement(asking: "none", asked: "asked"),
        Disagreement(asking: "none", asked: "subscribed"),
    ]
    /// Who waits for an answer to a request that a server forgot.
    private let forgotten = Disagreement(asking: "asked", asked: "none")

    private func explore(
        _ preApproval: SubscriptionServer.PreApproval, clientsLag: Bool,
        patience: Exploration.Patience = .none,
        openRequests: SubscriptionServer.OpenRequests = .settled
    ) -> Exploration {
        let server = SubscriptionServer(preApproval: preApproval, openRequests: openRequests)
        let intents = clientsLag ? intents : 6
        let exploration = Exploration(
            SubscriptionModel(server), intents: intents, clientsLag: clientsLag, patience: patience)
        print(
            "explored \(exploration.states) states, \(exploration.statesAtRest) at rest,",
            "\(exploration.ends.count) ends:",
            "\(intents) intents, clients \(clientsLag ? "lag" : "in step"), approvals \(preApproval),",
            "open requests \(openRequests), patience \(patience):",
            "\(exploration.disagreements.values.reduce(0, +)) disagreements,",
            "\(exploration.healed) healed by asking again,",
            "\(exploration.staleRequests) stale requests, \(exploration.strayMirrors) stray mirrors,",
            "\(exploration.lostIntents) lost intents")
        XCTAssertGreaterThan(exploration.statesAtRest, 0)
        XCTAssertEqual(exploration.stepsWithoutEnd, 0, "no exchange goes on for ever")
        return exploration
    }

    func testTheStepsThatAreLeftOutLeadNowhereElse() {
        for preApproval in SubscriptionServer.PreApproval.allCases {
            let model = SubscriptionModel(SubscriptionServer(preApproval: preApproval))
            let thorough = Exploration(model, intents: 3, clientsLag: true, isThorough: true)
            let exploration = Exploration(model, intents: 3, clientsLag: true)
            XCTAssertEqual(thorough.ends, exploration.ends)
            XCTAssertEqual(
                Set(thorough.disagreements.keys), Set(exploration.disagreements.keys))
            XCTAssertEqual(thorough.stepsWithoutEnd, 0)
            XCTAssertGreaterThan(thorough.states, exploration.states)
        }
    }

    func testBothEndsAgreeAtRestWhereNobodyAsksBeforeTheAnswersAreIn() {
        for preApproval in SubscriptionServer.PreApproval.allCases {
            for clientsLag in [false, true] {
                let exploration = explore(
                    preApproval, clientsLag: clientsLag, patience: .awaitsAnswers)
                XCTAssertEqual(exploration.disagreements, [:])
            }
        }
    }

    func testWhoAsksTooEarlyMayKnowNothingOfWhatItHasAndToAskAgainHealsIt() {
        for preApproval in SubscriptionServer.PreApproval.allCases {
            for clientsLag in [false, true] {
                let exploration = explore(preApproval, clientsLag: clientsLag)
                XCTAssertEqual(Set(exploration.disagreements.keys), unexpected)
                XCTAssertEqual(exploration.healed, exploration.disagreements.values.reduce(0, +))
                checkMirrors(exploration, preApproval, clientsLag: clientsLag)
            }
        }
    }

    /// A client knows exactly what its server keeps, but for requests, and never believes that there
    /// is nothing to end where there is.
    ///
    /// At a server without pre-approval no push tells that an approval came too late, because the
    /// contact took its request back. If it asked again meanwhile, the client may wait for that push
    /// for the rest of the session.
    private func checkMirrors(
        _ exploration: Exploration, _ preApproval: SubscriptionServer.PreApproval, clientsLag: Bool
    ) {
        if preApproval != .unsupported || !clientsLag {
            XCTAssertEqual(exploration.strayMirrors, 0)
            XCTAssertEqual(exploration.lostIntents, 0)
        }
        if !clientsLag { XCTAssertEqual(exploration.staleRequests, 0) }
    }

    func testClientsKnowWhatTheirServersKeepWhereUsersAskAtRest() {
        for preApproval in SubscriptionServer.PreApproval.allCases {
            let exploration = explore(preApproval, clientsLag: true, patience: .awaitsRest)
            XCTAssertEqual(exploration.disagreements, [:])
            XCTAssertEqual(exploration.staleRequests, 0)
            XCTAssertEqual(exploration.strayMirrors, 0)
            XCTAssertEqual(exploration.lostIntents, 0)
        }
    }

    func testAServerThatForgetsRequestsWithTheItemLeavesOthersWaiting() {
        for preApproval in SubscriptionServer.PreApproval.allCases {
            // Plans settle what is open before, so in step there is nothing left to forget.
            let inStep = explore(
                preApproval, clientsLag: false, patience: .awaitsAnswers, openRequests: .forgotten)
            XCTAssertEqual(inStep.disagreements, [:])
            let lagging = explore(
                preApproval, clientsLag: true, patience: .awaitsRest, openRequests: .forgotten)
            XCTAssertTrue(Set(lagging.disagreements.keys).isSubset(of: [forgotten]))
            XCTAssertEqual(lagging.healed, lagging.disagreements.values.reduce(0, +))
        }
    }
}
