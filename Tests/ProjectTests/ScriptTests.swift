import Foundation
import Support
import Testing

/// Functions of the scripts in deploy, run by bash.
@Suite("The scripts in deploy")
struct ScriptTests {
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "scripts-\(UUID().uuidString)")

    /// Runs bash in the directory.
    private func bash(_ text: String) throws -> Deployment.Finished {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try Deployment.run(
            URL(filePath: "/bin/bash"),
            ["-euc", "cd '\(directory.path)'; " + text], ["PATH": "/usr/bin:/bin"])
    }

    @Test(arguments: [
        (["build": "1 hour ago", "build-run": "now"], "build-run"),
        (["build": "now", "build-run": "1 hour ago"], "build"),
        (["build": "now"], "build"), (["build-run": "now"], "build-run"), ([:], nil),
    ])
    func `servers are told by the tool that was built last`(
        builds: [String: String], expected: String?
    ) throws {
        let make = builds.map { name, time in
            """
            mkdir -p .\(name)/release; touch -d '\(time)' .\(name)/release/nuanxin
            chmod +x .\(name)/release/nuanxin

            """
        }.joined()
        let finished = try bash(
            """
            root=$PWD; . '\(Project.file("deploy/rabbitmq/node.sh").path)'
            \(make)built_tool || echo none
            """)
        let tool = expected.map { "\(directory.path)/.\($0)/release" } ?? "none"
        #expect(
            finished.output.trimmingCharacters(in: .whitespacesAndNewlines) == tool,
            "\(finished.error)")
    }
}
