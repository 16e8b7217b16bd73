public import Foundation

/// Text. The server refuses U+0000 in it (22021, a data fault).
extension String: PostgresValue {
    @inlinable public static var postgresType: PostgresType { .text }

    @inlinable
    public func encode(into buffer: inout [UInt8]) { buffer.append(contentsOf: utf8) }

    /// The connection asks for UTF-8, so there is nothing to repair.
    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}

extension UUID: PostgresValue {
    @inlinable public static var postgresType: PostgresType { .uuid }

    @inlinable
    public func encode(into buffer: inout [UInt8]) {
        withUnsafeBytes(of: uuid) { buffer.append(contentsOf: $0) }
    }

    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> UUID {
        guard bytes.count == 16 else {
            throw PostgresDecodingError(expected: "16 bytes", found: bytes.count)
        }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

/// A byte string (bytea). No other array is a value of one column: those are bound by `Parameter.array`.
extension Array: ColumnValue, PostgresValue where Element == UInt8 {
    @inlinable public static var postgresType: PostgresType { .bytea }

    @inlinable
    public func encode(into buffer: inout [UInt8]) { buffer.append(contentsOf: self) }

    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] { Array(bytes) }
}
