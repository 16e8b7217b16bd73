import FoundationEssentials

/// A value is not what a field takes. Where it stands is an index into the document's tokens.
struct JSONFault: Error {
    var code: RefusalCode
    /// The value, or the object that lacks a member.
    var index: Int
    /// The name of the missing member.
    var missing: String?
    var found: String
    var expected: String
}

/// One value of a document, as `Decodable` types read it.
///
/// Strict: nothing is converted, and a number with a fraction or an exponent is no integer. Two
/// words wide, so that passing it as `any Decoder` allocates nothing.
struct JSONReader: Decoder {
    let document: UnsafePointer<JSONDocument>
    let index: Int

    /// Faults carry an index instead, from which a pointer is made when it is needed.
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard document.pointee.kind(index) == .object else { throw mistyped("an object") }
        return KeyedDecodingContainer(JSONMembers<Key>(document: document, index: index))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard document.pointee.kind(index) == .array else { throw mistyped("an array") }
        return JSONElements(document: document, array: index)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }
}

extension JSONReader {
    /// Any type: its own `init(from:)`, with the errors it throws put where its value stands.
    func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type == UUID.self, let value = try uuid() as? Value { return value }
        do {
            return try Value(from: self)
        } catch DecodingError.dataCorrupted(let context) {
            throw JSONFault(
                code: .invalidValue, index: index, found: document.pointee.found(index),
                expected: context.debugDescription)
        } catch var fault as JSONFault {
            if fault.index == index, fault.code == .mistypedField,
                let described = Value.self as? any Described.Type
            {
                fault.expected = described.expected
            }
            throw fault
        }
    }

    func uuid() throws -> UUID {
        guard document.pointee.kind(index) == .string else {
            // Only a UUID written without need of escapes is one.
            throw document.pointee.kind(index) == .escapedString
                ? invalid(ID<Never>.expected) : mistyped(ID<Never>.expected)
        }
        guard let uuid = document.pointee.withBytes(index, { UUIDText.read($0) }) else {
            throw invalid(ID<Never>.expected)
        }
        return uuid
    }

    func text() throws -> String {
        switch document.pointee.kind(index) {
        case .string:
            return document.pointee.string(index)
        case .escapedString:
            let text = document.pointee.string(index)
            // PostgreSQL's text holds every character but this one.
            guard !text.utf8.contains(0) else { throw invalid("a text without U+0000") }
            return text
        case .integer, .fraction:
            // Not its value: it may be a telephone number that lost its quotes.
            throw JSONFault(
                code: .mistypedField, index: index, found: "a number", expected: "a string")
        case .null, .yes, .no, .array, .object:
            throw mistyped("a string")
        }
    }

    func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        guard document.pointee.kind(index) == .integer else { throw mistyped("an integer") }
        guard let integer = document.pointee.integer(index), let value = Value(exactly: integer)
        else {
            throw invalid("an integer from \(Value.min) to \(Value.max)")
        }
        return value
    }

    func number() throws -> Double {
        switch document.pointee.kind(index) {
        case .integer, .fraction: break
        default: throw mistyped("a number")
        }
        let text = document.pointee.withBytes(index) { String(decoding: $0, as: UTF8.self) }
        guard let value = Double(text), value.isFinite else {
            throw invalid("a number within the range of 64 bits")
        }
        return value
    }

    private func mistyped(_ expected: String) -> JSONFault {
        JSONFault(
            code: .mistypedField, index: index, found: document.pointee.found(index),
            expected: expected)
    }

    private func invalid(_ expected: String) -> JSONFault {
        JSONFault(
            code: .invalidValue, index: index, found: document.pointee.found(index),
            expected: expected)
    }
}

extension JSONReader: SingleValueDecodingContainer {
    func decodeNil() -> Bool { document.pointee.kind(index) == .null }

    func decode(_ type: Bool.Type) throws -> Bool {
        switch document.pointee.kind(index) {
        case .yes: return true
        case .no: return false
        default: throw mistyped("true or false")
        }
    }

    func decode(_ type: String.Type) throws -> String { try text() }
    func decode(_ type: Double.Type) throws -> Double { try number() }
    func decode(_ type: Float.Type) throws -> Float { Float(try number()) }
    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try read(type) }
}
