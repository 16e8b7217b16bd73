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
            Column("period", { $0.period.wireText }), Column("edition", { $0.edition }),
            Column("published_on", { $0.publishedOn }), Column("published_at", { $0.publishedAt }),
            Column("territory", { $0.territory }), Column("reason", optional: { $0.reason }),
            Column("epoch", { $0.epoch }), Column("data_through", optional: { $0.dataThrough }),
            Column("of_edition", optional: { $0.moment?.number }),
            Column("as_of", optional: { $0.moment?.asOf }),
            Column("version", optional: { $0.version }),
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
                dataset: try row.next(enum: Dataset.self),
                unit: MeasureUnit(rawValue: try row.next(String.self)), programme: try row.next(),
                measure: try row.next(), territory: try row.next(),
                period: try row.next(period: "a bulletin"),
                figure: PublishedFigure(
                    state: try row.next(enum: FigureState.self),
                    value: try row.next(optional: Int64.self)),
                status: try row.next(optional: String.self).flatMap(CellStatus.init(rawValue:)),
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
            Column("period", { $0.edition.period.wireText }),
            Column("edition", { $0.edition.edition }), Column("dataset", { $0.state.name }),
            Column("seq", { $0.state.seq }),
        ])
}

/// A figure as an edition has it.
struct KeptFigure: Record {
    let edition: BulletinEdition
    let figure: BulletinFigure

    static let table = RecordTable<KeptFigure>(
        "bulletin_figure",
        columns: [
            Column("period", { $0.edition.period.wireText }),
            Column("edition", { $0.edition.edition }), Column("number", { $0.figure.number }),
            Column("about", { $0.figure.period.code }), Column("name_zh", { $0.figure.name.zh }),
            Column("name_en", { $0.figure.name.en }),
            Column("dataset", { $0.figure.dataset.rawValue }),
            Column("unit", { $0.figure.unit?.rawValue ?? "" }),
            Column("programme", { $0.figure.programme }),
            Column("measure", { $0.figure.measure }), Column("territory", { $0.figure.territory }),
            Column("state", { $0.figure.figure.state.rawValue }),
            Column("value", optional: { $0.figure.figure.shown }),
            Column("status", optional: { $0.figure.status?.rawValue }),
            Column("vintage", { $0.figure.vintage }),
        ])
}
