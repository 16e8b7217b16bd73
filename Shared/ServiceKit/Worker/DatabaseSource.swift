internal import Postgres

/// The database as a source of rows, inside the batch's transaction.
final class DatabaseSource: RowSource {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func load<R: Row>(_ type: R.Type, _ keys: [R.Key]) throws -> [R] {
        try decode(type, connection.run(R.table.load(.array(keys))))
    }

    func run(_ statement: Statement) throws -> Rows { try connection.run(statement) }
}
