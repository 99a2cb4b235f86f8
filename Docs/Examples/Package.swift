// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Examples",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "PresenceKit", path: "../..")],
    targets: [
        .target(name: "Articles"),
        .executableTarget(name: "Component"),
        .executableTarget(name: "ContactList"),
        .executableTarget(name: "FirstExample"),
        .executableTarget(name: "PresenceBot"),
        .executableTarget(name: "ReadTranscript"),
        .executableTarget(name: "RoomWatcher"),
        .executableTarget(name: "TestingYourCode"),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    target.dependencies = ["StanzaKit", "PresenceKit", "RosterKit", "PresenceTestKit"].map {
        .product(name: $0, package: "PresenceKit")
    }
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .strictMemorySafety(),
    ]
}
