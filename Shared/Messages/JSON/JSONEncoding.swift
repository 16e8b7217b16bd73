import FoundationEssentials

/// The encoder that `Encodable` types write to.
///
/// Values are written as they come, so an object is open until the `encode(to:)` that opened it
/// returns. Containers nested by hand would have to stay open side by side; no message does that,
/// and it traps.
struct JSONTarget: Encoder {
    /// Belongs to the `MessageEncoder` whose call this lives in. A pointer and not a class: the
    /// run-time checks of exclusive access to a class were half of the time of an encoding.
    let writer: UnsafeMutablePointer<JSONWriter>
    /// Whether the members go to the object that is open already, as those of a `Flattened` value do.
    var isInsideObject = false

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if !isInsideObject { writer.pointee.openObject() }
        return KeyedEncodingContainer(JSONMembersTarget<Key>(writer: writer))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        writer.pointee.openArray()
        return JSONElementsTarget(writer: writer)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func write<Value: Encodable>(_ value: Value) throws {
        if Value.self == UUID.self {
            withUnsafeBytes(of: value) { writer.pointee.uuid($0) }
            return
        }
        let depth = writer.pointee.depth
        try value.encode(to: self)
        writer.pointee.close(to: depth)
    }

    func number(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: [], debugDescription: "JSON has no such number"))
        }
        writer.pointee.number(value)
    }

    static func refuseNesting() -> Never {
        preconditionFailure("a message may not nest containers by hand")
    }
}

extension JSONTarget: SingleValueEncodingContainer {
    func encodeNil() { writer.pointee.null() }
    func encode(_ value: Bool) { writer.pointee.bool(value) }
    func encode(_ value: String) { writer.pointee.string(value) }
    func encode(_ value: Double) throws { try number(value) }
    func encode(_ value: Float) throws { try number(Double(value)) }
    func encode(_ value: Int) { writer.pointee.integer(value) }
    func encode(_ value: Int8) { writer.pointee.integer(value) }
    func encode(_ value: Int16) { writer.pointee.integer(value) }
    func encode(_ value: Int32) { writer.pointee.integer(value) }
    func encode(_ value: Int64) { writer.pointee.integer(value) }
    func encode(_ value: UInt) { writer.pointee.integer(value) }
    func encode(_ value: UInt8) { writer.pointee.integer(value) }
    func encode(_ value: UInt16) { writer.pointee.integer(value) }
    func encode(_ value: UInt32) { writer.pointee.integer(value) }
    func encode(_ value: UInt64) { writer.pointee.integer(value) }
    func encode<Value: Encodable>(_ value: Value) throws { try write(value) }
}

private struct JSONMembersTarget<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: UnsafeMutablePointer<JSONWriter>

    var codingPath: [any CodingKey] { [] }

    private func target(_ key: Key) -> JSONTarget {
        writer.pointee.name(key.stringValue)
        return JSONTarget(writer: writer)
    }

    func encodeNil(forKey key: Key) { target(key).encodeNil() }
    func encode(_ value: Bool, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: String, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: Double, forKey key: Key) throws { try target(key).number(value) }
    func encode(_ value: Float, forKey key: Key) throws { try target(key).number(Double(value)) }
    func encode(_ value: Int, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: Int8, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: Int16, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: Int32, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: Int64, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: UInt, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: UInt8, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: UInt16, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: UInt32, forKey key: Key) { target(key).encode(value) }
    func encode(_ value: UInt64, forKey key: Key) { target(key).encode(value) }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try target(key).write(value)
    }

    func nestedContainer<Nested>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { JSONTarget.refuseNesting() }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        JSONTarget.refuseNesting()
    }

    func superEncoder() -> any Encoder { JSONTarget.refuseNesting() }

    /// For a `Flattened` value: its members stand in this object, and the key nowhere.
    func superEncoder(forKey key: Key) -> any Encoder {
        JSONTarget(writer: writer, isInsideObject: true)
    }
}

private struct JSONElementsTarget: UnkeyedEncodingContainer {
    let writer: UnsafeMutablePointer<JSONWriter>
    private(set) var count = 0

    init(writer: UnsafeMutablePointer<JSONWriter>) { self.writer = writer }

    var codingPath: [any CodingKey] { [] }

    private mutating func target() -> JSONTarget {
        writer.pointee.element()
        count += 1
        return JSONTarget(writer: writer)
    }

    mutating func encodeNil() { target().encodeNil() }
    mutating func encode(_ value: Bool) { target().encode(value) }
    mutating func encode(_ value: String) { target().encode(value) }
    mutating func encode(_ value: Double) throws { try target().number(value) }
    mutating func encode(_ value: Float) throws { try target().number(Double(value)) }
    mutating func encode(_ value: Int) { target().encode(value) }
    mutating func encode(_ value: Int8) { target().encode(value) }
    mutating func encode(_ value: Int16) { target().encode(value) }
    mutating func encode(_ value: Int32) { target().encode(value) }
    mutating func encode(_ value: Int64) { target().encode(value) }
    mutating func encode(_ value: UInt) { target().encode(value) }
    mutating func encode(_ value: UInt8) { target().encode(value) }
    mutating func encode(_ value: UInt16) { target().encode(value) }
    mutating func encode(_ value: UInt32) { target().encode(value) }
    mutating func encode(_ value: UInt64) { target().encode(value) }
    mutating func encode<Value: Encodable>(_ value: Value) throws { try target().write(value) }

    mutating func nestedContainer<Nested>(
        keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> { JSONTarget.refuseNesting() }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONTarget.refuseNesting()
    }

    mutating func superEncoder() -> any Encoder { JSONTarget.refuseNesting() }
}
