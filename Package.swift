// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "PresenceKit",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "StanzaKit", targets: ["StanzaKit"]),
        .library(name: "PresenceKit", targets: ["PresenceKit"]),
        .library(name: "RosterKit", targets: ["RosterKit"]),
        .library(name: "PresenceTestKit", targets: ["PresenceTestKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0")
    ],
    targets: [
        .systemLibrary(
            name: "CLibXML2", pkgConfig: "libxml-2.0",
            providers: [.apt(["libxml2-dev"]), .yum(["libxml2-devel"]), .brew(["libxml2"])]),
        .target(name: "CUnicodeTables", exclude: ["generate.py"]),
        .target(name: "StanzaKit", dependencies: ["CLibXML2", "CUnicodeTables"]),
        .target(
            name: "PresenceKit",
            dependencies: [
                "StanzaKit", .product(name: "HashTreeCollections", package: "swift-collections"),
            ]),
        .target(
            name: "RosterKit",
            dependencies: [
                "PresenceKit", .product(name: "HashTreeCollections", package: "swift-collections"),
            ]),
        .target(name: "PresenceTestKit", dependencies: ["RosterKit"]),
        .target(name: "VectorSupport", dependencies: ["StanzaKit"], path: "Tests/VectorSupport"),
        .testTarget(
            name: "StanzaKitTests", dependencies: ["StanzaKit", "PresenceTestKit", "VectorSupport"]),
        .testTarget(
            name: "PresenceKitTests",
            dependencies: ["PresenceKit", "PresenceTestKit", "VectorSupport"]),
        .testTarget(
            name: "RosterKitTests", dependencies: ["RosterKit", "PresenceTestKit", "VectorSupport"]),
        .testTarget(
            name: "PresenceTestKitTests", dependencies: ["PresenceTestKit", "VectorSupport"]),
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
