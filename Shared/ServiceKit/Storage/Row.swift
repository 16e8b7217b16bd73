public import Postgres

/// A row that messages change: loaded by key, held in a unit of work, stored with the batch.
public protocol Row: Sendable {
    associatedtype Key: Hashable & PostgresValue
    static var table: Table<Self> { get }
    var key: Key { get }
}

/// A row that emits facts. `sequence` counts them: each fact carries the number it was, from 1, without gaps.
public protocol Aggregate: Row {
    var sequence: Int64 { get set }
}

/// How rows of a table are locked when a batch loads them.
public enum RowLock: Sendable {
    /// For rows that messages change (`FOR UPDATE`).
    case update
    /// For rows that are mostly read; batches that only read them do not wait for each other (`FOR SHARE`).
    case share
}

/// Where rows of a type live: the table, its key column, and how columns are written and read.
public struct Table<R: Sendable>: Sendable {
    let name: String
    let key: String
    let lock: RowLock
    let columns: [Column<R>]
    let decode: @Sendable (inout RowCursor) throws -> R

    /// - Parameters:
    ///   - columns: the key column first.
    ///   - decode: reads the values in the order of `columns`.
    public init(
        _ name: String, key: String, lock: RowLock = .update, columns: [Column<R>],
        decode: @escaping @Sendable (inout RowCursor) throws -> R
    ) {
        self.name = name
        self.key = key
        self.lock = lock
        self.columns = columns
        self.decode = decode
    }
}

/// One column: its name, its PostgreSQL type, and how a row's value is written.
public struct Column<R: Sendable>: Sendable {
    let name: String
    let type: PostgresType
    let append: @Sendable (R, inout ArrayBuilder) -> Void

    public init<V: PostgresValue>(_ name: String, _ value: @escaping @Sendable (R) -> V) {
        self.name = name
        type = V.postgresType
        append = { row, array in array.append(value(row)) }
    }

    public init<V: PostgresValue>(_ name: String, optional value: @escaping @Sendable (R) -> V?) {
        self.name = name
        type = V.postgresType
        append = { row, array in
            if let value = value(row) { array.append(value) } else { array.appendNull() }
        }
    }
}

/// A row that is only ever inserted: an entry of a ledger, a line of a run.
public protocol Record: Sendable {
    static var table: RecordTable<Self> { get }
}

public struct RecordTable<R: Sendable>: Sendable {
    let name: String
    let columns: [Column<R>]

    public init(_ name: String, columns: [Column<R>]) {
        self.name = name
        self.columns = columns
    }
}

/// Sums under a key that only ever change by addition, so that workers never wait for each other's
/// rows while they handle messages: `INSERT … ON CONFLICT (keys) DO UPDATE SET sum = sum + …`.
public protocol Tally: Sendable {
    associatedtype Key: Hashable & Comparable
    static var table: TallyTable<Self> { get }
    var key: Key { get }
    mutating func add(_ other: Self)
}

public struct TallyTable<R: Sendable>: Sendable {
    let name: String
    let keys: [Column<R>]
    let sums: [Column<R>]
    let marks: [Column<R>]

    /// - Parameters:
    ///   - keys: the columns of the primary key.
    ///   - sums: columns that are added to what stands there.
    ///   - marks: columns that are overwritten (a flag such as "changed").
    public init(_ name: String, keys: [Column<R>], sums: [Column<R>], marks: [Column<R>] = []) {
        self.name = name
        self.keys = keys
        self.sums = sums
        self.marks = marks
    }
}
