import Messages
import Postgres
import ServiceKit

/// Gauges of the age of public figures and of the backlog. They take no lock, so they are measured while others wait for one.
enum Waiting {
    /// The number of rows, from the first on, that are looked at.
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
        context.measure("nuanxin_figures_set_aside", try row.next())
    }

    /// The oldest change and the number of cells that wait, and the moment of the edition in force; before the first edition,
    /// the moment of the plan.
    private static let select: Statement = """
        SELECT least(
                   (SELECT min(since) FROM (SELECT since FROM delta LIMIT \(limit)) d),
                   (SELECT min(as_of) FROM edition WHERE published_at IS NULL)),
               (SELECT coalesce(sum(written - confirmed), 0)::bigint FROM dataset),
               coalesce((SELECT max(as_of) FROM edition WHERE published_at IS NOT NULL),
                        (SELECT defined_at FROM plan)),
               coalesce((SELECT took_ms FROM edition ORDER BY number DESC LIMIT 1), 0),
               (SELECT count(*) FROM (SELECT FROM delta_aside LIMIT \(limit)) a)
        """
}
