/// A bound value of a statement, in binary form; `bytes` is nil for NULL.
public struct Parameter: Sendable {
    @usableFromInline let oid: UInt32
    @usableFromInline let bytes: [UInt8]?

    @inlinable
    init(oid: UInt32, bytes: [UInt8]?) {
        self.oid = oid
        self.bytes = bytes
    }

    @inlinable
    public init<V: PostgresValue>(_ value: V?) {
        guard let value else {
            self.init(oid: V.postgresType.oid, bytes: nil)
            return
        }
        var bytes: [UInt8] = []
        value.encode(into: &bytes)
        self.init(oid: V.postgresType.oid, bytes: bytes)
    }

    /// An array of one dimension without NULLs.
    @inlinable
    public static func array<V: PostgresValue>(_ values: [V]) -> Parameter {
        var builder = ArrayBuilder(V.postgresType, reserving: values.count)
        for value in values { builder.append(value) }
        return builder.finish()
    }

    /// An array of one dimension; nil elements are NULL.
    @inlinable
    public static func array<V: PostgresValue>(_ values: [V?]) -> Parameter {
        var builder = ArrayBuilder(V.postgresType, reserving: values.count)
        for value in values { builder.append(value) }
        return builder.finish()
    }
}
