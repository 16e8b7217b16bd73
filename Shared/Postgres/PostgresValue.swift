/// A value with a binary form on the wire, big-endian as PostgreSQL's send and receive functions have it.
public protocol PostgresValue: ColumnValue {
    static var postgresType: PostgresType { get }

    /// Appends the value's bytes, without a length.
    func encode(into buffer: inout [UInt8])

    /// Reads the bytes of one value that is not NULL; `bytes` is valid only during the call.
    static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Self
}

extension Bool: PostgresValue {
    @inlinable public static var postgresType: PostgresType { .bool }

    @inlinable
    public func encode(into buffer: inout [UInt8]) { buffer.append(self ? 1 : 0) }

    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        try UInt8(bigEndianBytes: bytes) != 0
    }
}

extension Int16: PostgresValue {
    @inlinable public static var postgresType: PostgresType { .int2 }

    @inlinable
    public func encode(into buffer: inout [UInt8]) { buffer.appendBigEndian(self) }

    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Int16 {
        try Int16(bigEndianBytes: bytes)
    }
}

extension Int32: PostgresValue {
    @inlinable public static var postgresType: PostgresType { .int4 }

    @inlinable
    public func encode(into buffer: inout [UInt8]) { buffer.appendBigEndian(self) }

    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Int32 {
        bytes.count == 2
            ? Int32(try Int16(bigEndianBytes: bytes)) : try Int32(bigEndianBytes: bytes)
    }
}

extension Int64: PostgresValue {
    @inlinable public static var postgresType: PostgresType { .int8 }

    @inlinable
    public func encode(into buffer: inout [UInt8]) { buffer.appendBigEndian(self) }

    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Int64 {
        switch bytes.count {
        case 2: Int64(try Int16(bigEndianBytes: bytes))
        case 4: Int64(try Int32(bigEndianBytes: bytes))
        default: try Int64(bigEndianBytes: bytes)
        }
    }
}

extension Int: PostgresValue {
    @inlinable public static var postgresType: PostgresType { .int8 }

    @inlinable
    public func encode(into buffer: inout [UInt8]) { buffer.appendBigEndian(Int64(self)) }

    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        Int(try Int64.decode(bytes))
    }
}

extension Double: PostgresValue {
    @inlinable public static var postgresType: PostgresType { .float8 }

    @inlinable
    public func encode(into buffer: inout [UInt8]) { buffer.appendBigEndian(bitPattern) }

    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Double {
        Double(bitPattern: try UInt64(bigEndianBytes: bytes))
    }
}
