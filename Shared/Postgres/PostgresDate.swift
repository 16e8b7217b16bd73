/// A date, as days since 1970-01-01. The server refuses dates outside 4714 BC to AD 5874897 (22008).
public struct PostgresDate: PostgresValue, Hashable {
    public var day: Int32

    @inlinable
    public init(day: Int32) { self.day = day }

    @inlinable public static var postgresType: PostgresType { .date }

    /// Days from 1970-01-01 to the server's first day, 2000-01-01.
    @usableFromInline static let serverEpoch: Int32 = 10_957

    @inlinable
    public func encode(into buffer: inout [UInt8]) {
        buffer.appendBigEndian(day - Self.serverEpoch)
    }

    /// `infinity` and `-infinity` are refused: they are no day.
    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> PostgresDate {
        let wire = try Int32(bigEndianBytes: bytes)
        let (day, overflow) = wire.addingReportingOverflow(Self.serverEpoch)
        guard !overflow, wire != .min else {
            throw PostgresDecodingError(expected: "a finite date", found: bytes.count)
        }
        return PostgresDate(day: day)
    }
}
