import Foundation
import Messages
import Postgres
import ServiceKit

/// The last rebuild.
struct Rebuild: Aggregate {
    var reason: String
    var startedAt: Timestamp
    /// Nil while figures are incomplete. Then no edition is made.
    var finishedAt: Timestamp?
    var sequence: Int64 = 0

    /// There is one.
    static let name = "cells"
    var key: String { Self.name }

    static let table = Table(
        "rebuild", key: Column("name", \.key), Rebuild.init,
        Field("reason", \.reason), Field("started_at", \.startedAt),
        Field("finished_at", \.finishedAt), Field("sequence", \.sequence))
}

/// Makes all figures anew from the journals of the other services. Figures are complete when each service has said that its
/// whole journal was sent, and all facts that they named are applied. A rebuild waits for a dead letter until an operator
/// redrives or discards it.
enum Rebuilds {
    /// Deletes all contributions and asks the services for their facts again. Only the operator may do it.
    ///
    /// Batches of other workers hold a lock of `inbox` from their first statement to their commit, so the
    /// exclusive lock waits until they are done, and later ones begin with nothing. From then on a fact
    /// counts once, whether it comes live, replayed or both ways: the inbox drops the second one, and so
    /// does its version. What services record before they see `RebuildStarted` is in the replay; what they
    /// record after it reaches reporting after this.
    ///
    /// The services go by the time of `RebuildStarted`, which is that of the worker's batch. If two workers are asked at once,
    /// the one whose batch began first may come last. Its rebuild has just been done by the other.
    static func start(_ command: RebuildCells, _ unit: UnitOfWork) throws -> Emission {
        let last = try unit.find(Rebuild.self, Rebuild.name)
        if let last, unit.now <= last.startedAt {
            return Emission(RebuildStarted(reason: last.reason), of: last)
        }
        for statement in forget { try unit.execute(statement) }
        var rebuild = last ?? Rebuild(reason: command.reason, startedAt: unit.now)
        rebuild.reason = command.reason
        rebuild.startedAt = unit.now
        rebuild.finishedAt = nil
        return try unit.save(&rebuild, RebuildStarted(reason: command.reason))
    }

    private static let forget: [Statement] = [
        Summaries.lock,
        "LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE",
        Editions.noteMethod,
        "DELETE FROM delta",
        "DELETE FROM delta_aside",
        "DELETE FROM cell",
        "DELETE FROM contribution",
        "DELETE FROM session",
        "DELETE FROM person_alias",
        "DELETE FROM journal_sent",
        "DELETE FROM awaited_fact",
        // Facts that were applied (4) or buried (5) may come again; what was decided of commands stays.
        "DELETE FROM inbox WHERE is_fact AND state IN (4, 5)",
    ]

    /// Notes the facts that a service has sent again, as awaited until they are applied.
    static func sent(_ fact: some JournalSent, _ unit: UnitOfWork) throws {
        guard let rebuild = try unit.find(Rebuild.self, Rebuild.name),
            rebuild.sequence == fact.rebuild, rebuild.finishedAt == nil
        else { return }
        try unit.execute(
            """
            INSERT INTO awaited_fact (id)
            SELECT s.id FROM unnest(\(fact.facts)) AS s (id)
            WHERE NOT EXISTS (SELECT FROM inbox i WHERE i.id = s.id AND i.is_fact AND i.state = 4)
            ON CONFLICT DO NOTHING
            """)
        if fact.isLast {
            try unit.execute(
                """
                INSERT INTO journal_sent (type) VALUES (\(type(of: fact).type))
                ON CONFLICT DO NOTHING
                """)
        }
    }

    /// Ends a rebuild when figures are whole.
    static func finish(_ connection: Connection, now: Timestamp) throws {
        guard try !connection.run(goingOn).isEmpty else { return }
        _ = try connection.run(
            "DELETE FROM awaited_fact a USING inbox i WHERE i.id = a.id AND i.is_fact AND i.state = 4"
        )
        // Given up before, it has come again since.
        _ = try connection.run(
            """
            DELETE FROM awaited_fact a USING dead_letter d, rebuild r
            WHERE d.message_id = a.id AND d.origin = 'facts' AND d.state = 'discarded'
              AND d.last_at >= r.started_at
            """)
        _ = try connection.run(
            """
            UPDATE rebuild SET finished_at = \(now)
            WHERE finished_at IS NULL AND NOT EXISTS (SELECT FROM awaited_fact)
              -- Not a rebuild that has begun meanwhile.
              AND sequence = (SELECT sequence FROM rebuild)
              AND (SELECT count(*) FROM journal_sent) = \(Int64(journals.count))
            """)
    }

    /// Finds a row while figures are incomplete. Then the inbox is not purged, because its rows may still be named.
    static let goingOn: Statement = "SELECT 1 FROM rebuild WHERE finished_at IS NULL"

    /// Refuses a question about exact figures during a rebuild, because they are incomplete.
    static func requireWhole(_ unit: UnitOfWork) throws {
        guard try unit.query(goingOn).isEmpty else { throw Refusal(.rebuildGoesOn, at: "") }
    }

    /// The fact by which each service says which facts it has sent.
    static let journals: [any JournalSent.Type] = [
        RegistryJournalSent.self, FundingJournalSent.self, EventsJournalSent.self,
    ]

    static func register(in router: inout Router) {
        router.on(
            RebuildCells.self, keys: { $1.need(Rebuild.self, Rebuild.name) }, alone: true, start)
        router.on(RegistryJournalSent.self, alone: true, sent)
        router.on(FundingJournalSent.self, alone: true, sent)
        router.on(EventsJournalSent.self, alone: true, sent)
    }
}

extension RefusalCode {
    static let rebuildGoesOn = RefusalCode(
        "rebuild_goes_on", "a time at which figures are whole: after the rebuild that goes on")
}
