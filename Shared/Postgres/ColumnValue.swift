/// A value of one column: a `PostgresValue`, or an optional one, which is NULL when it is nil.
public protocol ColumnValue: Sendable {
    static var columnType: PostgresType { get }

    func append(to array: inout ArrayBuilder)

    static func next(in row: inout RowCursor) throws -> Self
}

extension PostgresValue {
    @inlinable public static var columnType: PostgresType { postgresType }

    @inlinable
    public func append(to array: inout ArrayBuilder) { array.append(self) }

    @inlinable
    public static func next(in row: inout RowCursor) throws -> Self { try row.next() }
}

extension Optional: ColumnValue where Wrapped: PostgresValue {
    @inlinable public static var columnType: PostgresType { Wrapped.postgresType }

    @inlinable
    public func append(to array: inout ArrayBuilder) { array.append(self) }

    @inlinable
    public static func next(in row: inout RowCursor) throws -> Wrapped? {
        try row.next(optional: Wrapped.self)
    }
}
