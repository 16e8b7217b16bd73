import Foundation
import ServiceKit
import Support

/// A directory in which commands of runbooks and of `nuanxin doctor` can be followed word by word: what stands for
/// docker-compose there does to a test's processes and servers what compose does to containers.
struct StandIn {
    /// The directory of a deployment's compose.yml, as it were.
    let place: URL
    private let deployment: Deployment

    static let compose = Project.file("Tests/Runbooks/docker-compose")

    init(_ deployment: Deployment) throws {
        self.deployment = deployment
        place = deployment.directory.appending(path: "place")
        let secrets = place.appending(path: "secrets")
        try FileManager.default.createDirectory(at: secrets, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: deployment.directory.appending(path: "definitions.json"),
            to: secrets.appending(path: "definitions.json"))
        let settings = [
            "root": Project.root.path, "bin": try Deployment.binary("").path,
            "servers": deployment.servers.directory, "virtual_host": deployment.virtualHost,
        ]
        try write(settings.map { "\($0.key)='\($0.value)'" }, to: "settings")
    }

    func write(_ lines: [String], to name: String) throws {
        try (lines.joined(separator: "\n") + "\n").write(
            to: place.appending(path: name), atomically: true, encoding: .utf8)
    }

    /// The environment of a shell after `. .nuanxin/env`, with the stand-in in its path.
    func environment() throws -> [String: String] {
        var environment = try deployment.toolEnvironment()
        environment["NUANXIN_MANAGEMENT_URL"] = deployment.management
        let bin = try Deployment.binary("").path
        let standIn = Self.compose.deletingLastPathComponent().path
        environment["PATH"] = "\(standIn):\(bin):/usr/bin:/bin"
        environment["HOME"] = place.path
        environment["STAND_IN"] = place.path
        return environment
    }

    /// Does what docker-compose would.
    func compose(_ arguments: [String], _ environment: [String: String]) throws {
        let finished = try Deployment.run(Self.compose, arguments, environment)
        guard finished.status == 0 else {
            throw Deployment.Failure(
                description: "docker-compose \(arguments): \(finished.output) \(finished.error)")
        }
    }

    /// Does what a line says, as a shell in that place.
    func follow(_ line: String) throws -> Deployment.Finished {
        try Deployment.run(
            URL(filePath: "/bin/bash"), ["-euc", "cd '\(place.path)'\n\(line)"], environment())
    }
}
