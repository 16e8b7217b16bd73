internal import Foundation
public import Messages
public import Postgres

// How the value types of the contract are kept in PostgreSQL.

extension BusinessDate: PostgresValue {
    public static var postgresType: PostgresType { .date }
    public func encode(into buffer: inout [UInt8]) { PostgresDate(day: day).encode(into: &buffer) }
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> BusinessDate {
        BusinessDate(day: try PostgresDate.decode(bytes).day)
    }
}

extension Fen: PostgresValue {
    public static var postgresType: PostgresType { .int8 }
    public func encode(into buffer: inout [UInt8]) { rawValue.encode(into: &buffer) }
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Fen {
        Fen(rawValue: try Int64.decode(bytes))
    }
}

extension Timestamp: PostgresValue {
    public static var postgresType: PostgresType { .timestamptz }
    public func encode(into buffer: inout [UInt8]) {
        PostgresTimestamp(microseconds: microseconds).encode(into: &buffer)
    }
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Timestamp {
        Timestamp(microseconds: try PostgresTimestamp.decode(bytes).microseconds)
    }
}

extension ID: PostgresValue {
    public static var postgresType: PostgresType { .uuid }
    public func encode(into buffer: inout [UInt8]) { uuid.encode(into: &buffer) }
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> ID {
        ID(try UUID.decode(bytes))
    }
}

extension TerritoryCode: PostgresValue {
    public static var postgresType: PostgresType { .text }
    public func encode(into buffer: inout [UInt8]) { rawValue.encode(into: &buffer) }
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> TerritoryCode {
        guard let code = TerritoryCode(try String.decode(bytes)) else {
            throw StoredValueError(type: "territory code")
        }
        return code
    }
}

extension Programme: PostgresValue {
    public static var postgresType: PostgresType { .text }
    public func encode(into buffer: inout [UInt8]) { rawValue.encode(into: &buffer) }
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Programme {
        guard let programme = Programme(try String.decode(bytes)) else {
            throw StoredValueError(type: "programme")
        }
        return programme
    }
}

/// The database holds what no version of ours wrote.
public struct StoredValueError: Error, CustomStringConvertible {
    public let type: String
    public init(type: String) { self.type = type }
    public var description: String { "a stored value is no \(type)" }
}

/// An enum kept by its raw text: `enum LoanState: String, PostgresValue`.
extension PostgresValue where Self: RawRepresentable<String> {
    @inlinable public static var postgresType: PostgresType { .text }

    @inlinable
    public func encode(into buffer: inout [UInt8]) { rawValue.encode(into: &buffer) }

    @inlinable
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> Self {
        guard let value = Self(rawValue: try String.decode(bytes)) else {
            throw StoredValueError(type: "\(Self.self)")
        }
        return value
    }
}
