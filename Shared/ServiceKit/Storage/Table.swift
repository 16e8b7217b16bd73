public import Postgres

/// The table of a type of rows: its name, its key column, and how columns are written and read.
public struct Table<R: Sendable>: Sendable {
    let name: String
    let key: String
    let lock: RowLock
    /// All that are written.
    let columns: [Column<R>]
    /// The names of those that are read, in the order of `decode`.
    let selection: String
    let decode: @Sendable (inout RowCursor) throws -> R

    /// - Parameter decode: reads the values in the order of `columns`.
    public init(
        _ name: String, key: String, lock: RowLock = .update, columns: [Column<R>],
        decode: @escaping @Sendable (inout RowCursor) throws -> R
    ) {
        self.init(name, key, lock, columns, reading: columns, decode)
    }

    /// A table whose columns are the fields of its row, each said once.
    ///
    ///     static let table = Table(
    ///         "loan", key: "id", Loan.init,
    ///         Field("id", \.id), Field("state", \.state), Field("disbursed_on", \.disbursedOn))
    ///
    /// A property may be optional. An enum is kept by its raw text if it conforms to `PostgresValue`.
    ///
    /// - Parameters:
    ///   - key: the name of one of the fields.
    ///   - row: makes a row of the fields' values, in their order: the initialiser, or a closure that calls one.
    @inlinable
    public init<each V: Sendable>(
        _ name: String, key: String, lock: RowLock = .update,
        _ row: @escaping @Sendable (repeat each V) -> R, _ field: repeat Field<R, each V>
    ) {
        var columns: [Column<R>] = []
        for field in repeat each field { columns.append(field.column) }
        self.init(name, key, lock, columns, reading: columns) { cursor in
            row(repeat try (each field).read(&cursor))
        }
    }

    /// The same for a row whose key follows from its fields: the key is written, and never read.
    @inlinable
    public init<each V: Sendable>(
        _ name: String, key: Column<R>, lock: RowLock = .update,
        _ row: @escaping @Sendable (repeat each V) -> R, _ field: repeat Field<R, each V>
    ) {
        var columns: [Column<R>] = []
        for field in repeat each field { columns.append(field.column) }
        self.init(name, key.name, lock, [key] + columns, reading: columns) { cursor in
            row(repeat try (each field).read(&cursor))
        }
    }

    @usableFromInline
    init(
        _ name: String, _ key: String, _ lock: RowLock, _ columns: [Column<R>],
        reading: [Column<R>], _ decode: @escaping @Sendable (inout RowCursor) throws -> R
    ) {
        precondition(columns.contains { $0.name == key }, "the key of \(name) is no column")
        self.name = name
        self.key = key
        self.lock = lock
        self.columns = columns
        selection = reading.map(\.name).joined(separator: ", ")
        self.decode = decode
    }
}

/// One column: its name, its PostgreSQL type, and how a row's value is written.
public struct Column<R: Sendable>: Sendable {
    @usableFromInline let name: String
    let type: PostgresType
    let append: @Sendable (R, inout ArrayBuilder) -> Void

    // The initialisers of `Table`, `Column` and `Field` are inlined into the service, where the types are known. Otherwise reading
    // a row takes twenty times as long.

    @inlinable
    public init<V: PostgresValue>(_ name: String, _ value: @escaping @Sendable (R) -> V) {
        self.init(name, V.postgresType) { row, array in array.append(value(row)) }
    }

    @inlinable
    public init<V: PostgresValue>(_ name: String, optional value: @escaping @Sendable (R) -> V?) {
        self.init(name, V.postgresType) { row, array in array.append(value(row)) }
    }

    @usableFromInline
    init(
        _ name: String, _ type: PostgresType,
        _ append: @escaping @Sendable (R, inout ArrayBuilder) -> Void
    ) {
        self.name = name
        self.type = type
        self.append = append
    }
}

/// A column of a row that is written and read: its name, and the property that it holds.
public struct Field<R: Sendable, V: Sendable>: Sendable {
    @usableFromInline let column: Column<R>
    @usableFromInline let read: @Sendable (inout RowCursor) throws -> V

    @inlinable
    public init(_ name: String, _ value: @escaping @Sendable (R) -> V) where V: ColumnValue {
        column = Column(name, V.columnType) { row, array in value(row).append(to: &array) }
        read = { row in try V.next(in: &row) }
    }
}
