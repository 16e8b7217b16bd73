/// Any JSON value, its members in the order in which they stand: for documents that are written for people to read
/// and compare. Messages do not go through it.
public indirect enum JSONValue: Hashable, Sendable {
    case null
    case flag(Bool)
    /// As it is written, so that no digit is lost.
    case number(String)
    case text(String)
    case list([JSONValue])
    case object([Member])

    public struct Member: Hashable, Sendable {
        public let name: String
        public var value: JSONValue

        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// - Throws: `not_json`.
    public init(_ body: [UInt8]) throws(Refusal) {
        do {
            self = try JSONDocument.read(body) { JSONValue($0.pointee, 0) }
        } catch let fault as JSONSyntaxFault {
            throw Refusal(fault)
        } catch {
            throw Refusal(.notJSON, pointer: "")
        }
    }

    private init(_ document: JSONDocument, _ index: Int) {
        switch document.kind(index) {
        case .null: self = .null
        case .yes: self = .flag(true)
        case .no: self = .flag(false)
        case .integer, .fraction:
            self = .number(document.withBytes(index) { String(decoding: $0, as: UTF8.self) })
        case .string, .escapedString: self = .text(document.string(index))
        case .array:
            var (items, child) = ([JSONValue](), index + 1)
            while child < document.end(index) {
                items.append(JSONValue(document, child))
                child = document.end(child)
            }
            self = .list(items)
        case .object:
            var (members, child) = ([Member](), index + 1)
            while child < document.end(index) {
                members.append(
                    Member(document.string(child), JSONValue(document, child + 1)))
                child = document.end(child + 1)
            }
            self = .object(members)
        }
    }
}

extension JSONValue {
    public var string: String? { if case .text(let text) = self { text } else { nil } }
    public var items: [JSONValue] { if case .list(let items) = self { items } else { [] } }
    public var members: [Member] { if case .object(let members) = self { members } else { [] } }

    /// A member of an object; setting nil removes it, setting a new one appends it.
    public subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            guard case .object(var members) = self else { return }
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name, value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }

    /// This document with the value at a place put in, or taken out if it is nil.
    /// - Parameter path: names of members, and positions in lists.
    public func replacing(_ path: ArraySlice<String>, with value: JSONValue?) -> JSONValue {
        guard let step = path.first else { return value ?? .null }
        let rest = path.dropFirst()
        switch self {
        case .object:
            var copy = self
            copy[step] = rest.isEmpty ? value : (copy[step] ?? .null).replacing(rest, with: value)
            return copy
        case .list(var items):
            guard let index = Int(step), items.indices.contains(index) else { return self }
            items[index] = items[index].replacing(rest, with: value)
            return .list(items)
        case .null, .flag, .number, .text: return self
        }
    }

    /// JSON Pointer (RFC 6901) of a path.
    public static func pointer(_ path: [String]) -> String {
        path.reduce(into: "") { $0 += "/" + JSONDocument.escape($1) }
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { Member($0, $1) })
    }

    public init(arrayLiteral items: JSONValue...) { self = .list(items) }
    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral number: Int64) { self = .number(String(number)) }
    public init(booleanLiteral flag: Bool) { self = .flag(flag) }

    public init(_ number: some BinaryInteger) { self = .number(String(number)) }
}
