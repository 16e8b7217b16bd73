import Foundation
import Messages
import Postgres
import ServiceKit

/// The size of an online audience at one time. The reading's newest fact says its change from the
/// reading before it.
struct ReachReading: Aggregate {
    let id: ReachID
    var channel: ReachChannel
    var metric: ReachMetric
    /// Empty if the channel has only one audience.
    var account: String
    var programme: Programme
    var territory: TerritoryCode
    var session: SessionID?
    var kind: ActivityKind?
    var count: Int
    /// The difference from the reading before it by time.
    var change: Int
    var asOf: Timestamp
    var countedOn: BusinessDate
    /// Whether a correction has said that it was none. Then it stands between no other readings.
    var isVoid = false
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

    static let table = Table(
        "reading", key: "id", also: [Column("series", \.series)], ReachReading.init,
        Field("id", \.id), Field("channel", \.channel), Field("metric", \.metric),
        Field("account", \.account), Field("programme", \.programme),
        Field("territory", \.territory), Field("session", \.session), Field("kind", \.kind),
        Field("count", \.count), Field("change", \.change), Field("as_of", \.asOf),
        Field("counted_on", \.countedOn), Field("is_void", \.isVoid),
        Field("sequence", \.sequence))
}

/// The readings of one audience. A message that adds a reading holds this row, so that each reading finds
/// the one before it.
struct ReachSeries: Row {
    let key: String
    var newest: Timestamp

    static let table = Table(
        "reach_series", key: "series", ReachSeries.init,
        Field("series", \.key), Field("newest", \.newest))
}
