// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that building the services never builds benchmarks.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "nuanxin", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        .executableTarget(
            name: "bench",
            dependencies: [
                .product(name: "NuanxinShared", package: "nuanxin"),
                .product(name: "NuanxinTestSupport", package: "nuanxin"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/Bench")
    ]
)
