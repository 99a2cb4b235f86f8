import PresenceKit
import PresenceTestKit
import VectorSupport
import XCTest

/// A recording of what a real server did in every row.
struct ObservedServer {
    let file: VectorFile
    /// `prosody 0.12.3`.
    let name: String
    let rows: [ObservedRow]

    /// All that there are, in whatever folder.
    static func all() throws -> [ObservedServer] {
        let files = try VectorFolder.all.flatMap { try $0.files() }
            .filter { $0.kind == .subscription && $0.url.lastPathComponent.hasPrefix("observed-") }
        return try files.map(ObservedServer.init)
    }

    private init(_ file: VectorFile) throws {
        self.file = file
        name = file.url.deletingPathExtension().lastPathComponent
            .replacing("observed-", with: "").replacing("-", with: " ")
        rows = try XCTUnwrap(file.json()["results"]?.array).map(ObservedRow.init)
        XCTAssertFalse(rows.isEmpty, name)
    }

    /// Whether the server keeps an approval in advance: it makes an item.
    var keepsApprovals: Bool {
        rows.contains { $0.name == "None/absent: out subscribed" && $0.outcome.item != nil }
    }

    /// The behavior that was made for the server; `nil` where there is none.
    var reproduction: Reproduction? { Reproduction.all.first { name.hasPrefix($0.name) } }
}

/// A behavior that was made for a server.
struct Reproduction {
    /// What the server's name begins with.
    let name: String
    let behavior: ServerBehavior
    /// Rows in which the behavior is not what the server was, and why.
    var exceptions: [String: String] = [:]

    static let all = [
        Reproduction(name: "prosody 0.12", behavior: .prosody),
        Reproduction(name: "prosody 13", behavior: .prosody),
        Reproduction(name: "ejabberd 23", behavior: .ejabberd),
        Reproduction(name: "ejabberd 24", behavior: .ejabberd24),
        Reproduction(
            name: "ejabberd checkout", behavior: .ejabberdCheckout,
            exceptions: [
                "From+approved(via auto-approval): in subscribe": confirmsTheApproved,
                "From+PendingOut+approved(via auto-approval): in subscribe": confirmsTheApproved,
                "Both+approved(via auto-approval): in subscribe": confirmsTheApproved,
            ]),
    ]

    private static let confirmsTheApproved =
        "who is approved and asks again is not answered, and no rule knows of approvals"
}

extension ServerBehavior {
    fileprivate static let ejabberd24: ServerBehavior = {
        var behavior = ServerBehavior.ejabberd
        behavior.requests.kept = .statusAndNickname
        return behavior
    }()

    /// A later one, which knows approvals in advance and shows them.
    fileprivate static let ejabberdCheckout: ServerBehavior = {
        var behavior = ServerBehavior.ejabberd24
        behavior.subscriptions.preApproval = .retained
        behavior.houseRules = [
            HouseRule.pushesRepeatedRequests, HouseRule.pushesEveryApproval,
            HouseRule.routesEveryRefusal, HouseRule.takesUnaskedApprovals,
            HouseRule.forgetsRequesters,
        ].flatMap(\.self)
        return behavior
    }()
}
