// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Live",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "LiveConnection", targets: ["LiveConnection"]),
        .executable(name: "presence", targets: ["PresenceProgram"]),
    ],
    dependencies: [
        .package(name: "PresenceKit", path: "../../.."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .target(
            name: "LiveConnection",
            dependencies: [
                .product(name: "StanzaKit", package: "PresenceKit"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(
            name: "PresenceProgram",
            dependencies: [
                "LiveConnection",
                .product(name: "StanzaKit", package: "PresenceKit"),
                .product(name: "PresenceKit", package: "PresenceKit"),
                .product(name: "RosterKit", package: "PresenceKit"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(
            name: "LiveConnectionTests",
            dependencies: [
                "LiveConnection",
                .product(name: "StanzaKit", package: "PresenceKit"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(
            name: "PresenceProgramTests",
            dependencies: [
                "PresenceProgram",
                "LiveConnection",
                .product(name: "StanzaKit", package: "PresenceKit"),
                .product(name: "PresenceKit", package: "PresenceKit"),
                .product(name: "RosterKit", package: "PresenceKit"),
                .product(name: "PresenceTestKit", package: "PresenceKit"),
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
