import Foundation
import Messages
import Postgres
import ServiceKit

/// The size of an online audience at one time. The reading's newest fact says its change from the
/// reading before it.
struct ReachReading: Aggregate {
    let id: ReachID
    let channel: ReachChannel
    let metric: ReachMetric
    /// Empty if the channel has only one audience.
    let account: String
    let programme: Programme
    let territory: TerritoryCode
    let session: SessionID?
    let kind: ActivityKind?
    let count: Int
    /// The difference from the reading before it by time.
    var change: Int
    let asOf: Timestamp
    let countedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// The key of the series: the audience whose readings replace each other.
    var series: String {
        let names = [
            channel.rawValue, metric.rawValue, programme.rawValue, territory.rawValue,
            session?.description ?? "-",
        ]
        // The account is last, because it may contain any characters.
        return (account.isEmpty ? names : names + [account]).joined(separator: "/")
    }

    static let table = Table<ReachReading>(
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
        // The series follows from the columns after it.
        _ = try row.next(String.self)
        return ReachReading(
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

/// The readings of one audience. Whoever adds a reading holds this row, so that each reading finds
/// the one before it.
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
