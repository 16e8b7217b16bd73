import Foundation
import Messages
import Postgres
import ServiceKit

/// Editions that were published and that this database does not know, because it was restored to a moment before them.
/// Subscribers have kept them, so an edition must not differ from them by few families, nor show what they hide.
///
/// A new epoch reads the public stream, from the beginning to its own first heartbeat, before it makes an edition. If that
/// holds something of each dataset that the database knows, all that was published after it is there too, and what it says
/// below the district becomes what was published last. If not, as with a new broker, nobody knows what was shown: then
/// figures about families below the district stay as they are, for periods that were over by then (`EditionGuard`).
enum ForgottenEditions {
    /// - Returns: whether all is read, so that editions may be made.
    static func read(_ context: JobContext) throws -> Bool {
        guard let reading = try Reading(context.connection) else { return true }
        // The end of what there is to read.
        try Heartbeats.send(context)
        var isOver = false
        try context.read(stream: "nuanxin.summaries", from: reading.offset) { messages in
            isOver = try take(messages, context.connection, now: context.now)
            return !isOver
        }
        return isOver
    }

    /// Takes in what was read, and how far; after the last of it what follows from all.
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
        // One transaction.
        _ = try connection.pipeline(statements)
        return reading.isOver
    }

    private static func lose(_ now: Timestamp) -> Statement {
        """
        UPDATE epoch
        SET past = 'lost',
            lost_until = greatest(
                lost_until, (\(now)::timestamptz AT TIME ZONE 'Asia/Shanghai')::date)
        """
    }

    /// Of periods that were over on this day it is not known what was shown below the district; nil if that is known of all.
    static func lostUntil(_ read: DatasetState.Reading) throws -> BusinessDate? {
        try read("SELECT lost_until FROM epoch").first?
            .decode(optional: BusinessDate.self, at: 0)
    }

    static let migration = Migration(
        "0041_forgotten_editions",
        """
        -- What is known of editions from before the epoch. whole: all of them are in the database; reading: those that
        -- are not are being read off the stream; read: they were; lost: nobody knows what they were.
        ALTER TABLE epoch
            ADD COLUMN past         text    NOT NULL DEFAULT 'whole'
                CHECK (past IN ('whole', 'reading', 'read', 'lost')),
            -- The epoch that the database was in before.
            ADD COLUMN former       bigint  NOT NULL DEFAULT 0,
            -- The last edition that anybody has seen, if the operator has said so.
            ADD COLUMN last_seen    bigint,
            -- The offset at which reading goes on, and datasets of which something was read that the database knows.
            ADD COLUMN read_to      bigint  NOT NULL DEFAULT 0,
            ADD COLUMN found        text[]  NOT NULL DEFAULT '{}',
            -- How many editions were read that it does not know.
            ADD COLUMN forgotten    bigint  NOT NULL DEFAULT 0,
            -- The highest number of an edition, of forgotten ones too.
            ADD COLUMN last_edition bigint  NOT NULL DEFAULT 0,
            -- The last time that editions were lost.
            ADD COLUMN lost_until   date;

        -- What forgotten editions said last of families below the district, while they are being read.
        CREATE TABLE forgotten_figure (
            territory text COLLATE "C" NOT NULL,
            span      span NOT NULL,
            programme text COLLATE "C" NOT NULL,
            start     date NOT NULL,
            measure   text COLLATE "C" NOT NULL REFERENCES measure,
            -- Null if it was hidden.
            value     bigint,
            PRIMARY KEY (territory, span, programme, start, measure)
        );

        ALTER TABLE settled_cell ADD COLUMN is_recalled boolean NOT NULL DEFAULT false;
        COMMENT ON COLUMN settled_cell.is_recalled IS
            'a forgotten edition has published it so: of how many families it was, or what it was if it was hidden, is not known';
        ALTER TABLE edition_figure ALTER COLUMN value DROP NOT NULL;
        COMMENT ON COLUMN edition_figure.value IS 'null: hidden, and not known';

        -- forgotten: an edition that was forgotten says something else, or may have said it.
        ALTER TABLE edition_gap
            DROP CONSTRAINT edition_gap_why_check,
            ADD CONSTRAINT edition_gap_why_check
                CHECK (why IN ('families', 'totals', 'signed', 'waiting', 'forgotten'));
        """)
}

/// The stream, as far as it was read.
private struct Reading {
    /// A figure below the district.
    private struct Key: Hashable {
        let territory: String
        let span: String
        let programme: String
        let start: BusinessDate
        let measure: String
    }

    /// What was said of it.
    private struct Said {
        /// Last; nil if that was hidden.
        private(set) var value: Int64?
        /// As it was shown last; nil if it never was.
        private(set) var shown: Int64?

        mutating func take(_ value: Int64?) {
            self.value = value
            shown = value ?? shown
        }
    }

    /// That the database is in, and that it was in before.
    private let epoch: Int64
    private let former: Int64
    /// Of each dataset the last `seq` that the database knows, of the former epoch.
    private let written: [String: Int64]
    private let lastEdition: Int64
    private let lastSeen: Int64?
    /// Where reading goes on.
    private(set) var offset: Int64
    /// Datasets of which something was read that the database knows.
    private var found: Set<String>
    private var forgotten: Int64 = 0
    private var highest: Int64 = 0
    private var figures: [Key: Said] = [:]
    private(set) var isOver = false

    /// - Returns: nil if nothing is to be read.
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

    /// Whether the database, and what was read, have all that was ever published.
    var isKnown: Bool {
        found.isSuperset(of: written.keys) || lastSeen.map { $0 <= lastEdition } ?? false
    }

    mutating func take(_ message: StreamMessage) {
        offset = message.offset + 1
        // What cannot be read has told nobody anything.
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
        // What stood there before there were editions.
        default: break
        }
    }

    /// Whether the database does not know what stands at a place.
    private mutating func isNew(_ epoch: Int64, _ seq: Int64, of dataset: String) -> Bool {
        // Heartbeats are the first that it publishes itself.
        isOver = epoch == self.epoch
        let isNew = epoch > former || epoch == former && seq > written[dataset] ?? 0
        if !isNew { found.insert(dataset) }
        return isNew && !isOver
    }

    private mutating func add(_ cell: CellChanged) {
        let territory = cell.key.territory
        // All time is made of what is shorter.
        guard territory.level > .district, let period = Period(cell.key.period) else { return }
        for (name, figure) in cell.measures where figure.state != .notCollected {
            let key = Key(
                territory: territory.rawValue, span: period.span.rawValue,
                programme: cell.key.programme, start: period.start, measure: name)
            figures[key, default: Said()].take(figure.value)
        }
    }

    /// Keeps what was read, and how far.
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
