import Messages
import Postgres
import ServiceKit

/// How old the public figures are, and what waits, as gauges. It takes no lock, so it is measured while others wait for one.
enum Waiting {
    /// Rows that are looked at, of those that come first.
    private static let limit: Int64 = 10_000

    static let job = Job("waiting", every: .seconds(2)) { context in
        guard var row = try context.connection.run(select).first?.cursor() else { return }
        let oldest = try row.next(optional: Timestamp.self) ?? context.now
        context.measure(
            "nuanxin_unpublished_change_age_seconds", oldest.seconds(until: context.now))
        context.measure("nuanxin_unpublished_cells", try row.next())
        let asOf = try row.next(Timestamp.self)
        context.measure("nuanxin_edition_age_seconds", asOf.seconds(until: context.now))
        context.measure("nuanxin_edition_milliseconds", try row.next())
    }

    /// What waits to be counted or sent, and the edition in force; before the first one, since when there is none.
    private static let select: Statement = """
        SELECT least(
                   (SELECT min(since) FROM (SELECT since FROM delta LIMIT \(limit)) d),
                   (SELECT min(as_of) FROM edition WHERE published_at IS NULL)),
               (SELECT coalesce(sum(written - confirmed), 0)::bigint FROM dataset),
               coalesce((SELECT max(as_of) FROM edition WHERE published_at IS NOT NULL),
                        (SELECT defined_at FROM plan)),
               coalesce((SELECT took_ms FROM edition ORDER BY number DESC LIMIT 1), 0)
        """

    static let migration = Migration(
        "0023_waiting_since",
        """
        -- A change that waits and changes again has waited since the first time.
        ALTER TABLE delta ADD COLUMN since timestamptz NOT NULL DEFAULT now();
        ALTER TABLE changed ADD COLUMN since timestamptz NOT NULL DEFAULT now();
        """)
}
