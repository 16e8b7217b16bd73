import Foundation
import Support
import Testing

@Suite("Files with secrets")
struct PrivateFileTests {
    /// Runs a function of `deploy/run` in a directory of its own, where others may read new files.
    private func run(_ function: String, _ script: String) throws -> String {
        let text = try String(contentsOf: Project.file("deploy/run"), encoding: .utf8)
        let start = try #require(text.range(of: "\n\(function)() {\n"))
        let end = try #require(text.range(of: "\n}\n", range: start.upperBound..<text.endIndex))
        let definition = text[start.lowerBound..<end.lowerBound] + "\n}"
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c",
            """
            set -eu; umask 022; state=$(mktemp -d)
            \(definition)
            \(script)
            rm -r "$state"
            """,
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func `The file with all passwords is private before anything is in it`() throws {
        let output = try run(
            "write_env",
            """
            environment() { stat -c %a "$state/env.new"; }
            touch "$state/env.new"; chmod 644 "$state/env.new"
            write_env
            cat "$state/env"
            stat -c %a "$state/env"
            """)
        #expect(output == "600\n600\n")
    }
}
