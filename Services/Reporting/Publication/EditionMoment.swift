import Messages
import Postgres
import ServiceKit

/// An edition, and the moment of all its figures.
struct EditionMoment: Hashable, Sendable {
    /// From 1 on.
    let number: Int64
    let asOf: Timestamp

    /// The newest edition that was published whole; nil before the first one.
    static func inForce(_ read: DatasetState.Reading) throws -> EditionMoment? {
        let rows = try read(
            """
            SELECT number, as_of FROM edition WHERE published_at IS NOT NULL
            ORDER BY number DESC LIMIT 1
            """)
        guard var row = rows.first?.cursor() else { return nil }
        return EditionMoment(number: try row.next(), asOf: try row.next())
    }

    /// Said on every page with figures.
    var words: Words {
        let moment = ReaderClock.words(asOf)
        return Words(
            "数据截至 \(moment.zh)（第 \(number) 期）",
            "Data as of \(moment.en) (edition \(number)), Beijing time")
    }
}

extension RowCursor {
    /// The number of an edition and its moment, both or neither.
    mutating func nextMoment() throws -> EditionMoment? {
        let number = try next(optional: Int64.self)
        guard let asOf = try next(optional: Timestamp.self), let number else { return nil }
        return EditionMoment(number: number, asOf: asOf)
    }
}
