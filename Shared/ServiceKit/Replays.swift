internal import AMQP
internal import Foundation
internal import Messages
internal import Postgres

/// Whom a journal is sent again to.
public enum ReplayDestination: String, CustomStringConvertible {
    /// Reporting alone, which has begun anew.
    case reporting
    /// Every service that takes such facts in, because databases were restored: `nuanxin restore` asks for it.
    case everybody

    public var description: String { rawValue }

    var exchange: String { self == .reporting ? "nuanxin.replay" : "nuanxin.facts" }
}

/// Sends a service's whole journal again, to reporting or to all who had it.
///
/// A replay is one more position in each owner's journal; a job moves it along, so it survives
/// anything. Facts recorded after the start reach reporting on the usual way. Reporting is told what was sent, and
/// when that was all: then it knows what it still waits for.
enum Replays {
    /// Rows sent before their confirms are awaited.
    private static let chunk: Int64 = 2_000

    static func start(_ fact: RebuildStarted, _ unit: UnitOfWork) throws {
        let destination = ReplayDestination.reporting.rawValue
        let (rebuild, asked) = (unit.message.sequence ?? 0, unit.message.time)
        // Two may be taken in at once, and in any order.
        try unit.execute("LOCK TABLE replay IN SHARE ROW EXCLUSIVE MODE")
        let newer = try unit.query(
            "SELECT 1 FROM replay WHERE destination = \(destination) AND asked_at > \(asked)")
        guard newer.isEmpty else { return }
        try unit.execute("DELETE FROM replay WHERE destination = \(destination)")
        try unit.execute(
            """
            INSERT INTO replay (owner, destination, sent, until, rebuild, asked_at)
            SELECT owner, \(destination), 0, max(position), \(rebuild), \(asked)
            FROM journal GROUP BY owner
            UNION ALL
            -- Of an empty journal too it is said that all was sent.
            SELECT 0, \(destination), -1, 0, \(rebuild), \(asked)
            WHERE NOT EXISTS (SELECT FROM journal)
            """)
    }

    static func job(of service: String) -> Job {
        Job("replay", every: .milliseconds(500)) { context in
            while !context.shouldYield, try step(context, service) {}
        }
    }

    /// - Returns: whether there may be more.
    private static func step(_ context: JobContext, _ service: String) throws -> Bool {
        let next = try context.connection.run(
            """
            SELECT owner, destination, sent, until, rebuild, count(*) OVER (PARTITION BY destination)
            FROM replay WHERE sent < until ORDER BY owner LIMIT 1
            """)
        guard var row = next.first?.cursor() else { return false }
        let owner = try row.next(Int32.self)
        let destination = ReplayDestination(rawValue: try row.next(String.self)) ?? .reporting
        let (sent, until) = (try row.next(Int64.self), try row.next(Int64.self))
        let rebuild = try row.next(optional: Int64.self)
        let isLastOwner = try row.next(Int64.self) == 1
        let rows = try context.connection.run(facts(owner, destination, after: sent, until: until))
        for row in rows {
            let type = try row.decode(String.self, at: 2)
            context.publish(
                Publication(
                    exchange: destination.exchange, routingKey: type,
                    id: try row.decode(UUID.self, at: 1),
                    type: type, body: try row.decode([UInt8].self, at: 3)))
        }
        let isLast = rows.count < chunk
        let last = isLast ? until : try rows.last?.decode(Int64.self, at: 0) ?? until
        if destination == .reporting, let rebuild {
            let ids = try rows.map { try $0.decode(UUID.self, at: 1) }
            try tell(context, service, rebuild, ids, isLast: isLast && isLastOwner)
        }
        try context.flush()
        _ = try context.connection.run(
            """
            UPDATE replay SET sent = \(last)
            WHERE owner = \(owner) AND destination = \(destination.rawValue)
              AND rebuild IS NOT DISTINCT FROM \(rebuild)
            """)
        return true
    }

    /// Reporting is sent what it takes in; the others choose by their bindings.
    private static func facts(
        _ owner: Int32, _ destination: ReplayDestination, after sent: Int64, until: Int64
    ) -> Statement {
        let types = Subscriptions.facts(of: "reporting").map { $0.type }
        return """
            SELECT position, id, type, body FROM journal
            WHERE owner = \(owner) AND position > \(sent) AND position <= \(until)
              AND (\(destination == .everybody) OR type = ANY(\(types)))
            ORDER BY position LIMIT \(chunk)
            """
    }

    private static func tell(
        _ context: JobContext, _ service: String, _ rebuild: Int64, _ facts: [UUID], isLast: Bool
    ) throws {
        let told: any JournalSent
        switch service {
        case "registry": told = RegistryJournalSent(rebuild: rebuild, facts: facts, isLast: isLast)
        case "funding": told = FundingJournalSent(rebuild: rebuild, facts: facts, isLast: isLast)
        case "events": told = EventsJournalSent(rebuild: rebuild, facts: facts, isLast: isLast)
        default: return
        }
        let type = Swift.type(of: told).type
        let header = Header(
            id: UUID(), source: "nuanxin/\(service)", type: type, time: context.now,
            subject: "journal")
        context.publish(
            Publication(
                exchange: ReplayDestination.everybody.exchange, routingKey: type, id: header.id,
                type: type, body: try MessageEncoder().encode(header, told)))
    }
}
