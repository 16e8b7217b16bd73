import Foundation
import Messages
import Postgres
import ServiceKit

/// The change that a contribution makes at its own place and day. It is written in the transaction of the fact and
/// rolled up a little later, many at once.
///
/// Written straight into the cells of all territories and periods around it, 80,000 registrations took
/// PostgreSQL 4.6 to 5.7 s, and every batch waited for the one before at the district's cells. As deltas
/// they take 0.2 s, and 1.2 to 1.6 s to roll up, while nobody waits.
struct Delta: Record {
    let source: String
    let territory: TerritoryCode
    let day: BusinessDate
    let programme: String
    let dimension: String
    /// The number of contributions that count. A cell exists as long as one does.
    let records: Int64
    let times: Int64
    let amount: Int64
    /// Whether it corrects an earlier contribution.
    let isCorrection: Bool

    /// - Parameters:
    ///   - sign: 1 to add the entry, -1 to take it back.
    ///   - mends: whether it replaces an entry that is taken back.
    init(_ entry: Entry, sign: Int64, mends: Bool = false) {
        source = entry.source.rawValue
        territory = entry.territory
        day = entry.day
        programme = entry.programmeName
        dimension = entry.dimension
        records = sign
        times = sign * entry.times
        amount = sign * entry.amount
        isCorrection = sign < 0 || mends || entry.isCorrection
    }

    /// - Parameters:
    ///   - row: source, territory, day, programme, dimension, times and amount.
    ///   - sign: 1 for what counts again, -1 to take back what counted.
    init(_ row: ResultRow, sign: Int64) throws {
        var row = row.cursor()
        source = try row.next(String.self)
        territory = try row.next(TerritoryCode.self)
        day = try row.next(BusinessDate.self)
        programme = try row.next(String.self)
        dimension = try row.next(String.self)
        records = sign
        times = sign * (try row.next(Int64.self))
        amount = sign * (try row.next(Int64.self))
        isCorrection = true
    }

    static let table = RecordTable<Delta>(
        "delta",
        columns: [
            Column("source", \.source), Column("territory", \.territory), Column("day", \.day),
            Column("programme", \.programme), Column("dimension", \.dimension),
            Column("records", \.records), Column("times", \.times), Column("amount", \.amount),
            Column("is_correction", \.isCorrection),
        ])
}

/// Sums of contributions for each territory and period.
///
/// Readers use the view `current_cell`, which includes the deltas that are not rolled up yet: figures are
/// those of the last commit, whenever the job runs.
enum Cells {
    /// Deltas rolled up by one transaction.
    static let chunk: Int64 = 10_000

    static let job = Job("cells", every: .milliseconds(250)) { context in
        while !context.shouldYield, try rollUp(context.connection) == chunk {}
    }

    /// Adds a chunk of deltas to their cells, one chunk at a time (the lock on `dataset`). A delta that cannot be added is set aside,
    /// so that it stops nothing but itself.
    ///
    /// - Returns: how many deltas there were.
    @discardableResult
    static func rollUp(_ connection: Connection) throws -> Int64 {
        do {
            let results = try connection.pipeline([
                "BEGIN", Summaries.lock, rollUpStatement, "COMMIT",
            ])
            return try results[2].first?.decode(Int64.self, at: 0) ?? 0
        } catch let error as PostgresError where error.isDataFault && connection.isOpen {
            _ = try connection.run("ROLLBACK")
            return try SetAside.rollUp(connection)
        }
    }

    static let rollUpStatement = rollUpStatement(
        of: "ARRAY(SELECT ctid FROM delta LIMIT \(chunk) FOR UPDATE SKIP LOCKED)")

    /// - Parameter rows: the places of deltas in their table, an expression of SQL.
    static func rollUpStatement(of rows: String, _ parameters: [Parameter] = []) -> Statement {
        Statement(
            trusted: """
                WITH taken AS (
                    DELETE FROM delta WHERE ctid = ANY (\(rows))
                    \(rollUpText)
                """, parameters)
    }

    private static let rollUpText = """
            RETURNING source, territory, day, programme, dimension, records, times, amount,
                      is_correction
        ), placed AS (
            SELECT source, territory, day, programme, dimension, sum(records) AS records,
                   sum(times) AS times, sum(amount) AS amount,
                   bool_or(is_correction) AS is_correction
            FROM taken GROUP BY source, territory, day, programme, dimension
        ), addition AS (
            SELECT k.territory, k.span, t.source, t.programme, k.start, k.dimension,
                   sum(t.records)::bigint AS records, fitted(sum(t.times)) AS times,
                   fitted(sum(t.amount)) AS amount
            FROM placed t CROSS JOIN LATERAL cell_keys(t.territory, t.day, t.dimension) k
            GROUP BY k.territory, k.span, t.source, t.programme, k.start, k.dimension
        ), stored AS (
            INSERT INTO cell AS c
                (territory, span, source, programme, start, dimension, records, times, amount)
            SELECT territory, span, source, programme, start, dimension, records, times, amount
            FROM addition
            ON CONFLICT (territory, span, source, programme, start, dimension) DO UPDATE
            SET records = c.records + EXCLUDED.records,
                times = fitted(c.times::numeric + EXCLUDED.times),
                amount = fitted(c.amount::numeric + EXCLUDED.amount)
        ), noted AS (
            INSERT INTO corrected (source, territory, day, programme)
            SELECT DISTINCT source, territory, day, programme FROM placed WHERE is_correction
        ), counted AS (
            UPDATE intake SET changes = changes + 1 WHERE EXISTS (SELECT FROM taken)
        )
        SELECT count(*) FROM taken
        """
}

extension TerritoryCode {
    static let expectedOfCells = "a territory code of 6, 9, 12 or 15 digits"

    /// - Returns: nil for what is no code, or is wider than a district: cells are kept from the district down.
    static func ofCells(_ text: String) -> TerritoryCode? {
        TerritoryCode(text).flatMap { $0.level >= .district ? $0 : nil }
    }
}
