import Messages
import Postgres

/// A page before it is laid out: its template and the values.
struct PageContent {
    let title: String
    /// The name of a template in `PageTemplates`.
    let template: String
    /// The template's values, found by their Swift names.
    let model: Any
    /// The links between the overview and this page.
    var crumbs: [Link] = []
    var hasPeriods = true
    var moment = FigureMoment.inForce
}

struct Link {
    let text: String
    let href: String
    var isCurrent = false
}

/// One consistent view of the published figures, from which pages read.
struct PageSource {
    let language: Language
    let read: DatasetState.Reading
    let states: [DatasetState]
    /// The edition in force. All cells are of it.
    let edition: EditionMoment
    let plan: Plan
    /// Times of the newest cell and of the last heartbeat of each dataset.
    let times: [Dataset: DatasetTimes]
    let measures: MeasureCatalogue
    /// The widest territory with figures.
    let root: TerritoryCode
    let programmes: [PublishedKeys.Programme]
    /// The boundaries on which figures are drawn; nil for figures where they were booked.
    let boundaries: Boundaries?
    /// The sections of the bulletin in force, for the overview.
    let sections: [BulletinSection]
    let now: Timestamp

    var programmeNames: ProgrammeNames { measures.programmes }
    var epoch: Int64 { states.first?.epoch ?? 0 }
    var signs: FigureSigns { FigureSigns(threshold: plan.threshold) }
    var format: FigureFormat { FigureFormat(language: language) }

    func figures(_ names: [CellName]) throws -> PublishedFigures {
        var figures = PublishedFigures()
        let cells = boundaries.map { BoundaryCells(boundaries: $0, measures: measures) }
        try figures.read(Array(Set(names)), on: cells, in: epoch, read)
        return figures
    }

    /// Where they were booked, whatever boundaries the page has.
    func bookedFigures(_ names: [CellName]) throws -> PublishedFigures {
        var figures = PublishedFigures()
        try figures.read(Array(Set(names)), in: epoch, read)
        return figures
    }

    /// The territories one level down.
    func children(of territory: TerritoryCode) throws -> [TerritoryCode] {
        try boundaries?.children(of: territory) ?? PublishedKeys.children(of: territory, read)
    }

    /// The programmes of which a territory has figures, once for each code that it is made of.
    func programmes(of territory: TerritoryCode) throws -> [PublishedKeys.Programme] {
        let codes = boundaries?.parts(of: territory).map(\.code) ?? [territory]
        return try codes.flatMap { code in
            code == root ? programmes : try PublishedKeys.programmes(of: code, read)
        }
    }

    /// By their codes.
    func programmes(_ dataset: Dataset, of territory: TerritoryCode) throws -> [String] {
        let all = try programmes(of: territory).filter { $0.dataset == dataset }
        return Set(all.map(\.programme)).sorted()
    }

    func names(of territories: [TerritoryCode]) throws -> PlaceNames {
        PlaceNames(
            language: language, known: try PublishedKeys.names(of: territories, read))
    }

    /// The territory of a page must have a name or figures. On boundaries it must be a unit with figures.
    /// - Parameter sums: whether sums over programmes are made there.
    func require(_ territory: TerritoryCode, sums: Bool = false) throws {
        if let boundaries {
            do {
                return sums
                    ? try boundaries.requireSums(of: territory)
                    : try boundaries.require(territory)
            } catch let problem as BoundaryProblem {
                throw PageProblem(problem)
            }
        }
        let known = try read(
            """
            SELECT FROM place WHERE code = \(territory)
            UNION ALL
            SELECT FROM dataset d WHERE EXISTS (
                SELECT FROM summary s
                WHERE s.dataset = d.name AND s.territory = \(territory) AND s.seq <= d.published)
            LIMIT 1
            """)
        guard !known.isEmpty else { throw PageProblem.notFound }
    }

    /// The months between which figures of the widest territory lie, today's at the latest: what is to come is not
    /// offered.
    var months: ClosedRange<BusinessDate>? {
        let today = now.businessDay
        guard let first = programmes.compactMap(\.first).min(), first <= today,
            let last = programmes.compactMap(\.last).max()
        else { return nil }
        return first...min(last, today)
    }
}

struct DatasetTimes: Sendable {
    let changedAt: Timestamp?
    let beatAt: Timestamp?
}

struct PlaceNames {
    let language: Language
    let known: [TerritoryCode: Words]

    subscript(code: TerritoryCode) -> String { known[code]?[language] ?? code.rawValue }
}

/// The edition of the figures of a page.
enum FigureMoment: Sendable {
    case inForce
    /// The edition of kept figures; nil if they are from before there were editions.
    case kept(EditionMoment?)
}
