import Foundation
import Messages
import Postgres
import ServiceKit

/// A cell as it is stored: all figures, hidden ones too.
struct StoredCell {
    let seq: Int64
    let vintage: Int
    let status: CellStatus
    /// In the order of their names; nil for a measure that the cell once had.
    let figures: [Figure]

    struct Figure {
        let name: String
        let value: Int64?
        let isHidden: Bool
    }
}

extension StoredCell {
    /// The figures of the cell that may be shown. All figures that leave reporting, over the broker or HTTP, in force or
    /// replaced, come through here. So a figure that an edition hides is shown nowhere.
    var published: [String: PublishedFigure] {
        Dictionary(
            figures.map { ($0.name, Self.published($0.value, isHidden: $0.isHidden)) },
            uniquingKeysWith: { first, _ in first })
    }

    static func published(_ value: Int64?, isHidden: Bool = false) -> PublishedFigure {
        if isHidden { return PublishedFigure(state: .suppressed) }
        return switch value {
        case nil: PublishedFigure(state: .notCollected)
        case 0?: PublishedFigure(state: .zero, value: 0)
        case let value?: PublishedFigure(state: .value, value: value)
        }
    }
}

/// A summary as it is stored. Published again, it is the same message.
struct Summary {
    let dataset: String
    let id: UUID
    /// The moment that its figures are of.
    let time: Timestamp
    /// Nil for what was published before there were editions.
    let edition: Int64?
    let key: CellChanged.Key
    let reason: RevisionReason
    let cell: StoredCell
    /// The version that it replaces, as long as that is kept.
    let replaced: StoredCell?

    var seq: Int64 { cell.seq }

    /// The columns that `init` reads, of `summary s` and of what it has replaced.
    static let selection = """
        SELECT s.dataset, s.id, s.time, nullif(s.edition, 0), s.territory, period_name(s.span, s.start),
               s.programme, s.reason, s.seq, s.vintage, s.status, s.measures, s.figures, s.hiding,
               o.seq, o.vintage, o.status, o.measures, o.figures, o.hiding
        FROM summary s LEFT JOIN LATERAL (
            SELECT seq, vintage, status, measures, figures, hiding FROM summary r
            WHERE r.dataset = s.dataset AND r.seq = s.replaces OFFSET 0) o ON true
        """

    init(_ row: ResultRow) throws {
        var cursor = row.cursor()
        dataset = try cursor.next(String.self)
        id = try cursor.next(UUID.self)
        time = try cursor.next(Timestamp.self)
        edition = try cursor.next(optional: Int64.self)
        key = CellChanged.Key(
            territory: try cursor.next(TerritoryCode.self), period: try cursor.next(String.self),
            programme: try cursor.next(String.self))
        reason = try cursor.next()
        cell = try StoredCell(row, at: 8)
        let isReplacing = try row.decode(optional: Int64.self, at: 14) != nil
        replaced = isReplacing ? try StoredCell(row, at: 14) : nil
    }

    /// The public message.
    func published(in epoch: Int64) -> CellChanged {
        let measures = cell.published
        return CellChanged(
            dataset: dataset, epoch: epoch, seq: seq, edition: edition,
            asOf: edition == nil ? nil : time, key: key, vintage: cell.vintage, status: cell.status,
            reason: reason,
            measures: measures,
            replaces: replaced.map { old in
                CellChanged.Replaced(
                    seq: old.seq, vintage: old.vintage, status: old.status,
                    measures: old.published.filter { measures[$0.key] != $0.value })
            })
    }

    /// The previous version of the cell as it was published, as far as it counts for the digest.
    func publishedBefore(in epoch: Int64) -> CellChanged? {
        replaced.map { old in
            CellChanged(
                dataset: dataset, epoch: epoch, seq: old.seq, key: key, vintage: old.vintage,
                status: old.status, reason: .routine, measures: old.published)
        }
    }
}

extension StoredCell {
    fileprivate init(_ row: ResultRow, at column: Int) throws {
        seq = try row.decode(Int64.self, at: column)
        vintage = Int(try row.decode(Int32.self, at: column + 1))
        let name = try row.decode(String.self, at: column + 2)
        guard let status = CellStatus(rawValue: name) else {
            throw StoredValueError(type: "status")
        }
        self.status = status
        let names = try row.decode(arrayOf: String.self, at: column + 3)
        let values = try row.decode(arrayOfOptional: Int64.self, at: column + 4)
        let letters = Array(try row.decode(String.self, at: column + 5).utf8)
        figures = zip(names, values).enumerated().map { place, figure in
            let isHidden = place < letters.count && letters[place] != UInt8(ascii: "-")
            return Figure(name: figure.0, value: figure.1, isHidden: isHidden)
        }
    }
}
