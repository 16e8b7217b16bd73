import Foundation
import Messages
import Postgres
import ServiceKit

/// Makes editions. An edition contains all public cells of all datasets as of one moment. One transaction makes it: it sees
/// one state of the database, and waits for no other transaction.
///
/// An edition is made each day at the plan's time, when an operator asks for one, and with `NUANXIN_EDITION_SECONDS` after
/// changes. The next one begins once the one before is published.
enum Editions {
    enum Cause: String, PostgresValue { case calendar, request, change }

    /// An edition to make.
    struct Due {
        let number: Int64
        let cause: Cause
        /// The sequence of the last request; this edition answers all requests up to it.
        let request: Int64
        /// Whether it publishes corrections of few families too.
        let revises: Bool
    }

    /// Notes that figures may have changed. It counts changes, because the clocks of two machines may differ.
    static let noteChange: Statement = "UPDATE intake SET changes = changes + 1"

    /// Notes that all figures may have changed, because the plan changed or a rebuild counted them again.
    static let noteMethod: Statement =
        "UPDATE intake SET changes = changes + 1, methods = methods + 1"

    static let job = Job("editions", every: .seconds(1)) { context in
        let connection = context.connection
        let now = try clock(connection)
        try Epochs.begin(connection, now: now)
        guard try ForgottenEditions.read(context) else { return }
        try Rebuilds.finish(connection, now: now)
        let next = try next(connection, now: now, afterSeconds: context.settings.editionSeconds)
        if let next, next.isDue {
            CrashPoint.editionDue.pass()
            try make(next.edition, connection, now: now)
            CrashPoint.editionMade.pass()
        }
        try EditionNews.publish(context)
        try Heartbeats.send(context)
    }

    /// The database's clock, because the clocks of the processes that make editions may differ.
    private static func clock(_ connection: Connection) throws -> Timestamp {
        let rows = try connection.run("SELECT clock_timestamp()")
        guard let row = rows.first else { throw StoredValueError(type: "clock") }
        return try row.decode(Timestamp.self, at: 0)
    }

    /// Finds the next edition, and whether it is due.
    /// - Parameter afterSeconds: the age in seconds of the last edition from which changes make another one due; 0 if changes
    ///   never do.
    /// - Returns: nil while the edition before is being published, or during a rebuild.
    static func next(
        _ connection: Connection, now: Timestamp, afterSeconds: Int
    ) throws -> (edition: Due, isDue: Bool)? {
        let rows = try connection.run(
            """
            WITH last AS (
                SELECT number, as_of, request, changes, published_at FROM edition
                ORDER BY number DESC LIMIT 1
            ), state AS (
                SELECT greatest(l.number, h.last_edition) AS number, coalesce(l.request, 0) AS request,
                       coalesce(l.as_of, p.defined_at) AS as_of,
                       l.number IS NOT NULL AND l.published_at IS NULL AS is_open,
                       coalesce(r.sequence, 0) AS asked, coalesce(r.revises, 0) AS revises,
                       i.changes > coalesce(l.changes, 0) AS is_changed,
                       -- The last time of a daily edition.
                       (SELECT max(t.at) FROM (
                            SELECT (d.day + p.made_at::time) AT TIME ZONE 'Asia/Shanghai' AS at
                            FROM (SELECT (\(now)::timestamptz AT TIME ZONE 'Asia/Shanghai')::date - n AS day
                                  FROM generate_series(0, 1) AS n) d) t
                        WHERE t.at <= \(now)) AS planned
                FROM plan p CROSS JOIN intake i CROSS JOIN epoch h LEFT JOIN last l ON true
                LEFT JOIN edition_request r ON r.name = \(EditionRequest.name)
            )
            SELECT number + 1, CASE WHEN asked > request THEN 'request'
                                    WHEN planned > as_of THEN 'calendar' ELSE 'change' END,
                   asked, revises > request,
                   asked > request OR planned > as_of
                   OR (\(Int64(afterSeconds)) > 0
                       AND as_of + make_interval(secs => \(Double(afterSeconds))) <= \(now)
                       AND (is_changed OR EXISTS (SELECT FROM delta)))
            FROM state
            WHERE NOT is_open AND NOT EXISTS (SELECT FROM rebuild WHERE finished_at IS NULL)
            """)
        guard var row = rows.first?.cursor() else { return nil }
        let edition = Due(
            number: try row.next(), cause: try row.next(), request: try row.next(),
            revises: try row.next())
        return (edition, try row.next())
    }

    /// Settings of PostgreSQL's planner for the statements of an edition. By default it assumes that `edition_figure` is empty,
    /// and would scan all of it for each row, or join by period alone, which matches as many rows as there are units. The
    /// statements sort and join hundreds of thousands of rows.
    static let planning: [Statement] = [
        "SET LOCAL enable_nestloop = off", "SET LOCAL enable_mergejoin = off",
        "SET LOCAL work_mem = '32MB'",
    ]

    /// Makes an edition in one transaction. During a rebuild it makes none.
    /// - Returns: the number of changed cells.
    @discardableResult
    static func make(_ due: Due, _ connection: Connection, now: Timestamp) throws -> Int64 {
        let start = ContinuousClock.now
        _ = try connection.pipeline(["BEGIN ISOLATION LEVEL REPEATABLE READ"] + planning)
        do {
            // A rebuild may have begun since `next`. The figures are read from the same state as this.
            guard try connection.run(Rebuilds.goingOn).isEmpty else {
                _ = try connection.run("ROLLBACK")
                return 0
            }
            let changed = try write(due, now) { try connection.run($0) }
            let took = (ContinuousClock.now - start).components
            CrashPoint.editionInMaking.pass()
            let milliseconds = took.seconds * 1_000 + took.attoseconds / 1_000_000_000_000_000
            _ = try connection.pipeline([
                "UPDATE edition SET took_ms = \(milliseconds) WHERE number = \(due.number)",
                "COMMIT",
            ])
            return changed
        } catch {
            _ = try? connection.run("ROLLBACK")
            throw error
        }
    }

    /// Writes the figures, the changed cells and the gaps of an edition.
    /// - Returns: the number of changed cells.
    private static func write(
        _ due: Due, _ now: Timestamp, _ run: (Statement) throws -> Rows
    ) throws -> Int64 {
        let gaps = try figures(of: due.number, revises: due.revises, now, run)
        guard let row = try run(Summaries.write(due, now)).first else { return 0 }
        try EditionGuard.note(gaps, of: due.number, run)
        for statement in afterwards(due) { _ = try run(statement) }
        return try row.decode(Int64.self, at: 0)
    }

    /// Makes the figures of an edition in `edition_figure`, by the plan in force.
    /// - Returns: the gaps, where the edition leaves out figures of the plan.
    static func figures(
        of edition: Int64, revises: Bool, _ now: Timestamp, _ run: (Statement) throws -> Rows
    ) throws -> [EditionGuard.Gap] {
        let plan = try Plan.read(run)
        let today = try today(now, run)
        let figures = EditionFigures(today: today, plan: plan)
        _ = try run(figures.exactUnits)
        for statement in [figures.flows, figures.stocks, figures.heads] + figures.zeros {
            _ = try run(statement)
        }
        _ = try run(OpenedParts.leaveOut)
        let guarding = EditionGuard(
            plan: plan, today: today, revises: revises,
            lostUntil: try ForgottenEditions.lostUntil(run))
        let gaps = try guarding.write(edition, run) + tooFew(run)
        _ = try run(figures.settled)
        return gaps
    }

    /// The day of a moment in Asia/Shanghai.
    static func today(_ now: Timestamp, _ run: (Statement) throws -> Rows) throws -> BusinessDate {
        let rows = try run("SELECT (\(now)::timestamptz AT TIME ZONE 'Asia/Shanghai')::date")
        return try rows.first?.decode(BusinessDate.self, at: 0) ?? BusinessDate.range.lowerBound
    }

    /// Finds districts that have too few registered families for any figure about families.
    private static func tooFew(_ run: (Statement) throws -> Rows) throws -> [EditionGuard.Gap] {
        try run(
            """
            SELECT territory, coalesce(fitted(sum(times) FILTER (WHERE source = 'registration')), 0)
            FROM current_cell
            WHERE length(territory) = 6 AND span = 'all' AND dimension = ''
              AND territory NOT IN (SELECT territory FROM exact_unit)
            GROUP BY territory
            """
        ).map { row in
            let name = SettledFigures.Name(
                district: try row.decode(String.self, at: 0), source: "", programme: "",
                start: BusinessDate.range.lowerBound)
            return EditionGuard.Gap(
                name: name, level: 6, why: .families, units: Int(try row.decode(Int64.self, at: 1)))
        }
    }

    /// Statements that empty the working tables, and note the edition at periods closed since the last one.
    private static func afterwards(_ due: Due) -> [Statement] {
        [
            "DELETE FROM edition_figure",
            "DELETE FROM corrected",
            "UPDATE closed_period SET edition = \(due.number) WHERE edition IS NULL",
        ]
    }
}
