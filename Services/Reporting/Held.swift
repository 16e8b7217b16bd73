import Disclosure
import Messages
import Postgres
import ServiceKit

/// Editions whose audit has failed. They are looked at again with the next change of their programme; until then
/// what was published before stands.
enum Held {
    /// Makes the held cells of a programme changed ones again.
    static func takeBack(_ edition: Edition) -> Statement {
        """
        WITH back AS (
            DELETE FROM held WHERE dataset = \(edition.dataset) AND programme = \(edition.programme)
            RETURNING dataset, territory, span, programme, start, cause
        )
        INSERT INTO changed AS h (dataset, territory, span, programme, start, cause)
        SELECT dataset, territory, span, programme, start, cause FROM back
        ON CONFLICT (dataset, territory, span, programme, start) DO UPDATE
        SET cause = EXCLUDED.cause WHERE h.cause < EXCLUDED.cause
        """
    }

    static func hold(
        _ edition: Edition, _ exposed: [Protection.Exposed], _ connection: Connection,
        _ now: Timestamp
    ) throws {
        let (dataset, programme) = (edition.dataset, edition.programme)
        _ = try connection.pipeline([
            """
            WITH gone AS (
                DELETE FROM changed WHERE dataset = \(dataset) AND programme = \(programme)
                RETURNING dataset, territory, span, programme, start, cause
            )
            INSERT INTO held AS h (dataset, territory, span, programme, start, cause)
            SELECT dataset, territory, span, programme, start, cause FROM gone
            ON CONFLICT (dataset, programme, territory, span, start) DO UPDATE
            SET cause = EXCLUDED.cause WHERE h.cause < EXCLUDED.cause
            """,
            forget(edition),
            """
            INSERT INTO held_figure
                (dataset, programme, source, territory, period, part, reads, low, high, wanted_low,
                 wanted_high, held_at)
            SELECT \(dataset), \(programme), e.source, e.territory, e.period, e.part, e.reads, e.low,
                   e.high, e.wanted_low, e.wanted_high, \(now)
            FROM unnest(\(exposed.map(\.source)), \(exposed.map(\.territory)),
                        \(exposed.map(\.period)), \(exposed.map(\.part)), \(exposed.map(\.reads)),
                        \(exposed.map(\.finding.low)), \(exposed.map(\.finding.high)),
                        \(exposed.map(\.finding.wantedLow)), \(exposed.map(\.finding.wantedHigh)))
                 AS e (source, territory, period, part, reads, low, high, wanted_low, wanted_high)
            """,
        ])
    }

    static func forgetReasons(_ edition: Edition, _ connection: Connection) throws {
        _ = try connection.run(forget(edition))
    }

    private static func forget(_ edition: Edition) -> Statement {
        """
        DELETE FROM held_figure
        WHERE dataset = \(edition.dataset) AND programme = \(edition.programme)
        """
    }

    static func count(_ connection: Connection) throws -> Int64 {
        try connection.run("SELECT count(*) FROM held").first?.decode(Int64.self, at: 0) ?? 0
    }
}
