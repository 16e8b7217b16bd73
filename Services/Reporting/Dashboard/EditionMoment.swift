import Messages
import Postgres
import ServiceKit

/// An edition, and the moment that all of its figures are of.
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

extension Plan {
    /// When the edition of each day is made, at the association's place: `02:00`.
    static func madeAt(_ read: DatasetState.Reading) throws -> String {
        guard let row = try read("SELECT made_at FROM plan").first else {
            throw StoredValueError(type: "plan")
        }
        return try row.decode(String.self, at: 0)
    }
}

/// Which edition the figures of a page are of.
enum FigureMoment: Sendable {
    case inForce
    /// Of what is kept as it was; nil if that was before there were editions.
    case kept(EditionMoment?)
}
