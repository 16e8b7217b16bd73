import CommandLineKit
import Messages
import ServiceKit

/// An answer for people: its values line by line, then each list of objects as a table.
struct AnswerText {
    private var lines: [String] = []
    private var tables: [String] = []
    private let language: ToolLanguage

    /// - Parameter part: the only list that was asked for; nil if all were.
    init(_ answer: JSONValue, part: String? = nil, in language: ToolLanguage = .en) {
        self.language = language
        for (name, value) in Self.flat(answer, "") where value != .null {
            if value == .list([]) {
                guard part == nil || part == name else { continue }
                lines.append(line(name, ToolWords.none[language]))
            } else if Self.isTable(value) {
                tables.append(
                    line(name, "\(value.items.count)") + "\n" + table(value.items))
            } else {
                lines.append(line(name, cell(value, of: name)))
            }
        }
    }

    private func line(_ name: String, _ text: String) -> String {
        let sign = ToolWords("：", ": ")[language]
        return ForeignText.visible(AnswerWords.heading(name, language) + sign + text)
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
    private func table(_ items: [JSONValue]) -> String {
        let rows = items.map {
            Dictionary(Self.flat($0, ""), uniquingKeysWith: { first, _ in first })
        }
        var (names, known): ([String], Set<String>) = ([], [])
        for item in items {
            for (name, _) in Self.flat(item, "") where known.insert(name).inserted {
                names.append(name)
            }
        }
        var table = TextTable(
            names.map { name in
                let areNumbers = rows.allSatisfy { Self.isNumber($0[name] ?? .null) }
                let title = AnswerWords.heading(name, language)
                return (ForeignText.visible(title), areNumbers ? .right : .left)
            })
        for row in rows { table.add(names.map { cell(row[$0] ?? .null, of: $0) }) }
        return table.text
    }

    private static func isNumber(_ value: JSONValue) -> Bool {
        switch value {
        case .number, .null: true
        case .flag, .text, .list, .object: false
        }
    }

    private func cell(_ value: JSONValue, of name: String) -> String {
        switch value {
        case .null: return ""
        case .flag(let flag) where language == .zh: return flag ? "是" : "否"
        case .flag, .number: return value.compact
        case .text(let text): return AnswerWords.value(text, of: name, language)
        case .list(let items):
            return items.map { cell($0, of: name) }
                .joined(separator: ToolWords("、", ", ")[language])
        case .object:
            return Self.flat(value, "").map {
                "\(AnswerWords.heading($0, language)) \(cell($1, of: $0))"
            }.joined(separator: " ")
        }
    }
}
