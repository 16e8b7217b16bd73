import CommandLineKit
import Messages
import ServiceKit

/// An answer for people: its values line by line, then each list of objects as a table.
struct AnswerText {
    private var lines: [String] = []
    private var tables: [String] = []

    /// - Parameter part: the only list that was asked for; nil if all were.
    init(_ answer: JSONValue, part: String? = nil) {
        for (name, value) in Self.flat(answer, "") where value != .null {
            if value == .list([]) {
                guard part == nil || part == name else { continue }
                lines.append(ForeignText.visible("\(name): none"))
            } else if Self.isTable(value) {
                let count = value.items.count
                tables.append(
                    ForeignText.visible("\(name): \(count)") + "\n" + Self.table(value.items))
            } else {
                lines.append(ForeignText.visible("\(name): \(Self.cell(value))"))
            }
        }
    }

    var text: String {
        ((lines.isEmpty ? [] : [lines.joined(separator: "\n")]) + tables)
            .joined(separator: "\n\n")
    }

    private static func isTable(_ value: JSONValue) -> Bool {
        guard case .object? = value.items.first else { return false }
        return true
    }

    /// The values of an object and of the objects in it, which have names such as `session.state`.
    private static func flat(_ value: JSONValue, _ name: String) -> [(String, JSONValue)] {
        guard case .object(let members) = value else { return [(name, value)] }
        return members.flatMap { flat($0.value, name.isEmpty ? $0.name : "\(name).\($0.name)") }
    }

    /// A column for each value that a row has.
    private static func table(_ items: [JSONValue]) -> String {
        let rows = items.map { Dictionary(flat($0, ""), uniquingKeysWith: { first, _ in first }) }
        var (names, known): ([String], Set<String>) = ([], [])
        for item in items {
            for (name, _) in flat(item, "") where known.insert(name).inserted {
                names.append(name)
            }
        }
        var table = TextTable(
            names.map { name in
                let areNumbers = rows.allSatisfy { isNumber($0[name] ?? .null) }
                return (ForeignText.visible(name), areNumbers ? .right : .left)
            })
        for row in rows { table.add(names.map { cell(row[$0] ?? .null) }) }
        return table.text
    }

    private static func isNumber(_ value: JSONValue) -> Bool {
        switch value {
        case .number, .null: true
        case .flag, .text, .list, .object: false
        }
    }

    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .flag, .number: value.compact
        case .text(let text): text
        case .list(let items): items.map(cell).joined(separator: ", ")
        case .object:
            flat(value, "").map { "\($0) \(cell($1))" }.joined(separator: " ")
        }
    }
}
