import Foundation
import Support

/// A page of `deploy/runbooks`: commands in blocks, under the heading that says what they are for.
struct Runbook {
    struct Block {
        let heading: String
        var commands = ""
        /// Under this heading commands put something right, and each must succeed. Those that look at what is wrong may
        /// say so by status 1.
        var mustSucceed: Bool { heading == "What to do" }
    }

    static let directory = Project.file("deploy/runbooks")
    /// Every page has these, in this order.
    static let headings = [
        "What it means", "How to see it", "What to do", "When to call for help",
    ]
    /// Seconds for all commands of a page.
    private static let patience = 60

    let name: String
    private(set) var headings: [String] = []
    private(set) var blocks: [Block] = []

    init(_ name: String) throws {
        self.name = name
        let file = Self.directory.appending(path: "\(name).md")
        var isInside = false
        for line in try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.hasPrefix("## ") {
                headings.append(String(line.dropFirst(3)))
            } else if line == "```sh" {
                blocks.append(Block(heading: headings.last ?? ""))
                isInside = true
            } else if line == "```" {
                isInside = false
            } else if isInside {
                blocks[blocks.count - 1].commands += line + "\n"
            }
        }
    }

    /// All pages but the index.
    static func names() throws -> Set<String> {
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        return Set(
            files.filter { $0.hasSuffix(".md") && $0 != "README.md" }.map { String($0.dropLast(3)) }
        )
    }

    /// One shell for the whole page, as whoever follows it has one. A command that fails ends it.
    func follow(in place: URL, _ environment: [String: String]) throws -> Deployment.Finished {
        let script = blocks.map { block in
            """
            trap 'status=$?; [ $status -eq \(block.mustSucceed ? 0 : 1) ] || exit $status' ERR
            \(block.commands)
            """
        }.joined(separator: "\n")
        return try Deployment.run(
            URL(filePath: "/usr/bin/timeout"),
            [
                "\(Self.patience)", "bash", "-uo", "pipefail", "-c",
                "cd '\(place.path)'\n{\n\(script)\n} 2>&1",
            ], environment)
    }
}
