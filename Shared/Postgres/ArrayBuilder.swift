/// Writes the column of a batch straight into the binary form of an array parameter, one buffer for all.
///
/// The form is: dimensions, flags, element type, element count, lower bound, then each element behind its
/// length, −1 for NULL; an empty array has no dimension.
public struct ArrayBuilder: Sendable {
    public let type: PostgresType
    @usableFromInline var bytes: [UInt8]
    @usableFromInline var count: Int32 = 0
    @usableFromInline var hasNull = false

    @usableFromInline static let flagsOffset = 4
    @usableFromInline static let countOffset = 12
    /// The bytes of an empty array: dimensions, flags and element type.
    @usableFromInline static let emptySize = 12

    /// - Parameter elements: an expected count; room is made for 16 bytes each.
    @inlinable
    public init(_ type: PostgresType, reserving elements: Int = 0) {
        self.type = type
        bytes = []
        bytes.reserveCapacity(20 + elements * 20)
        bytes.appendBigEndian(1 as Int32)
        bytes.appendBigEndian(0 as Int32)
        bytes.appendBigEndian(type.oid)
        bytes.appendBigEndian(0 as Int32)
        bytes.appendBigEndian(1 as Int32)
    }

    @inlinable
    public mutating func append<V: PostgresValue>(_ value: V) {
        precondition(V.postgresType.oid == type.oid, "an array has elements of one type")
        let start = bytes.count
        bytes.appendBigEndian(0 as Int32)
        value.encode(into: &bytes)
        bytes.overwrite(Int32(bytes.count - start - 4), at: start)
        count += 1
    }

    @inlinable
    public mutating func append<V: PostgresValue>(_ value: V?) {
        if let value { append(value) } else { appendNull() }
    }

    @inlinable
    public mutating func appendNull() {
        bytes.appendBigEndian(-1 as Int32)
        hasNull = true
        count += 1
    }

    @inlinable
    public consuming func finish() -> Parameter {
        if count == 0 {
            bytes.overwrite(0, at: 0)
            bytes.removeLast(bytes.count - Self.emptySize)
        } else {
            bytes.overwrite(hasNull ? 1 : 0, at: Self.flagsOffset)
            bytes.overwrite(count, at: Self.countOffset)
        }
        return Parameter(oid: type.arrayOID, bytes: bytes)
    }
}
