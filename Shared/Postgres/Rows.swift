/// The result of one statement, copied out of libpq's memory.
public struct Rows: RandomAccessCollection, Sendable {
    @usableFromInline let storage: RowStorage
    /// How many rows an INSERT, UPDATE, DELETE or SELECT touched; 0 for anything else.
    public let affected: Int

    init(_ storage: RowStorage, affected: Int) {
        self.storage = storage
        self.affected = affected
    }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { storage.rowCount }

    @inlinable
    public subscript(position: Int) -> ResultRow {
        precondition(position >= 0 && position < storage.rowCount, "no such row")
        return ResultRow(storage, position)
    }
}

/// One buffer with all the values of a result, and where each lies in it.
@usableFromInline
final class RowStorage: Sendable {
    /// A place in the buffer; `length` is −1 for NULL.
    @usableFromInline
    struct Cell: Sendable {
        @usableFromInline let offset: UInt32
        @usableFromInline let length: Int32

        @usableFromInline
        init(offset: UInt32, length: Int32) {
            self.offset = offset
            self.length = length
        }
    }

    @usableFromInline let rowCount: Int
    /// The type of each column.
    @usableFromInline let columns: [UInt32]
    /// Row after row.
    @usableFromInline let cells: [Cell]
    @usableFromInline let bytes: [UInt8]

    init(rowCount: Int, columns: [UInt32], cells: [Cell], bytes: [UInt8]) {
        self.rowCount = rowCount
        self.columns = columns
        self.cells = cells
        self.bytes = bytes
    }

    static let empty = RowStorage(rowCount: 0, columns: [], cells: [], bytes: [])

    /// Calls `body` with the bytes of one value, nil for NULL, after checking the column's type.
    @inlinable
    func read<Value>(
        _ row: Int, _ column: Int, as type: PostgresType, array: Bool,
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value? {
        guard column < columns.count else {
            throw PostgresDecodingError(
                expected: type.name, found: "no further column", column: column)
        }
        let oid = columns[column]
        guard array ? oid == type.arrayOID : type.reads(oid) else {
            throw PostgresDecodingError(
                expected: array ? "\(type.name)[]" : type.name, found: "a value of type \(oid)",
                column: column)
        }
        let cell = cells[row * columns.count + column]
        guard cell.length >= 0 else { return nil }
        let start = Int(cell.offset)
        do {
            return try bytes.withUnsafeBytes { all in
                try body(UnsafeRawBufferPointer(rebasing: all[start..<start + Int(cell.length)]))
            }
        } catch let error as PostgresDecodingError {
            throw PostgresDecodingError(
                expected: error.expected, found: error.found, column: column)
        }
    }
}
