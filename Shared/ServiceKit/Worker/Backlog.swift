internal import Messages
internal import Postgres

/// Gauges of the messages that wait in a service's database: the same in every replica, updated by a job.
public enum Backlog {
    /// Rows that are counted at most, so that counting stays cheap.
    private static let limit: Int64 = 10_000
    /// Seconds after its time at which a parked message counts as late.
    private static let patience = 60

    /// The attempt of a parked message that is its last, by the service's settings.
    public static func lastAttempt(_ settings: Settings) throws -> Int16 {
        let schedule = try settings.optional(.retrySeconds).map(ServiceSettings.schedule)
        return Int16((schedule ?? BatchSettings.defaultRetry).delays.count)
    }

    /// - Parameter retry: tells which attempt of a parked message is its last.
    static func job(_ retry: RetrySchedule) -> Job {
        Job("backlog", every: .seconds(2)) { context in
            let rows = try context.connection.run(
                select(context.now, lastAttempt: Int16(retry.delays.count)))
            guard var row = rows.first?.cursor() else { return }
            context.measure("nuanxin_dead_letters_open", try row.next())
            context.measure("nuanxin_parked_messages", try row.next())
            context.measure("nuanxin_parked_messages_late", try row.next())
            context.measure("nuanxin_owed_receipts", try row.next())
            context.measure("nuanxin_deadly_messages_open", try row.next())
            let oldest = try row.next(optional: Timestamp.self) ?? context.now
            context.measure(
                "nuanxin_unpublished_fact_age_seconds", oldest.seconds(until: context.now))
            context.measure("nuanxin_facts_missing", try Arrivals.missing(context.connection))
        }
    }

    /// A parked message is late if it is past its time, if another session holds what it needs, or before its last attempt, after
    /// which it is refused or becomes a dead letter.
    static func select(_ now: Timestamp, lastAttempt: Int16) -> Statement {
        """
        SELECT (SELECT count(*) FROM (
                    SELECT FROM dead_letter WHERE state = 'open' LIMIT \(limit)) d),
               (SELECT count(*) FROM (SELECT FROM parked LIMIT \(limit)) p),
               (SELECT count(*) FROM (
                    SELECT FROM parked
                    WHERE attempt >= \(lastAttempt) OR code = \(RefusalCode.rowLocked.code)
                       OR due_at < \(now.adding(seconds: -patience))
                    LIMIT \(limit)) l),
               (SELECT count(*) FROM (SELECT FROM owed_receipt LIMIT \(limit)) r),
               (SELECT count(*) FROM (
                    SELECT FROM dead_letter
                    WHERE state = 'open' AND code = \(RefusalCode.deliveryLimit.code)
                    LIMIT \(limit)) e),
               (SELECT min(j.time) FROM journal_owner o CROSS JOIN LATERAL (
                    SELECT time FROM journal
                    WHERE owner = o.owner AND position > o.published ORDER BY position LIMIT 1) j
                WHERE NOT o.is_closed)
        """
    }
}
