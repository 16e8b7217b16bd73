import Messages
import Postgres
import ServiceKit

/// One edition of the bulletin of a month.
struct BulletinEdition: Record {
    let period: Period
    /// From 1 on.
    let edition: Int
    let publishedOn: BusinessDate
    let publishedAt: Timestamp
    let territory: TerritoryCode
    let reason: String?
    let epoch: Int64
    /// The first day of the last month with figures. Figures of the year and of all time end with it.
    let dataThrough: BusinessDate?
    /// The edition of its figures; nil if there was none yet.
    let moment: EditionMoment?
    /// The version of the bulletin that lays it out; nil if it is from before there were versions.
    let version: Int64?

    static let table = RecordTable<BulletinEdition>(
        "bulletin_edition",
        columns: [
            Column("period", \.period.wireText), Column("edition", \.edition),
            Column("published_on", \.publishedOn), Column("published_at", \.publishedAt),
            Column("territory", \.territory), Column("reason", \.reason), Column("epoch", \.epoch),
            Column("data_through", \.dataThrough), Column("of_edition", \.moment?.number),
            Column("as_of", \.moment?.asOf), Column("version", \.version),
        ])

    func fact(
        _ states: [DatasetState], _ figures: [BulletinFigure], changed: Int?
    ) -> BulletinPublished {
        BulletinPublished(
            period: period, edition: edition, publishedOn: publishedOn, territory: territory,
            reason: reason, epoch: epoch,
            positions: states.map { .init(dataset: $0.name, seq: $0.seq) },
            figures: figures.count, changed: changed)
    }

    // MARK: Reading

    /// Of one month, or of all of them; the newest first.
    static func all(
        of month: Period?, _ read: DatasetState.Reading
    ) throws -> [BulletinEdition] {
        let code = month?.wireText
        return try read(
            """
            SELECT period, edition, published_on, published_at, territory, reason, epoch,
                   data_through, of_edition, as_of, version
            FROM bulletin_edition WHERE \(code) IS NULL OR period = \(code)
            ORDER BY period DESC, edition DESC LIMIT 1000
            """
        ).map { row in
            var row = row.cursor()
            guard let period = Period(try row.next(String.self)) else {
                throw StoredValueError(type: "period")
            }
            return BulletinEdition(
                period: period, edition: try row.next(), publishedOn: try row.next(),
                publishedAt: try row.next(), territory: try row.next(),
                reason: try row.next(optional: String.self), epoch: try row.next(),
                dataThrough: try row.next(optional: BusinessDate.self),
                moment: try row.nextMoment(), version: try row.next(optional: Int64.self))
        }
    }

    /// The figures of an edition.
    static func figures(
        of month: Period, edition: Int, _ read: DatasetState.Reading
    ) throws -> [BulletinFigure] {
        try read(
            """
            SELECT number, name_zh, name_en, dataset, unit, programme, measure, territory, about,
                   state, value, status, vintage
            FROM bulletin_figure WHERE period = \(month.wireText) AND edition = \(edition)
            ORDER BY number, length(about) DESC, about
            """
        ).map { row in
            var row = row.cursor()
            return BulletinFigure(
                number: try row.next(), name: Words(try row.next(), try row.next()),
                dataset: try row.next(),
                unit: MeasureUnit(rawValue: try row.next(String.self)), programme: try row.next(),
                measure: try row.next(), territory: try row.next(),
                period: try row.next(period: "a bulletin"),
                figure: PublishedFigure(
                    state: try row.next(),
                    value: try row.next(optional: Int64.self)),
                status: try row.next(optional: CellStatus.self),
                vintage: try row.next())
        }
    }

    /// The differences that a reader sees: pairs of old and new figures, nil where one side has none.
    static func differences(
        from before: [BulletinFigure], to after: [BulletinFigure]
    ) -> [(before: BulletinFigure?, after: BulletinFigure?)] {
        let old = Dictionary(before.map { ($0.place, $0) }, uniquingKeysWith: { first, _ in first })
        let new = Set(after.map(\.place))
        let changed = after.compactMap { figure -> (BulletinFigure?, BulletinFigure?)? in
            guard let earlier = old[figure.place] else { return (nil, figure) }
            return figure.differs(from: earlier) ? (earlier, figure) : nil
        }
        return changed + before.filter { !new.contains($0.place) }.map { ($0, nil) }
    }
}

/// The position of a dataset when an edition was made.
struct BulletinPosition: Record {
    let edition: BulletinEdition
    let state: DatasetState

    static let table = RecordTable<BulletinPosition>(
        "bulletin_position",
        columns: [
            Column("period", \.edition.period.wireText), Column("edition", \.edition.edition),
            Column("dataset", \.state.name), Column("seq", \.state.seq),
        ])
}

/// A figure as an edition has it.
struct KeptFigure: Record {
    let edition: BulletinEdition
    let figure: BulletinFigure

    static let table = RecordTable<KeptFigure>(
        "bulletin_figure",
        columns: [
            Column("period", \.edition.period.wireText), Column("edition", \.edition.edition),
            Column("number", \.figure.number), Column("about", \.figure.period.code),
            Column("name_zh", \.figure.name.zh), Column("name_en", \.figure.name.en),
            Column("dataset", \.figure.dataset), Column("unit", { $0.figure.unit?.rawValue ?? "" }),
            Column("programme", \.figure.programme), Column("measure", \.figure.measure),
            Column("territory", \.figure.territory), Column("state", \.figure.figure.state),
            Column("value", \.figure.figure.shown), Column("status", \.figure.status),
            Column("vintage", \.figure.vintage),
        ])
}
