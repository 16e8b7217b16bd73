// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "first-message",
    dependencies: [.package(name: "nuanxin", path: "../../..")],
    targets: [
        .executableTarget(
            name: "FirstMessage",
            dependencies: [.product(name: "NuanxinShared", package: "nuanxin")])
    ]
)
