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
