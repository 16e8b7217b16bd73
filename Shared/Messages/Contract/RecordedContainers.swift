/// The members of an object that is recorded.
struct RecordedMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recorder: ShapeRecorder

    var codingPath: [any CodingKey] { [] }

    /// Asked by dictionaries only: one member stands for all.
    var allKeys: [Key] { Key(stringValue: ShapeRecorder.anyName).map { [$0] } ?? [] }

    func contains(_ key: Key) -> Bool { true }

    /// `decodeIfPresent` asks this before it decodes.
    func decodeNil(forKey key: Key) throws -> Bool {
        recorder.mayBeMissing(key.stringValue)
        return recorder.isSparse
    }

    private func member<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value {
        try recorder.member(type, key.stringValue)
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try member(type, key)
    }

    func decode(_ type: String.Type, forKey key: Key) throws -> String { try member(type, key) }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try member(type, key) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try member(type, key) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try member(type, key) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try member(type, key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try member(type, key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try member(type, key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try member(type, key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try member(type, key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try member(type, key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try member(type, key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try member(type, key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try member(type, key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try member(type, key) }

    func nestedContainer<Nested>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw unrecorded }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw unrecorded
    }

    func superDecoder() throws -> any Decoder { throw unrecorded }

    /// For a `Flattened` value: its members are noted as members of this object.
    func superDecoder(forKey key: Key) throws -> any Decoder { recorder }
}

/// The items of a list that is recorded: one stands for all.
struct RecordedItems: UnkeyedDecodingContainer {
    let recorder: ShapeRecorder
    private(set) var currentIndex = 0

    init(recorder: ShapeRecorder) { self.recorder = recorder }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex == 1 }

    mutating func decodeNil() throws -> Bool { false }

    private mutating func item<Value: Decodable>(_ type: Value.Type) throws -> Value {
        currentIndex += 1
        return try recorder.item(type)
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try item(type) }

    mutating func decode(_ type: String.Type) throws -> String { try item(type) }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try item(type) }
    mutating func decode(_ type: Double.Type) throws -> Double { try item(type) }
    mutating func decode(_ type: Float.Type) throws -> Float { try item(type) }
    mutating func decode(_ type: Int.Type) throws -> Int { try item(type) }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try item(type) }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try item(type) }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try item(type) }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try item(type) }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try item(type) }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try item(type) }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try item(type) }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try item(type) }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try item(type) }

    mutating func nestedContainer<Nested>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { throw unrecorded }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw unrecorded
    }

    mutating func superDecoder() throws -> any Decoder { throw unrecorded }
}

/// Types of the contract say their nested values by types of their own, so that each has a name.
private let unrecorded = ShapeRecorder.Failure(
    description: "a nested container has no name: give its content a type")
