import Foundation
import Support
import Testing

extension SystemTests {
    /// The page that newcomers follow.
    @Suite("Publish your first message")
    struct FirstMessageTests {
        private static let page = Project.file("deploy/examples/FIRST-MESSAGE.md")

        /// A block of commands of the page, and what it says they print.
        private struct Step {
            var commands: String
            var output = ""
        }

        private static func steps() throws -> [Step] {
            let lines = try String(contentsOf: page, encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false)
            var steps: [Step] = []
            var language: Substring?
            for line in lines {
                if line.hasPrefix("```") {
                    language = language == nil ? line.dropFirst(3) : nil
                    if language == "sh" { steps.append(Step(commands: "")) }
                } else if language == "sh" {
                    steps[steps.count - 1].commands += line + "\n"
                } else if language == "text" {
                    steps[steps.count - 1].output += line + "\n"
                }
            }
            return steps
        }

        /// Whether a text is what the page shows, where `…` stands for anything.
        private static func matches(_ text: String, _ shown: String) -> Bool {
            // Nobody sees spaces at the end of a line.
            let lines = text.split(separator: "\n").map { line in
                String(line.reversed().drop { $0 == " " }.reversed())
            }
            var rest = lines.joined(separator: "\n")[...]
            let parts = shown.trimmingCharacters(in: .newlines)
                .split(separator: "…", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() where !part.isEmpty {
                guard let range = rest.range(of: part, options: index == 0 ? .anchored : [])
                else { return false }
                rest = rest[range.upperBound...]
            }
            return parts.last?.isEmpty == true || rest.isEmpty
        }

        /// A directory as a newcomer has it: the project, and the addresses that `deploy/run` has written.
        private func project(_ deployment: Deployment) throws -> URL {
            let place = deployment.directory.appending(path: "project")
            let state = place.appending(path: ".nuanxin")
            try FileManager.default.createDirectory(
                at: state, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                at: place.appending(path: "deploy"),
                withDestinationURL: Project.file("deploy"))
            var lines = try deployment.toolEnvironment().map { "export \($0.key)='\($0.value)'" }
            lines.append("export PATH='\(try Deployment.binary("").path)':\"$PATH\"")
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(
                to: state.appending(path: "env"))
            return place
        }

        @Test func `Every command of the page does what the page shows`() throws {
            let deployment = try Deployment(
                "first", services: ["registry", "funding", "reporting"])
            for service in ["registry", "funding", "reporting"] {
                _ = try deployment.start(service)
            }
            let steps = try Self.steps()
            #expect(steps.count >= 7)
            // One shell, as a newcomer has one; a line with a mark ends what each step prints.
            let script = steps.map { "{\n\($0.commands)\n} 2>&1\necho '==='\n" }.joined()
            let finished = try Deployment.run(
                URL(filePath: "/bin/sh"),
                ["-euc", "cd '\(try project(deployment).path)'\n" + script],
                ["PATH": "/usr/bin:/bin", "HOME": deployment.directory.path])
            #expect(finished.status == 0, "\(finished.output) \(finished.error)")
            let printed = finished.output.components(separatedBy: "===\n")
            for (step, text) in zip(steps, printed) {
                let isAsShown = Self.matches(text, step.output)
                #expect(isAsShown, "\(step.commands)printed\n\(text)")
            }
        }
    }
}
