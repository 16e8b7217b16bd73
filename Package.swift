// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Whether tests are built: `NUANXIN_TESTING=1`. Without it the package has no tests and no unsafe flags, so that other
/// packages can depend on it, and its executables keep no symbols for tests.
let isTesting = Context.environment["NUANXIN_TESTING"] == "1"

/// Tests reach into the executables, which they are built for release together with.
let testable = strict + (isTesting ? [.unsafeFlags(["-enable-testing"])] : [])

/// Nobody runs tests for their speed: they are compiled without optimization, on all processors.
let tests =
    strict + [
        .unsafeFlags([
            "-Onone", "-no-whole-module-optimization", "-enable-batch-mode",
        ])
    ]

/// A service: an executable named as its queue is, over ServiceKit.
func service(_ name: String, _ extra: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["ServiceKit", "Messages", "Postgres"] + extra,
        path: "Services/\(name)", swiftSettings: testable)
}

/// The tests of a service, or of the tool.
func serviceTests(_ name: String, _ extra: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [
            "ServiceSupport", "Support", "ServiceKit", "Messages", "Postgres",
            .target(name: name),
        ] + extra,
        path: "Tests/\(name)Tests", swiftSettings: tests)
}

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let log = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let signals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
}

let package = Package(
    name: "nuanxin",
    products: [
        .executable(name: "registry", targets: ["Registry"]),
        .executable(name: "funding", targets: ["Funding"]),
        .executable(name: "events", targets: ["Events"]),
        .executable(name: "reporting", targets: ["Reporting"]),
        .executable(name: "nuanxin", targets: ["Nuanxin"]),
        // For development: no image contains these two.
        .executable(name: "scenario", targets: ["Scenario"]),
        .executable(name: "contract-export", targets: ["ContractExport"]),
        .library(
            name: "NuanxinShared",
            targets: ["Messages", "AMQP", "Postgres", "ServiceKit", "Disclosure"]),
        .library(name: "NuanxinTestSupport", targets: ["Support"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CRabbitMQ", path: "Shared/CRabbitMQ", pkgConfig: "librabbitmq",
            providers: [.apt(["librabbitmq-dev"])]),
        .systemLibrary(
            name: "CPostgres", path: "Shared/CPostgres", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]),
        .target(name: "Messages", path: "Shared/Messages", swiftSettings: strict),
        .target(
            name: "AMQP", dependencies: ["CRabbitMQ", .crypto], path: "Shared/AMQP",
            swiftSettings: strict),
        .target(
            name: "Postgres", dependencies: ["CPostgres"], path: "Shared/Postgres",
            swiftSettings: strict),
        .target(name: "Disclosure", path: "Shared/Disclosure", swiftSettings: strict),
        .target(
            name: "ServiceKit",
            dependencies: [
                "AMQP", "Postgres", "Messages", .log, .metrics, .crypto, .configuration, .lifecycle,
                .signals, .hummingbird, .argumentParser,
            ],
            path: "Shared/ServiceKit", swiftSettings: testable),
        .target(
            name: "CommandLineKit",
            dependencies: ["ServiceKit", "AMQP", "Postgres", "Messages", .argumentParser],
            path: "Shared/CommandLineKit", swiftSettings: testable),
        .target(
            name: "People", dependencies: ["ServiceKit", "Messages", "Postgres"],
            path: "Shared/People", swiftSettings: testable),
        service("Registry", [.crypto]),
        service("Funding", ["People", "CommandLineKit", .argumentParser]),
        service("Events", ["People"]),
        service(
            "Reporting",
            ["Disclosure", "CommandLineKit", .hummingbird, .mustache, .crypto, .argumentParser]),
        service("Nuanxin", ["AMQP", "CommandLineKit", .crypto, .argumentParser]),
        .executableTarget(
            name: "Scenario",
            dependencies: ["CommandLineKit", "ServiceKit", "Messages", .argumentParser],
            path: "seeds/Scenario", swiftSettings: testable),
        .executableTarget(
            name: "ContractExport",
            dependencies: ["CommandLineKit", "ServiceKit", "Messages", .argumentParser],
            path: "deploy/contract/Exporter", swiftSettings: testable),
        .target(
            name: "Support", dependencies: ["ServiceKit", "AMQP", "Postgres", "Messages"],
            path: "Tests/Support", swiftSettings: strict),
        .target(
            name: "ServiceSupport",
            dependencies: ["Support", "ServiceKit", "Messages", "Postgres"],
            path: "Tests/ServiceSupport",
            swiftSettings: tests + [.unsafeFlags(["-enable-testing"])]),
        .testTarget(
            name: "MessagesTests", dependencies: ["Messages"], path: "Tests/MessagesTests",
            resources: [.copy("Golden")], swiftSettings: tests),
        .testTarget(
            name: "SharedTests",
            dependencies: [
                "Support", "ServiceKit", "AMQP", "Postgres", "Messages", "Disclosure",
            ],
            path: "Tests/SharedTests", swiftSettings: tests),
        serviceTests("Registry", ["Reporting", "Events", "Funding"]),
        serviceTests("Events", ["People"]),
        serviceTests("Funding", ["People", "Reporting", .crypto]),
        serviceTests(
            "Reporting",
            [
                "Registry", "Funding", "Events", "Nuanxin", "Scenario", "CommandLineKit",
                "Disclosure",
            ]),
        serviceTests(
            "Nuanxin",
            ["Scenario", "ContractExport", "CommandLineKit", .crypto, .argumentParser]),
        .testTarget(
            name: "ProjectTests",
            dependencies: [
                "Support", "ServiceSupport", "Registry", "Funding", "Events", "Reporting",
                "Nuanxin", "Scenario", "ContractExport", "ServiceKit", "Postgres", "Messages",
                .argumentParser,
            ],
            path: "Tests/ProjectTests", swiftSettings: tests),
        .testTarget(
            name: "SystemTests",
            dependencies: ["Support", "Nuanxin", "ServiceKit", "AMQP", "Postgres", "Messages"],
            path: "Tests/SystemTests", swiftSettings: tests),
    ]
)

if !isTesting {
    package.targets.removeAll { $0.path?.hasPrefix("Tests/") == true }
    package.products.removeAll { $0.name == "NuanxinTestSupport" }
}
