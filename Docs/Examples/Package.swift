// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Examples",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "PresenceKit", path: "../..")],
    targets: [
        .executableTarget(
            name: "FirstExample",
            dependencies: [.product(name: "RosterKit", package: "PresenceKit")]),
        .target(
            name: "Articles", dependencies: [.product(name: "RosterKit", package: "PresenceKit")]),
        .executableTarget(
            name: "ReadTranscript",
            dependencies: [
                .product(name: "StanzaKit", package: "PresenceKit"),
                .product(name: "PresenceKit", package: "PresenceKit"),
                .product(name: "RosterKit", package: "PresenceKit"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .strictMemorySafety(),
    ]
}
