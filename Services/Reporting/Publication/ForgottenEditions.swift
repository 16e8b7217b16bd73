import Foundation
import Messages
import Postgres
import ServiceKit

/// Published editions that this database does not know, because it was restored to a moment before them. Subscribers have
/// kept them. So an edition must not differ from them by few families, nor show figures that they hide.
///
/// Before a new epoch makes an edition, it reads the public stream, from the beginning to its own first heartbeat. If the
/// stream holds a message of each dataset that the database knows, it holds all later ones too. Then its figures below the
/// district count as the last published ones. Otherwise, as with a new broker, the forgotten editions are not known. Then
/// figures about families below the district stay as they are, for periods that were over by then (`EditionGuard`).
enum ForgottenEditions {
    /// Reads the stream if a new epoch has not finished doing so.
    /// - Returns: whether all is read, so that editions may be made.
    static func read(_ context: JobContext) throws -> Bool {
        guard let reading = try Reading(context.connection) else { return true }
        // Reading ends at this heartbeat.
        try Heartbeats.send(context)
        var isOver = false
        try context.read(stream: "nuanxin.summaries", from: reading.offset) { messages in
            isOver = try take(messages, context.connection, now: context.now)
            return !isOver
        }
        return isOver
    }

    /// Stores the figures in the messages and the offset. After the last message it also adopts the figures, or notes that
    /// they are lost.
    /// - Returns: whether all is read.
    static func take(
        _ messages: [StreamMessage], _ connection: Connection, now: Timestamp
    ) throws -> Bool {
        guard var reading = try Reading(connection) else { return true }
        for message in messages where !reading.isOver { reading.take(message) }
        var statements = reading.statements
        if reading.isOver {
            statements += reading.isKnown ? ForgottenFigures.adopt : [lose(now)]
            statements.append("DELETE FROM forgotten_figure")
        }
        // A pipeline is one transaction.
        _ = try connection.pipeline(statements)
        return reading.isOver
    }

    /// Notes that the forgotten editions are not known.
    private static func lose(_ now: Timestamp) -> Statement {
        """
        UPDATE epoch
        SET past = 'lost',
            lost_until = greatest(
                lost_until, (\(now)::timestamptz AT TIME ZONE 'Asia/Shanghai')::date)
        """
    }

    /// The published figures below the district are not known for periods that had ended by this day; nil if all are known.
    static func lostUntil(_ read: DatasetState.Reading) throws -> BusinessDate? {
        try read("SELECT lost_until FROM epoch").first?
            .decode(optional: BusinessDate.self, at: 0)
    }
}

/// The state of reading the stream, and the figures of the messages read in this turn.
private struct Reading {
    /// Identifies a figure below the district.
    private struct Key: Hashable {
        let territory: String
        let span: String
        let programme: String
        let start: BusinessDate
        let measure: String
    }

    /// A figure's values in the forgotten editions.
    private struct Said {
        /// The value in the last edition; nil if that hid it.
        private(set) var value: Int64?
        /// The value in the last edition that showed it; nil if none did.
        private(set) var shown: Int64?

        mutating func take(_ value: Int64?) {
            self.value = value
            shown = value ?? shown
        }
    }

    /// The epoch of the database.
    private let epoch: Int64
    /// The epoch before.
    private let former: Int64
    /// The last `seq` of each dataset that the database knows, in the former epoch.
    private let written: [String: Int64]
    private let lastEdition: Int64
    private let lastSeen: Int64?
    /// The offset of the next message to read.
    private(set) var offset: Int64
    /// Datasets with a message, among those read, that the database knows.
    private var found: Set<String>
    /// The number of forgotten editions read in this turn.
    private var forgotten: Int64 = 0
    /// The highest number of an edition read in this turn.
    private var highest: Int64 = 0
    private var figures: [Key: Said] = [:]
    private(set) var isOver = false

    /// - Returns: nil if there is nothing to read.
    init?(_ connection: Connection) throws {
        let rows = try connection.run(
            """
            SELECT number, former, (SELECT coalesce(max(number), 0) FROM edition), last_seen, read_to,
                   found
            FROM epoch WHERE past = 'reading'
            """)
        guard var row = rows.first?.cursor() else { return nil }
        (epoch, former) = (try row.next(), try row.next())
        (lastEdition, lastSeen) = (try row.next(), try row.next(optional: Int64.self))
        (offset, found) = (try row.next(), try Set(row.next(arrayOf: String.self)))
        written = try Dictionary(
            uniqueKeysWithValues: connection.run("SELECT name, written FROM dataset").map {
                (try $0.decode(String.self, at: 0), try $0.decode(Int64.self, at: 1))
            })
    }

    /// Whether the database and the stream together hold everything that was ever published.
    var isKnown: Bool {
        found.isSuperset(of: written.keys) || lastSeen.map { $0 <= lastEdition } ?? false
    }

    mutating func take(_ message: StreamMessage) {
        offset = message.offset + 1
        // An unreadable message reveals nothing.
        guard let document = try? Document(message.body) else { return }
        switch document.type {
        case CellChanged.type:
            guard let cell = try? document.data(as: CellChanged.self) else { return }
            if isNew(cell.epoch, cell.seq, of: cell.dataset) { add(cell) }
        case HeartbeatSent.type:
            guard let beat = try? document.data(as: HeartbeatSent.self) else { return }
            _ = isNew(beat.epoch, beat.seq, of: beat.dataset)
        case EditionPublished.type:
            guard let edition = try? document.data(as: EditionPublished.self) else { return }
            highest = max(highest, edition.edition)
            if edition.epoch > former || edition.epoch == former && edition.edition > lastEdition {
                forgotten += 1
            } else {
                found.formUnion(edition.positions.map(\.dataset))
            }
        // Other types are older than editions.
        default: break
        }
    }

    /// Whether the database does not know the message with this `seq`.
    private mutating func isNew(_ epoch: Int64, _ seq: Int64, of dataset: String) -> Bool {
        // The first messages of the new epoch are heartbeats.
        isOver = epoch == self.epoch
        let isNew = epoch > former || epoch == former && seq > written[dataset] ?? 0
        if !isNew { found.insert(dataset) }
        return isNew && !isOver
    }

    private mutating func add(_ cell: CellChanged) {
        let territory = cell.key.territory
        // Shorter periods add up to figures of all time, which have no `Period`.
        guard territory.level > .district, let period = Period(cell.key.period) else { return }
        for (name, figure) in cell.measures where figure.state != .notCollected {
            let key = Key(
                territory: territory.rawValue, span: period.span.rawValue,
                programme: cell.key.programme, start: period.start, measure: name)
            figures[key, default: Said()].take(figure.value)
        }
    }

    /// Statements that store the figures and the offset.
    var statements: [Statement] {
        let keys = Array(figures.keys)
        return [
            """
            INSERT INTO forgotten_figure
                (territory, span, programme, start, measure, value, shown)
            SELECT f.territory, f.span::span, f.programme, f.start, f.measure, f.value, f.shown
            FROM unnest(\(keys.map(\.territory)), \(keys.map(\.span)), \(keys.map(\.programme)),
                        \(keys.map(\.start)), \(keys.map(\.measure)),
                        \(keys.map { figures[$0]?.value }), \(keys.map { figures[$0]?.shown }))
                AS f (territory, span, programme, start, measure, value, shown)
            JOIN measure m ON m.name = f.measure AND m.protection <> 'none' AND m.is_additive
            ON CONFLICT (territory, span, programme, start, measure) DO UPDATE
            SET value = EXCLUDED.value, shown = coalesce(EXCLUDED.shown, forgotten_figure.shown)
            """,
            """
            UPDATE epoch
            SET read_to = \(offset), found = \(found.sorted()), forgotten = forgotten + \(forgotten),
                last_edition = greatest(last_edition, \(highest))
            """,
        ]
    }
}
