/// The members of an object, as `Decodable` types read them.
struct JSONMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let document: UnsafePointer<JSONDocument>
    let index: Int

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { document.pointee.names(index).compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { document.pointee.member(key.stringValue, of: index) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try value(key).decodeNil() }

    private func value(_ key: Key) throws -> JSONReader {
        try value(key, expected: "a value")
    }

    /// A member that must be there.
    private func value(
        _ key: Key, expected: @autoclosure () -> String
    ) throws -> JSONReader {
        guard let member = document.pointee.member(key.stringValue, of: index) else {
            throw JSONFault(
                code: .missingField, index: index, missing: key.stringValue, found: "nothing",
                expected: expected())
        }
        return JSONReader(document: document, index: member)
    }

    /// A member that may be missing or null.
    private func optional(_ key: Key) -> JSONReader? {
        guard let member = document.pointee.member(key.stringValue, of: index),
            document.pointee.kind(member) != .null
        else { return nil }
        return JSONReader(document: document, index: member)
    }

    private static func describe(_ type: any Decodable.Type) -> String {
        (type as? any Described.Type)?.expected ?? "a value"
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try value(key, expected: Self.describe(type)).read(type)
    }

    func decodeIfPresent<Value: Decodable>(
        _ type: Value.Type, forKey key: Key
    ) throws -> Value? {
        try optional(key)?.read(type)
    }

    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try value(key, expected: "a string").text()
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try optional(key)?.text()
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try value(key, expected: "true or false").decode(type)
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try optional(key)?.decode(type)
    }

    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        try value(key, expected: "an integer").integer(type)
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try optional(key)?.integer(type)
    }

    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
        try value(key, expected: "an integer").integer(type)
    }

    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        try value(key, expected: "a number").number()
    }

    func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
        Float(try value(key, expected: "a number").number())
    }

    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try value(key).integer(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 {
        try value(key).integer(type)
    }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 {
        try value(key).integer(type)
    }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try value(key).integer(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 {
        try value(key).integer(type)
    }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 {
        try value(key).integer(type)
    }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 {
        try value(key).integer(type)
    }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 {
        try value(key).integer(type)
    }

    func nestedContainer<Nested>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try value(key, expected: "an object").container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try value(key, expected: "an array").unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        JSONReader(document: document, index: index)
    }

    /// For a `Flattened` value: its members stand in this object, and the key nowhere.
    func superDecoder(forKey key: Key) throws -> any Decoder {
        JSONReader(document: document, index: index)
    }
}

/// The elements of an array, as `Decodable` types read them.
struct JSONElements: UnkeyedDecodingContainer {
    private let document: UnsafePointer<JSONDocument>
    private let array: Int
    private var next: Int
    private(set) var currentIndex = 0
    let count: Int?

    init(document: UnsafePointer<JSONDocument>, array: Int) {
        self.document = document
        self.array = array
        next = array + 1
        count = document.pointee.count(array)
    }

    var codingPath: [any CodingKey] { [] }
    var isAtEnd: Bool { next == document.pointee.end(array) }

    private mutating func take() throws -> JSONReader {
        guard !isAtEnd else {
            throw JSONFault(
                code: .missingField, index: array, missing: String(currentIndex),
                found: "nothing", expected: "one more element")
        }
        defer {
            next = document.pointee.end(next)
            currentIndex += 1
        }
        return JSONReader(document: document, index: next)
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, document.pointee.kind(next) == .null else { return false }
        _ = try take()
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try take().read(type)
    }

    mutating func decode(_ type: String.Type) throws -> String { try take().text() }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try take().decode(type) }
    mutating func decode(_ type: Double.Type) throws -> Double { try take().number() }
    mutating func decode(_ type: Float.Type) throws -> Float { Float(try take().number()) }
    mutating func decode(_ type: Int.Type) throws -> Int { try take().integer(type) }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try take().integer(type) }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try take().integer(type) }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try take().integer(type) }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try take().integer(type) }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try take().integer(type) }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try take().integer(type) }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try take().integer(type) }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try take().integer(type) }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try take().integer(type) }

    mutating func nestedContainer<Nested>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try take().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try take().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder { try take() }
}
