import Postgres
import ServiceKit

/// Contributions that cannot be added to the figures, because a sum would not fit, say. They are found by halving, and kept in
/// `delta_aside` with the error. Everything else is counted.
///
/// An alert tells of them. After an update of the service that mends the cause, a rebuild makes all figures anew.
enum SetAside {
    /// Adds a chunk of deltas, in one transaction, and sets those aside that cannot be added.
    ///
    /// - Returns: how many deltas there were.
    static func rollUp(_ connection: Connection) throws -> Int64 {
        _ = try connection.pipeline(["BEGIN", Summaries.lock])
        do {
            let rows = try connection.run(
                "SELECT ctid::text FROM delta LIMIT \(Cells.chunk) FOR UPDATE SKIP LOCKED")
            let places = try rows.map { try $0.decode(String.self, at: 0) }
            try add(places[...], connection)
            _ = try connection.run("COMMIT")
            return Int64(places.count)
        } catch {
            if connection.isOpen { _ = try connection.run("ROLLBACK") }
            throw error
        }
    }

    private static func add(_ places: ArraySlice<String>, _ connection: Connection) throws {
        guard !places.isEmpty else { return }
        let fault: PostgresError
        do {
            _ = try connection.pipeline([
                "SAVEPOINT part",
                Cells.rollUpStatement(of: "$1::text[]::tid[]", [.array(Array(places))]),
                "RELEASE part",
            ])
            return
        } catch {
            guard error.isDataFault, connection.isOpen else { throw error }
            fault = error
        }
        _ = try connection.run("ROLLBACK TO part")
        guard places.count > 1 else { return try keep(places, fault, connection) }
        let middle = places.startIndex + places.count / 2
        try add(places[..<middle], connection)
        try add(places[middle...], connection)
    }

    private static func keep(
        _ places: ArraySlice<String>, _ error: PostgresError, _ connection: Connection
    ) throws {
        _ = try connection.run(
            """
            WITH guilty AS (DELETE FROM delta WHERE ctid = ANY (\(Array(places))::text[]::tid[]) RETURNING *)
            INSERT INTO delta_aside
                (source, territory, day, programme, dimension, records, times, amount, is_correction,
                 since, error)
            SELECT source, territory, day, programme, dimension, records, times, amount, is_correction,
                   since, \(error.description)
            FROM guilty
            """)
    }
}
