import Foundation
import Messages
import Postgres
import ServiceKit

/// How many an audience was at one time. Its newest fact says what it adds to the reading before it.
struct Reading: Aggregate {
    let id: ReachID
    let channel: ReachChannel
    let metric: ReachMetric
    /// Empty for the one audience of its channel.
    let account: String
    let programme: Programme
    let territory: TerritoryCode
    let session: SessionID?
    let kind: ActivityKind?
    let count: Int
    /// What this reading adds to the one before it by time.
    var change: Int
    let asOf: Timestamp
    let countedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// The one audience whose readings replace each other.
    var series: String {
        let names = [
            channel.rawValue, metric.rawValue, programme.rawValue, territory.rawValue,
            session?.description ?? "-",
        ]
        // Last, because it may have any characters in it.
        return (account.isEmpty ? names : names + [account]).joined(separator: "/")
    }

    static let table = Table<Reading>(
        "reading", key: "id",
        columns: [
            Column("id", { $0.id }), Column("series", { $0.series }),
            Column("channel", { $0.channel.rawValue }), Column("metric", { $0.metric.rawValue }),
            Column("account", { $0.account }), Column("programme", { $0.programme }),
            Column("territory", { $0.territory }),
            Column("session", optional: { $0.session }),
            Column("kind", optional: { $0.kind?.rawValue }), Column("count", { $0.count }),
            Column("change", { $0.change }), Column("as_of", { $0.asOf }),
            Column("counted_on", { $0.countedOn }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        let id = try row.next(ReachID.self)
        // Follows from the columns after it.
        _ = try row.next(String.self)
        return Reading(
            id: id, channel: try row.next(enum: ReachChannel.self),
            metric: try row.next(enum: ReachMetric.self), account: try row.next(String.self),
            programme: try row.next(Programme.self), territory: try row.next(TerritoryCode.self),
            session: try row.next(optional: SessionID.self),
            kind: try row.next(optional: String.self).flatMap(ActivityKind.init(rawValue:)),
            count: try row.next(Int.self), change: try row.next(Int.self),
            asOf: try row.next(Timestamp.self), countedOn: try row.next(BusinessDate.self),
            sequence: try row.next(Int64.self))
    }
}

/// An audience that is counted again and again: whoever adds a reading holds this row, so that each knows the
/// one before it.
struct ReachSeries: Row {
    let key: String
    var newest: Timestamp

    static let table = Table<ReachSeries>(
        "reach_series", key: "series",
        columns: [Column("series", { $0.key }), Column("newest", { $0.newest })]
    ) { row in
        ReachSeries(key: try row.next(String.self), newest: try row.next(Timestamp.self))
    }
}

/// Records how many an online channel reaches: a stock, of which the newest reading by time counts, in whatever
/// order readings come.
enum Reach {
    static func register(in router: inout Router) {
        // Alone, because it asks the database for the readings before and after.
        router.on(
            RecordReach.self,
            keys: { command, keys in
                keys.need(Reading.self, command.reach.uuid)
                keys.need(ReachSeries.self, Reading(command, kind: nil).series)
                if let session = command.session { keys.need(Session.self, session.uuid) }
            }, alone: true, record)
    }

    static func record(_ command: RecordReach, _ unit: UnitOfWork) throws -> [Emission] {
        try unit.requireNew(Reading.self, command.reach.uuid, else: .reachExists, at: "/reach")
        let session = try command.session.map { try Sessions.requireHeld($0, unit) }
        try session?.require(command)
        var reading = Reading(command, kind: session?.kind)
        let series = try unit.find(ReachSeries.self, reading.series)
        let (before, after) = try neighbours(of: reading, in: series, unit)
        guard before?.asOf != reading.asOf else { throw Refusal(.alreadyCounted, at: "/asOf") }
        try unit.store(
            ReachSeries(
                key: series?.key ?? reading.series,
                newest: series.map { max($0.newest, reading.asOf) } ?? reading.asOf))
        // The reading now counts from the one before it, and the one after it from this.
        reading.change = reading.count - (before?.count ?? 0)
        let recorded = try unit.save(&reading, reading.recorded)
        guard var after else { return [recorded] }
        after.change = after.count - reading.count
        return [recorded, try unit.save(&after, after.recorded)]
    }

    /// The newest reading up to that time, and the oldest one after it.
    private static func neighbours(
        of reading: Reading, in series: ReachSeries?, _ unit: UnitOfWork
    ) throws -> (before: Reading?, after: Reading?) {
        guard let series else { return (nil, nil) }
        let rows = try unit.query(
            """
            (SELECT id, true FROM reading
             WHERE series = \(series.key) AND as_of <= \(reading.asOf)
             ORDER BY as_of DESC LIMIT 1)
            UNION ALL
            (SELECT id, false FROM reading
             WHERE series = \(series.key) AND as_of > \(reading.asOf)
             ORDER BY as_of LIMIT 1)
            """)
        var neighbours: (before: Reading?, after: Reading?) = (nil, nil)
        for row in rows {
            let neighbour = try unit.find(Reading.self, row.decode(UUID.self, at: 0))
            if try row.decode(Bool.self, at: 1) {
                neighbours.before = neighbour
            } else {
                neighbours.after = neighbour
            }
        }
        return neighbours
    }

    static let migration = Migration(
        "0011_reach",
        """
        CREATE TABLE reach_series (
            series text        PRIMARY KEY,
            newest timestamptz NOT NULL
        );

        CREATE TABLE reading (
            id         uuid        PRIMARY KEY,
            series     text        NOT NULL REFERENCES reach_series DEFERRABLE INITIALLY DEFERRED,
            channel    text        NOT NULL,
            metric     text        NOT NULL,
            programme  text        NOT NULL,
            territory  text        NOT NULL,
            session    uuid        REFERENCES session DEFERRABLE INITIALLY DEFERRED,
            kind       text,
            count      bigint      NOT NULL CHECK (count >= 0),
            change     bigint      NOT NULL,
            as_of      timestamptz NOT NULL,
            counted_on date        NOT NULL,
            sequence   bigint      NOT NULL CHECK (sequence > 0),
            CONSTRAINT reading_once UNIQUE (series, as_of)
        );
        COMMENT ON COLUMN reading.change IS 'the count less that of the reading before it by time';
        """)

    static let accountMigration = Migration(
        "0030_reach_accounts",
        "ALTER TABLE reading ADD COLUMN account text NOT NULL DEFAULT ''")
}

extension Reading {
    fileprivate init(_ command: RecordReach, kind: ActivityKind?) {
        self.init(
            id: command.reach, channel: command.channel, metric: command.metric,
            account: command.account ?? "", programme: command.programme,
            territory: command.territory, session: command.session, kind: kind,
            count: command.count, change: command.count, asOf: command.asOf,
            countedOn: command.countedOn)
    }

    fileprivate var recorded: ReachRecorded {
        ReachRecorded(
            reach: id, channel: channel, metric: metric,
            account: account.isEmpty ? nil : account, programme: programme, territory: territory,
            session: session, kind: kind, count: count, change: change, asOf: asOf,
            countedOn: countedOn)
    }
}

extension Session {
    /// Refuses a reading of the session that does not fit it.
    fileprivate func require(_ command: RecordReach) throws(Refusal) {
        guard kind.isOnline else { throw Refusal(.sessionNotOnline, at: "/session") }
        guard command.programme == programme else {
            throw Refusal(.sessionDiffers, at: "/programme", expected: programme.rawValue)
        }
        guard command.territory == territory else {
            throw Refusal(.sessionDiffers, at: "/territory", expected: territory.rawValue)
        }
    }
}

extension ActivityKind {
    /// Whether people are there over a network.
    var isOnline: Bool {
        switch self {
        case .liveStream, .onlineClass: true
        case .activity, .teaTalk, .lecture, .class, .outdoor: false
        }
    }
}

extension RefusalCode {
    static let reachExists = RefusalCode(
        "reach_exists", "the id of a reading that was not recorded yet")
    static let alreadyCounted = RefusalCode(
        "already_counted", "a time of which this audience has no reading yet")
    static let sessionNotOnline = RefusalCode(
        "session_not_online", "a live stream or an online class")
    static let sessionDiffers = RefusalCode("session_differs", "what the session says")
}
