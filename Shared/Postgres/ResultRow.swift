/// One row of a result. Columns are numbered from 0.
public struct ResultRow: Sendable {
    @usableFromInline let storage: RowStorage
    @usableFromInline let index: Int

    @inlinable
    init(_ storage: RowStorage, _ index: Int) {
        self.storage = storage
        self.index = index
    }

    /// - Throws: `PostgresDecodingError` when the column has another type or is NULL.
    @inlinable
    public func decode<V: PostgresValue>(_ type: V.Type = V.self, at column: Int) throws -> V {
        guard let value = try decode(optional: type, at: column) else {
            throw PostgresDecodingError(
                expected: V.postgresType.name, found: "NULL", column: column)
        }
        return value
    }

    @inlinable
    public func decode<V: PostgresValue>(
        optional type: V.Type = V.self, at column: Int
    ) throws -> V? {
        try storage.read(index, column, as: V.postgresType, array: false) { try V.decode($0) }
    }

    /// An array of one dimension without NULLs.
    @inlinable
    public func decode<V: PostgresValue>(arrayOf type: V.Type, at column: Int) throws -> [V] {
        try decode(arrayOfOptional: type, at: column).map { element in
            guard let element else {
                throw PostgresDecodingError(
                    expected: "an array without NULLs", found: "NULL", column: column)
            }
            return element
        }
    }

    /// An array of one dimension; NULL elements are nil.
    @inlinable
    public func decode<V: PostgresValue>(
        arrayOfOptional type: V.Type, at column: Int
    ) throws -> [V?] {
        let elements = try storage.read(index, column, as: V.postgresType, array: true) {
            try decodeArray(of: V.self, $0)
        }
        guard let elements else {
            throw PostgresDecodingError(
                expected: "\(V.postgresType.name)[]", found: "NULL", column: column)
        }
        return elements
    }

    @inlinable
    public func cursor() -> RowCursor { RowCursor(self) }
}

/// Reads the columns of a row one after the other.
public struct RowCursor: Sendable {
    @usableFromInline let row: ResultRow
    /// The column that is read next.
    @usableFromInline var column = 0

    @inlinable
    init(_ row: ResultRow) { self.row = row }

    @inlinable
    public mutating func next<V: PostgresValue>(_ type: V.Type = V.self) throws -> V {
        defer { column += 1 }
        return try row.decode(type, at: column)
    }

    @inlinable
    public mutating func next<V: PostgresValue>(optional type: V.Type) throws -> V? {
        defer { column += 1 }
        return try row.decode(optional: type, at: column)
    }

    @inlinable
    public mutating func next<V: PostgresValue>(arrayOf type: V.Type) throws -> [V] {
        defer { column += 1 }
        return try row.decode(arrayOf: type, at: column)
    }
}
