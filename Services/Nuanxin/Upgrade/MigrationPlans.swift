import CommandLineKit
import Foundation
import ServiceKit

/// Asks the executables of the services to compare themselves with their databases. Only they know their migrations. Those
/// of another version answer in the same way.
struct MigrationPlans {
    /// Where the executables are.
    let binaries: URL
    let databases: ServiceDatabases

    /// Uses the executables beside this tool unless a directory is given.
    init(_ directory: String?) throws {
        binaries =
            directory.map { URL(filePath: $0) }
            ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        databases = try ServiceDatabases()
    }

    func read() throws -> [MigrationPlan] { try Topology.services.map(read) }

    private func read(_ service: String) throws -> MigrationPlan {
        let program = binaries.appending(path: service)
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw Settings.Problem("there is no executable \(program.path)")
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = program
        process.arguments = ["migrate", "--check", "--json"]
        // The runtime role is enough for reading.
        process.environment = [
            Settings.Key.migratorDatabase.rawValue: try databases.url(service),
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
        ]
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard let plan = try? JSONDecoder().decode(MigrationPlan.self, from: data) else {
            throw Settings.Problem(
                "\(program.path) could not say whether it fits its database. Its message stands above."
            )
        }
        return plan
    }
}
