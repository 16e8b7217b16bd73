internal import AMQP
internal import Foundation
internal import Messages
internal import Postgres

/// Sends a service's journal again: whole, or from some time on.
///
/// A replay is one more position in each owner's journal. A job moves it along, so it survives a crash. Facts recorded after the
/// start reach their services in the usual way. Only facts that the receiver takes in are sent. In a rebuild, messages tell
/// reporting which facts were sent and when the replay is complete, so that it knows which facts it still waits for.
enum Replays {
    /// Rows sent before their confirms are awaited. One message names them, and the message before it.
    private static let chunk: Int64 = 1_999

    static func start(_ fact: RebuildStarted, _ unit: UnitOfWork) throws {
        let destination = ReplayDestination.rebuild.description
        let (rebuild, asked) = (unit.message.sequence ?? 0, unit.message.time)
        // Two workers may handle two of these facts at once, in any order.
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
            -- An empty journal is reported as sent, too.
            SELECT 0, \(destination), -1, 0, \(rebuild), \(asked)
            WHERE NOT EXISTS (SELECT FROM journal)
            """)
    }

    static func job(of service: String) -> Job {
        Job("replay", every: .milliseconds(500)) { context in
            while !context.shouldYield,
                let part = try next(context.connection, service, now: context.now)
            {
                for publication in part.publications {
                    context.publish(publication)
                    CrashPoint.replayInSending.pass()
                }
                try context.flush()
                _ = try context.connection.run(part.sent)
            }
        }
    }

    /// Messages to send, and the statement that notes that the broker has them. If the process ends between the two, they are
    /// sent again.
    struct Part {
        let publications: [Publication]
        let sent: Statement
    }

    /// - Returns: nil if all is sent.
    static func next(
        _ connection: Connection, _ service: String, now: Timestamp
    ) throws -> Part? {
        let next = try connection.run(
            """
            SELECT owner, destination, sent, until, rebuild,
                   count(*) OVER (PARTITION BY destination),
                   (SELECT told FROM replay b
                    WHERE b.destination = r.destination AND b.owner <= r.owner AND told IS NOT NULL
                    ORDER BY b.owner DESC LIMIT 1)
            FROM replay r WHERE sent < until ORDER BY owner LIMIT 1
            """)
        guard var row = next.first?.cursor() else { return nil }
        let owner = try row.next(Int32.self)
        let destination = ReplayDestination(try row.next(String.self))
        let (sent, until) = (try row.next(Int64.self), try row.next(Int64.self))
        let rebuild = try row.next(optional: Int64.self)
        let isLastOwner = try row.next(Int64.self) == 1
        let before = try row.next(optional: UUID.self)
        let rows = try connection.run(facts(owner, destination, after: sent, until: until))
        var publications = try rows.map { row in
            let type = try row.decode(String.self, at: 2)
            return Publication(
                exchange: destination.exchange, routingKey: type,
                id: try row.decode(UUID.self, at: 1), type: type,
                body: try row.decode([UInt8].self, at: 3))
        }
        // The journal may end with facts that the receiver does not take in.
        let last = rows.count < chunk ? until : try rows.last?.decode(Int64.self, at: 0) ?? until
        var told: UUID?
        if destination == .rebuild, let rebuild {
            let ids = publications.map(\.id) + [before].compactMap(\.self)
            let message = try tell(
                service, of: rebuild, ids, isLast: last == until && isLastOwner, now: now)
            told = message?.id
            publications += [message].compactMap(\.self)
        }
        return Part(
            publications: publications,
            sent: """
                UPDATE replay SET sent = \(last), told = \(told)
                WHERE owner = \(owner) AND destination = \(destination.description)
                  AND rebuild IS NOT DISTINCT FROM \(rebuild)
                """)
    }

    private static func facts(
        _ owner: Int32, _ destination: ReplayDestination, after sent: Int64, until: Int64
    ) -> Statement {
        """
        SELECT position, id, type, body FROM journal
        WHERE owner = \(owner) AND position > \(sent) AND position <= \(until)
          AND type = ANY(\(destination.types))
        ORDER BY position LIMIT \(chunk)
        """
    }

    /// A message that names the facts that were sent, and the message before it, which may arrive after the last one.
    /// - Returns: nil for a service whose journal reporting does not need.
    private static func tell(
        _ service: String, of rebuild: Int64, _ facts: [UUID], isLast: Bool, now: Timestamp
    ) throws -> Publication? {
        let types = Subscriptions.facts(of: "reporting").compactMap { $0 as? any JournalSent.Type }
        guard let sent = types.first(where: { $0.type.hasPrefix(service + ".") }) else {
            return nil
        }
        let told = sent.init(ReplayedFacts(rebuild: rebuild, facts: facts, isLast: isLast))
        let type = sent.type
        let header = Header(
            id: UUID(), source: "nuanxin/\(service)", type: type, time: now, subject: "journal")
        return Publication(
            exchange: ReplayDestination.everybody.exchange, routingKey: type, id: header.id,
            type: type, body: try MessageEncoder().encode(header, told))
    }
}
