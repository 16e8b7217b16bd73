import CommandLineKit
import Foundation
import Messages
import ServiceKit

/// The data of a query, as a file and the command line say.
struct QueryData {
    /// Bytes; as the services take.
    private static let limit = DocumentCheck.limit

    private let type: any Query.Type
    private let shape: Shape
    let value: JSONValue

    /// - Parameter settings: each a field's name, `=` and its value, which replaces the file's.
    /// - Throws: `FileProblem`, if a field is none of the query's or its value cannot be read.
    init(of type: any Query.Type, file: String?, settings: [String]) throws {
        self.type = type
        shape = try Shape(of: type)
        var value: JSONValue = try file.map(Self.read) ?? [:]
        for setting in settings {
            guard let sign = setting.firstIndex(of: "=") else {
                throw FileProblem(.writeSetting(setting))
            }
            let path = setting[..<sign].split(separator: ".", omittingEmptySubsequences: false)
            value = try shape.setting(
                path.map(String.init)[...], to: String(setting[sign...].dropFirst()), in: value,
                "--set \(setting[..<sign])")
        }
        let unknown = try UnknownFields.all(in: Array(value.compact.utf8), of: type)
        guard unknown.isEmpty else {
            let place = file ?? "--set"
            let chinese = unknown.map { field in
                "\(place)：\(ToolWords.unknownField(field.pointer, field.known).zh)"
            }
            throw FileProblem(
                ToolWords(
                    chinese.joined(separator: "\n"),
                    unknown.map { "\(place): \($0)" }.joined(separator: "\n")))
        }
        self.value = value
    }

    private static func read(_ path: String) throws -> JSONValue {
        let content = try NamedFile.read(
            path, as: "a file with the data of the query, a JSON object", upTo: limit)
        do throws(Refusal) {
            let value = try JSONValue(content)
            guard case .object = value else {
                throw Refusal(.mistypedField, pointer: "", expected: "an object")
            }
            return value
        } catch {
            let reason = ToolWords.refused(
                error.code, at: error.pointer, expected: error.expected)
            throw FileProblem(ToolWords("\(path)：\(reason.zh)", "\(path): \(error)"))
        }
    }

    // MARK: Pages

    /// The query for the first page, of at most so many rows.
    /// - Throws: why a service would not take the data.
    func first(_ rows: Int) throws(Refusal) -> any Query { try query(limited(value, rows)) }

    /// The query for the page that follows.
    func page(
        after turn: PagedAnswer.Turn, in answer: JSONValue
    ) throws(Refusal) -> any Query {
        var data = value
        data[has("after") ? "after" : "since"] = turn.place
        if let part = turn.part { data["part"] = .text(part) }
        // All pages of a snapshot are of one moment, which the first page says.
        for name in ["epoch", "seq"] where has(name) { data[name] = answer[name] }
        return try query(limited(data, turn.rows))
    }

    /// A page of no more rows than are to be printed, and as long as the query allows.
    private func limited(_ data: JSONValue, _ rows: Int) -> JSONValue {
        guard let largest = field("limit")?.shape.range?.upperBound else { return data }
        var data = data
        switch data["limit"] {
        case nil: data["limit"] = JSONValue(min(rows, largest))
        case .number(let own)? where Int(own).map({ $0 > rows }) ?? false:
            data["limit"] = JSONValue(rows)
        case .some: break
        }
        return data
    }

    private func has(_ name: String) -> Bool { field(name) != nil }

    private func field(_ name: String) -> Shape.Field? {
        guard case .object(_, let fields) = shape.kind else { return nil }
        return fields.first { $0.name == name }
    }

    /// Reads them as a service does. A malformed query would only be refused there.
    private func query(_ data: JSONValue) throws(Refusal) -> any Query {
        let document: JSONValue = [
            "specversion": "1.0", "id": .text(UUID().wireText), "source": "nuanxin/operator",
            "type": .text(type.type), "time": .text(Timestamp.now().description), "data": data,
        ]
        let message = try Catalogue([type]).decode(Array(document.compact.utf8))
        guard let query = message.payload as? any Query else {
            preconditionFailure("the catalogue decodes what it has")
        }
        return query
    }
}

extension Shape {
    /// An object with one field set.
    /// - Parameters:
    ///   - path: names of fields from the outside inward.
    ///   - place: how an error names the field.
    fileprivate func setting(
        _ path: ArraySlice<String>, to text: String, in value: JSONValue, _ place: String
    ) throws -> JSONValue {
        guard let name = path.first else { return try self.value(of: text, place) }
        guard case .object(_, let fields) = kind else {
            throw FileProblem(.nothingInside(place, name))
        }
        guard let field = fields.first(where: { $0.name == name }) else {
            throw FileProblem(.unknownField(place, fields.map(\.name)))
        }
        var object: JSONValue = if case .object = value { value } else { [:] }
        object[name] = try field.shape.setting(
            path.dropFirst(), to: text, in: object[name] ?? [:], place)
        return object
    }

    /// A text as the JSON that the field takes: a territory of digits is no number. The items of a list stand between
    /// commas.
    private func value(of text: String, _ place: String) throws -> JSONValue {
        switch kind {
        case .text: return .text(text)
        case .value(_, let form) where form.kind == .string: return .text(text)
        case .list(let item) where !text.hasPrefix("["):
            return .list(
                try text.split(separator: ",").map { try item.value(of: String($0), place) })
        case .value, .integer, .number, .flag, .list, .map, .object:
            do throws(Refusal) {
                return try JSONValue(Array(text.utf8))
            } catch {
                throw FileProblem(.notJSON(place, text))
            }
        }
    }
}
