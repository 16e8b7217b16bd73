extension JSONValue {
    /// Characters of a value that is written on one line.
    private static let lineWidth = 100

    /// On one line, without spaces.
    public var compact: String {
        switch self {
        case .null: "null"
        case .flag(let flag): flag ? "true" : "false"
        case .number(let text): text
        case .text(let text): Self.quoted(text)
        case .list(let items): "[" + items.map(\.compact).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.map { Self.quoted($0.name) + ":" + $0.value.compact }
                .joined(separator: ",") + "}"
        }
    }

    /// For people: indented by two spaces, what is short and flat on one line, with a line feed at the end.
    public var pretty: String { pretty(0) + "\n" }

    private func pretty(_ depth: Int) -> String {
        let line = spaced
        if isShallow, line.utf8.count + 2 * depth <= Self.lineWidth { return line }
        let space = String(repeating: "  ", count: depth + 1)
        let end = "\n" + String(repeating: "  ", count: depth)
        switch self {
        case .list(let items):
            let lines = items.map { space + $0.pretty(depth + 1) }
            return "[\n" + lines.joined(separator: ",\n") + end + "]"
        case .object(let members):
            let lines = members.map {
                space + Self.quoted($0.name) + ": " + $0.value.pretty(depth + 1)
            }
            return "{\n" + lines.joined(separator: ",\n") + end + "}"
        case .null, .flag, .number, .text: return line
        }
    }

    private var spaced: String {
        switch self {
        case .list(let items): "[" + items.map(\.spaced).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.map { Self.quoted($0.name) + ": " + $0.value.spaced }
                .joined(separator: ", ") + "}"
        case .null, .flag, .number, .text: compact
        }
    }

    /// Whether nothing in it holds anything itself, one level of lists or objects apart.
    private var isShallow: Bool { nesting <= 2 }

    private var nesting: Int {
        switch self {
        case .list(let items): 1 + (items.map(\.nesting).max() ?? 0)
        case .object(let members): 1 + (members.map(\.value.nesting).max() ?? 0)
        case .null, .flag, .number, .text: 0
        }
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
