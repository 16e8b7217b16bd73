import Foundation
import Messages
import Postgres
import ServiceKit

/// Records readings of how many persons an online channel reaches. The figure is a stock: the
/// newest reading by time counts, in whatever order readings arrive.
enum Reach {
    static func register(in router: inout Router) {
        // Alone, because it asks the database for the readings before and after.
        router.on(
            RecordReach.self,
            keys: { command, keys in
                keys.need(ReachReading.self, command.reach.uuid)
                keys.need(ReachSeries.self, ReachReading(command, kind: nil).series)
                if let session = command.session { keys.need(Session.self, session.uuid) }
            }, alone: true, record)
    }

    static func record(_ command: RecordReach, _ unit: UnitOfWork) throws -> [Emission] {
        try unit.requireNew(ReachReading.self, command.reach.uuid, else: .reachExists, at: "/reach")
        var reading = ReachReading(command, kind: try kind(of: command, unit))
        let (before, after) = try place(reading, unit)
        // A reading's change is its difference from the reading before it, so the one after this
        // changes too.
        reading.change = reading.count - (before?.count ?? 0)
        let recorded = try unit.save(&reading, reading.recorded)
        guard var after else { return [recorded] }
        after.change = after.count - reading.count
        return [recorded, try unit.save(&after, after.recorded)]
    }

    /// The kind of the session whose audience it is.
    static func kind(of command: RecordReach, _ unit: UnitOfWork) throws -> ActivityKind? {
        let session = try command.session.map { try Sessions.requireHeld($0, unit) }
        try session?.require(command)
        return session?.kind
    }

    /// Holds the series of a reading, and finds its place there. Refuses a time of which there is another reading.
    static func place(
        _ reading: ReachReading, _ unit: UnitOfWork
    ) throws -> (before: ReachReading?, after: ReachReading?) {
        let series = try unit.find(ReachSeries.self, reading.series)
        try unit.store(
            ReachSeries(
                key: series?.key ?? reading.series,
                newest: series.map { max($0.newest, reading.asOf) } ?? reading.asOf))
        guard series != nil else { return (nil, nil) }
        let neighbours = try neighbours(of: reading, unit)
        guard neighbours.before?.asOf != reading.asOf else {
            throw Refusal(.alreadyCounted, at: "/asOf")
        }
        return neighbours
    }

    /// The newest other reading up to the time of this one, and the oldest one after it. The reading's series must be held.
    static func neighbours(
        of reading: ReachReading, _ unit: UnitOfWork
    ) throws -> (before: ReachReading?, after: ReachReading?) {
        let rows = try unit.query(
            """
            (SELECT id, true FROM reading
             WHERE series = \(reading.series) AND as_of <= \(reading.asOf)
               AND id <> \(reading.id) AND NOT is_void
             ORDER BY as_of DESC LIMIT 1)
            UNION ALL
            (SELECT id, false FROM reading
             WHERE series = \(reading.series) AND as_of > \(reading.asOf)
               AND id <> \(reading.id) AND NOT is_void
             ORDER BY as_of LIMIT 1)
            """)
        var neighbours: (before: ReachReading?, after: ReachReading?) = (nil, nil)
        for row in rows {
            let neighbour = try unit.find(ReachReading.self, row.decode(UUID.self, at: 0))
            if try row.decode(Bool.self, at: 1) {
                neighbours.before = neighbour
            } else {
                neighbours.after = neighbour
            }
        }
        return neighbours
    }
}

extension ReachReading {
    init(_ command: RecordReach, kind: ActivityKind?) {
        self.init(
            id: command.reach, channel: command.channel, metric: command.metric,
            account: command.account ?? "", programme: command.programme,
            territory: command.territory, session: command.session, kind: kind,
            count: command.count, change: command.count, asOf: command.asOf,
            countedOn: command.countedOn)
    }

    /// All that is recorded of it.
    var recorded: ReachRecorded {
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
