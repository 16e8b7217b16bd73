import Foundation
import Messages
import Postgres
import ServiceKit

/// Sends the cells that an edition has changed, and then the message that it is complete.
///
/// The broker confirms window after window. After a crash, unconfirmed cells are sent again. The edition comes into force at
/// the end, for all datasets at once, so readers see whole editions.
enum EditionNews {
    /// Cells published before their confirms are awaited.
    private static let window: Int64 = 1_000

    static func publish(_ context: JobContext) throws {
        let connection = context.connection
        for name in try behind(connection) {
            while try publishNext(name, context) {
                if context.shouldYield { return }
            }
        }
        guard let edition = try open(connection) else { return }
        let states = try DatasetState.all({ try connection.run($0) }, confirmed: true)
        let fact = edition.fact(states)
        let header = Header(
            id: edition.id, source: "nuanxin/reporting", type: EditionPublished.type,
            time: edition.asOf, subject: "edition", sequence: edition.number)
        context.publish(
            Publication(
                exchange: "nuanxin.summaries", routingKey: "summaries.edition", id: edition.id,
                type: EditionPublished.type, body: try MessageEncoder().encode(header, fact)))
        try context.flush()
        CrashPoint.editionConfirmed.pass()
        _ = try connection.pipeline(inForce(edition.number, context.now))
    }

    private static func behind(_ connection: Connection) throws -> [String] {
        try connection.run("SELECT name FROM dataset WHERE confirmed < written ORDER BY name").map {
            try $0.decode(String.self, at: 0)
        }
    }

    /// - Returns: whether there may be more.
    private static func publishNext(_ dataset: String, _ context: JobContext) throws -> Bool {
        let summaries = try unpublished(dataset, context.connection)
        guard !summaries.isEmpty,
            var state = try DatasetState.all({ try context.connection.run($0) }, confirmed: true)
                .first(where: { $0.name == dataset })
        else { return false }
        let encoder = MessageEncoder()
        for summary in summaries {
            context.publish(try summary.publication(in: state.epoch, encoder))
            CrashPoint.editionInPublishing.pass()
            try state.take(summary, encoder)
        }
        try context.flush()
        CrashPoint.editionWindowConfirmed.pass()
        _ = try context.connection.run(confirmed(state))
        return true
    }

    /// The cells to publish next, in order.
    static func unpublished(_ dataset: String, _ connection: Connection) throws -> [Summary] {
        try connection.run(unpublished(dataset)).map { try Summary($0) }
    }

    static func unpublished(_ dataset: String) -> Statement {
        Statement(
            trusted: Summary.selection + """
                 JOIN dataset d ON d.name = s.dataset
                WHERE s.dataset = $1 AND s.seq > d.confirmed ORDER BY s.seq LIMIT $2
                """,
            [Parameter(dataset), Parameter(window)])
    }

    /// Notes the cells that the broker has confirmed.
    static func confirmed(_ state: DatasetState) -> Statement {
        """
        UPDATE dataset
        SET confirmed = \(state.seq), confirmed_digest = \(state.digest.description),
            confirmed_cells = \(state.cells)
        WHERE name = \(state.name) AND confirmed < \(state.seq)
        """
    }

    /// The edition that is not in force yet.
    private static func open(_ connection: Connection) throws -> OpenEdition? {
        try connection.run(
            """
            SELECT e.number, e.id, p.number, e.as_of, e.changed FROM edition e CROSS JOIN epoch p
            WHERE e.published_at IS NULL
              AND NOT EXISTS (SELECT FROM dataset WHERE confirmed < written)
            ORDER BY e.number LIMIT 1
            """
        ).first.map { row in
            var row = row.cursor()
            return OpenEdition(
                number: try row.next(), id: try row.next(), epoch: try row.next(),
                asOf: try row.next(), changed: try row.next())
        }
    }

    /// Puts an edition in force, for all datasets at once.
    static func inForce(_ edition: Int64, _ now: Timestamp) -> [Statement] {
        [
            "BEGIN",
            """
            UPDATE dataset
            SET published = confirmed, digest = confirmed_digest, cells = confirmed_cells
            """,
            "UPDATE edition SET published_at = \(now) WHERE number = \(edition)",
            "COMMIT",
        ]
    }
}

private struct OpenEdition {
    let number: Int64
    let id: UUID
    let epoch: Int64
    let asOf: Timestamp
    let changed: Int64

    func fact(_ states: [DatasetState]) -> EditionPublished {
        EditionPublished(
            edition: number, epoch: epoch, asOf: asOf, changed: changed,
            positions: states.map {
                EditionPublished.Position(
                    dataset: $0.name, seq: $0.seq, cells: $0.cells, digest: $0.digest.description)
            })
    }
}

extension Summary {
    func publication(in epoch: Int64, _ encoder: MessageEncoder) throws -> Publication {
        let header = Header(
            id: id, source: "nuanxin/reporting", type: CellChanged.type, time: time,
            subject: dataset, sequence: seq)
        return Publication(
            exchange: "nuanxin.summaries", routingKey: "summaries.\(dataset)", id: id,
            type: CellChanged.type, body: try encoder.encode(header, published(in: epoch)))
    }
}

/// Sends the position of each dataset at intervals.
enum Heartbeats {
    static func send(_ context: JobContext) throws {
        let due = try context.connection.run(
            """
            UPDATE dataset SET beat_at = \(context.now)
            WHERE beat_at IS NULL OR beat_at > \(context.now)
               OR beat_at <= \(context.now) - make_interval(secs => \(interval(context)))
            RETURNING name
            """)
        let names = Set(try due.map { try $0.decode(String.self, at: 0) })
        guard !names.isEmpty else { return }
        let encoder = MessageEncoder()
        for state in try DatasetState.all({ try context.connection.run($0) })
        where names.contains(state.name) {
            let fact = HeartbeatSent(
                dataset: state.name, epoch: state.epoch, seq: state.seq, cells: state.cells,
                digest: state.digest.description)
            let header = Header(
                id: UUID(), source: "nuanxin/reporting", type: HeartbeatSent.type,
                time: context.now, subject: state.name)
            context.publish(
                Publication(
                    exchange: "nuanxin.summaries", routingKey: "summaries.\(state.name)",
                    id: header.id, type: header.type, body: try encoder.encode(header, fact)))
        }
        try context.flush()
        context.measure(
            "nuanxin_heartbeat_timestamp_seconds", context.now.microseconds / 1_000_000)
    }

    /// A little less, because the job itself comes once a second.
    private static func interval(_ context: JobContext) -> Double {
        Double(context.settings.heartbeatSeconds) - 0.5
    }
}
