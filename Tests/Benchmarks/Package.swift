// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "PresenceKit", path: "../..")],
    targets: [
        .systemLibrary(
            name: "SystemLibXML2", pkgConfig: "libxml-2.0",
            providers: [.apt(["libxml2-dev"]), .yum(["libxml2-devel"]), .brew(["libxml2"])]),
        .target(name: "Floor", dependencies: ["SystemLibXML2"]),
        .executableTarget(
            name: "Benchmark",
            dependencies: [
                "Floor", .product(name: "PresenceTestKit", package: "PresenceKit"),
                .product(name: "RosterKit", package: "PresenceKit"),
                .product(name: "StanzaKit", package: "PresenceKit"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .strictMemorySafety(),
    ]
}
