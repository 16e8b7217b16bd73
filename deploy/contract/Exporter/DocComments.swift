import Foundation

/// The doc comments of types and their fields, read from the sources: the schemas say what the code says, without a
/// second copy.
struct DocComments {
    /// By `Type` or `Type.field`, nested types with the names of those around them.
    private var comments: [String: String] = [:]

    init(sources: URL) throws {
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            read(try String(contentsOf: file, encoding: .utf8))
        }
    }

    init(source: String) { read(source) }

    subscript(type: String, field: String?) -> String? {
        comments[field.map { "\(type).\($0)" } ?? type]
    }

    /// Relies on the format that the linter keeps: a declaration a line, indented by what it stands in.
    private mutating func read(_ source: String) {
        var comment: [Substring] = []
        var types: [(indent: Int, name: String)] = []
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let text = line.drop { $0 == " " }
            let indent = line.count - text.count
            if text.hasPrefix("///") {
                comment.append(text.dropFirst(3).drop { $0 == " " })
                continue
            }
            defer { comment = [] }
            guard !text.isEmpty else { continue }
            while let last = types.last, last.indent >= indent, !text.hasPrefix("}") {
                types.removeLast()
            }
            if let match = text.firstMatch(of: Self.type) {
                types.append((indent, String(match.output.1)))
                if !text.hasPrefix("extension") { note(comment, types.map(\.name)) }
            } else if let match = text.firstMatch(of: Self.field) {
                note(comment, types.map(\.name) + [String(match.output.1)])
            }
        }
    }

    /// The first paragraph: what follows is for those who read the code.
    private mutating func note(_ comment: [Substring], _ path: [String]) {
        let paragraph = comment.prefix { !$0.isEmpty }
        guard !paragraph.isEmpty else { return }
        comments[path.joined(separator: ".")] = paragraph.joined(separator: " ")
    }

    // A regular expression that never changes; `Regex` merely does not say that it may be shared.
    nonisolated(unsafe) private static let type = /^(?:public )?(?:struct|enum|extension) (\w+)/
    nonisolated(unsafe) private static let field = /^public var (\w+):/
}
