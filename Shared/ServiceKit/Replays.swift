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
/// anything. Facts recorded after the start reach reporting on the usual way.
enum Replays {
    /// Rows sent before their confirms are awaited.
    private static let chunk: Int64 = 2_000

    static func start(_ fact: RebuildStarted, _ unit: UnitOfWork) throws -> Outcome {
        try unit.execute(
            """
            INSERT INTO replay (owner, destination, sent, until)
            SELECT owner, \(ReplayDestination.reporting.rawValue), 0, max(position) FROM journal GROUP BY owner
            ON CONFLICT (destination, owner) DO UPDATE SET sent = 0, until = EXCLUDED.until
            """)
        return .applied
    }

    static let job = Job("replay", every: .milliseconds(500)) { context in
        while !context.shouldYield, try step(context) {}
    }

    /// - Returns: whether there may be more.
    private static func step(_ context: JobContext) throws -> Bool {
        let next = try context.connection.run(
            "SELECT owner, destination, sent FROM replay WHERE sent < until ORDER BY owner LIMIT 1")
        guard let row = next.first else { return false }
        let owner = try row.decode(Int32.self, at: 0)
        let destination = try row.decode(String.self, at: 1)
        let exchange = (ReplayDestination(rawValue: destination) ?? .reporting).exchange
        let sent = try row.decode(Int64.self, at: 2)
        let rows = try context.connection.run(
            """
            SELECT j.position, j.id, j.type, j.body FROM journal j
            JOIN replay r ON r.owner = j.owner AND r.destination = \(destination)
            WHERE j.owner = \(owner) AND j.position > \(sent) AND j.position <= r.until
            ORDER BY j.position LIMIT \(chunk)
            """)
        var last = sent
        for row in rows {
            last = try row.decode(Int64.self, at: 0)
            let type = try row.decode(String.self, at: 2)
            context.publish(
                Publication(
                    exchange: exchange, routingKey: type,
                    id: try row.decode(UUID.self, at: 1),
                    type: type, body: try row.decode([UInt8].self, at: 3)))
        }
        try context.flush()
        _ = try context.connection.run(
            "UPDATE replay SET sent = \(last) WHERE owner = \(owner) AND destination = \(destination)"
        )
        return true
    }
}
