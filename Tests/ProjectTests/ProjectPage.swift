import Foundation
import Support

/// A Markdown page of the project.
struct ProjectPage {
    /// From the root of the project.
    let path: String
    let text: String
    /// Names that a link to the page may have behind `#`.
    private(set) var anchors: Set<String> = []
    /// As they are written.
    private(set) var links: [String] = []
    /// Commands that a reader may type: code inside of sentences, and each line of a block for the shell.
    private(set) var commands: [String] = []
    /// Blocks of JSON, and the file that the line before says they are.
    private(set) var documents: [(file: String?, text: String)] = []

    /// Those in directories that git ignores are hidden ones.
    static func all() throws -> [ProjectPage] {
        let files = FileManager.default.enumerator(
            at: Project.root, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
        let paths = (files ?? .init()).compactMap { ($0 as? URL)?.path }
        return try paths.filter { $0.hasSuffix(".md") }.sorted().map {
            try ProjectPage(String($0.dropFirst(Project.root.path.count + 1)))
        }
    }

    init(_ path: String) throws {
        let file = Project.file(path)
        try self.init(path, text: String(contentsOf: file, encoding: .utf8))
    }

    init(_ path: String, text: String) {
        self.path = path
        self.text = text
        var prose = ""
        var block: Substring?
        var file: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let code = line.drop { $0 == " " }
            if code.hasPrefix("```") {
                block = block == nil ? code.dropFirst(3) : nil
                if block == "json" { documents.append((file, "")) }
            } else if let block {
                if block == "sh" { add(shell: String(code)) }
                if block == "json" { documents[documents.count - 1].text += "\(code)\n" }
            } else {
                if !code.isEmpty {
                    file = code.wholeMatch(of: /`([^`]+\.json)`[:：]/).map { String($0.output.1) }
                }
                if line.hasPrefix("#") { add(heading: line.drop { $0 == "#" }) }
                prose += "\(line)\n"
            }
        }
        let span = /`([^`]+)`/
        commands += prose.matches(of: span).map {
            String($0.output.1).replacing("\n", with: " ").replacing("\\|", with: "|")
        }
        links = prose.replacing(span, with: "").matches(of: /\]\(([^)\s]+)\)/).map {
            String($0.output.1)
        }
    }

    /// A line that ends in a backslash goes on in the next.
    private mutating func add(shell line: String) {
        guard let last = commands.last, last.hasSuffix("\\") else { return commands.append(line) }
        commands[commands.count - 1] = String(last.dropLast()) + line
    }

    /// As GitHub names it.
    private mutating func add(heading: Substring) {
        let words = heading.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.output.1 }
            .trimmingCharacters(in: .whitespaces).lowercased()
        let kept = words.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
        let name = kept.replacing(" ", with: "-")
        let copies = (1...).lazy.map { "\(name)-\($0)" }
        anchors.insert(
            anchors.contains(name) ? copies.first { !anchors.contains($0) } ?? name : name)
    }
}
