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
    /// Which changed rows are updated before others, and before new ones are inserted; nil if it makes no difference.
    private(set) var isUpdatedFirst: (@Sendable (R) -> Bool)?
    /// Makes a row of the fields' values.
    ///
    /// Queries may use it too: they select the columns of the fields, in their order.
    public let decode: @Sendable (inout RowCursor) throws -> R

    /// A table whose columns are the fields of its row, each said once.
    ///
    ///     static let table = Table(
    ///         "loan", key: "id", Loan.init,
    ///         Field("id", \.id), Field("state", \.state), Field("disbursed_on", \.disbursedOn))
    ///
    /// A property may be optional. An enum is kept by its raw text if it conforms to `PostgresValue`.
    ///
    /// - Parameters:
    ///   - key: the name of a column.
    ///   - also: columns that follow from the fields: they are written, and never read.
    ///   - row: makes a row of the fields' values, in their order: the initialiser, or a closure that calls one.
    @inlinable
    public init<each V: Sendable>(
        _ name: String, key: String, also: [Column<R>] = [], lock: RowLock = .update,
        _ row: @escaping @Sendable (repeat each V) -> R, _ field: repeat Field<R, each V>
    ) {
        var columns: [Column<R>] = []
        for field in repeat each field { columns += field.columns }
        self.init(name, key, lock, columns + also, reading: columns) { cursor in
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
        for field in repeat each field { columns += field.columns }
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

    /// The same table, whose rows that give something up come first: one message may free what only one row can have, and give it
    /// to another row. PostgreSQL checks unique indexes row by row.
    public func updatingFirst(_ givesUp: @escaping @Sendable (R) -> Bool) -> Table {
        var table = self
        table.isUpdatedFirst = givesUp
        return table
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
    public init<V: ColumnValue>(_ name: String, _ value: @escaping @Sendable (R) -> V) {
        self.init(name, V.columnType) { row, array in value(row).append(to: &array) }
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

/// A property of a row, with the columns that it is written to and read from.
public struct Field<R: Sendable, V: Sendable>: Sendable {
    @usableFromInline let columns: [Column<R>]
    @usableFromInline let read: @Sendable (inout RowCursor) throws -> V

    /// A property that is one column.
    @inlinable
    public init(_ name: String, _ value: @escaping @Sendable (R) -> V) where V: ColumnValue {
        columns = [Column(name, value)]
        read = { row in try V.next(in: &row) }
    }

    /// A property that is several columns, or one of another type.
    ///
    /// - Parameter read: makes the property of the columns' values, in their order.
    @inlinable
    public init(
        _ columns: [Column<R>], _ read: @escaping @Sendable (inout RowCursor) throws -> V
    ) {
        self.columns = columns
        self.read = read
    }

    /// A property without a column: it is the same in every row that is read.
    @inlinable
    public init(always value: V) {
        columns = []
        read = { _ in value }
    }
}
