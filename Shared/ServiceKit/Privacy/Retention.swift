internal import Messages
internal import Postgres

/// How long a service keeps what may hold people, and the job that destroys it after that.
struct Retention: Sendable {
    /// Days after which the key of a day is destroyed, with the bodies that it sealed.
    var bodyDays = 30
    /// Days for which free texts are kept.
    var textDays = 1_095

    static func job(_ retention: Retention) -> Job {
        Job("purge-bodies", every: .seconds(60)) { context in
            try retention.purge(context.connection, on: context.now.day)
        }
    }

    /// An open dead letter stays open without its body: nothing is lost in silence. A parked message
    /// keeps the key of its day alive, for a day at most after the service is back.
    func purge(_ connection: Connection, on today: BusinessDate) throws {
        let (bodyDays, textDays) = (Int32(bodyDays), Int32(textDays))
        for statement: Statement in [
            """
            UPDATE dead_letter SET body = NULL, sealed_on = NULL, correlation_id = NULL
            WHERE sealed_on < \(today) - \(bodyDays)
            """,
            """
            DELETE FROM dead_letter
            WHERE state <> 'open' AND last_at < (\(today) - \(bodyDays))::timestamp AT TIME ZONE 'UTC'
            """,
            """
            DELETE FROM message_key AS k
            WHERE day < \(today) - \(bodyDays)
              AND NOT EXISTS (SELECT FROM parked WHERE sealed_on = k.day)
            """,
            "DELETE FROM asker WHERE asked_on < \(today) - \(Asker.days)",
            "DELETE FROM free_text WHERE written_on < \(today) - \(textDays)",
        ] { _ = try connection.run(statement) }
    }
}
