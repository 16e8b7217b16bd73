/// An instant (timestamptz), as microseconds since 1970-01-01 00:00 UTC.
public struct PostgresTimestamp: PostgresValue, Hashable {
    public var microseconds: Int64

    @inlinable
    public init(microseconds: Int64) { self.microseconds = microseconds }

    @inlinable public static var postgresType: PostgresType { .timestamptz }

    /// Microseconds from 1970-01-01 to the server's zero, 2000-01-01 00:00 UTC.
    @usableFromInline static let serverEpoch: Int64 = 946_684_800_000_000

    @inlinable
    public func encode(into buffer: inout [UInt8]) {
        buffer.appendBigEndian(microseconds - Self.serverEpoch)
    }

    /// `infinity` and `-infinity` are refused: they are no instant.
    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> PostgresTimestamp {
        let wire = try Int64(bigEndianBytes: bytes)
        let (microseconds, overflow) = wire.addingReportingOverflow(Self.serverEpoch)
        guard !overflow, wire != .min else {
            throw PostgresDecodingError(expected: "a finite timestamp", found: bytes.count)
        }
        return PostgresTimestamp(microseconds: microseconds)
    }
}
