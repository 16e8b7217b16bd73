import Postgres

/// Reads in one transaction that sees one state of the database, so that all figures are of one edition.
enum ConsistentRead {
    static func run<Value>(
        _ connection: Connection, _ body: (@escaping DatasetState.Reading) throws -> Value
    ) throws -> Value {
        _ = try connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        do {
            let value = try body { try connection.run($0) }
            _ = try connection.run("COMMIT")
            return value
        } catch {
            _ = try? connection.run("ROLLBACK")
            throw error
        }
    }
}
