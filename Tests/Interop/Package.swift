// swift-tools-version: 6.2
import PackageDescription

let library: [Target.Dependency] = ["StanzaKit", "PresenceKit", "RosterKit"].map {
    .product(name: $0, package: "PresenceKit")
}

let package = Package(
    name: "Interop",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "PresenceKit", path: "../.."),
        .package(name: "Live", path: "../../Docs/Examples/Live"),
    ],
    targets: [
        .target(
            name: "InteropSessions",
            dependencies: library + [.product(name: "LiveConnection", package: "Live")]),
        .executableTarget(name: "Soak", dependencies: library + ["InteropSessions"]),
        .testTarget(name: "InteropTests", dependencies: library + ["InteropSessions"]),
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
