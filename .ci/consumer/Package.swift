// swift-tools-version: 6.2
import PackageDescription

// Somebody else's package: it knows PresenceKit by its URL and a version, and sets nothing special.
let package = Package(
    name: "Consumer",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: Context.environment["PRESENCEKIT_URL"] ?? "", from: "0.0.1")
    ],
    targets: [
        .executableTarget(
            name: "Consumer",
            dependencies: [
                .product(name: "StanzaKit", package: "PresenceKit"),
                .product(name: "PresenceKit", package: "PresenceKit"),
                .product(name: "RosterKit", package: "PresenceKit"),
                .product(name: "PresenceTestKit", package: "PresenceKit"),
            ])
    ]
)
