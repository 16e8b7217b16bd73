import Messages
import Postgres

/// A page before it is laid out: what its template is and what that is filled with.
struct PageContent {
    let title: String
    /// The name of a template in `PageTemplates`.
    let template: String
    /// The template's values, found by their Swift names.
    let model: Any
    /// The way to here from the overview, without either end.
    var crumbs: [Link] = []
    var hasPeriods = true
    var moment = FigureMoment.inForce
}

struct Link {
    let text: String
    let href: String
    var isCurrent = false
}

/// What pages read from: one consistent view of what is published.
struct PageSource {
    let language: Language
    let read: DatasetState.Reading
    let states: [DatasetState]
    /// What is in force: all cells are of it.
    let edition: EditionMoment
    let plan: Plan
    /// When the newest cell of each dataset was written, and when each last gave a sign of life.
    let times: [Dataset: DatasetTimes]
    let measures: MeasureCatalogue
    /// The widest territory with figures.
    let root: TerritoryCode
    let programmes: [PublishedKeys.Programme]
    /// What figures are drawn on; nil for where they were booked.
    let boundaries: Boundaries?
    /// Those of the bulletin in force, which the overview has too.
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

    /// What a territory has figures of, once for each code that it is made of.
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

    /// The territory that a page is about must be known, by name or by figures; on boundaries it must be a unit with figures.
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

    /// The months between which figures of the widest territory lie.
    var months: ClosedRange<BusinessDate>? {
        guard let first = programmes.compactMap(\.first).min(),
            let last = programmes.compactMap(\.last).max()
        else { return nil }
        return first...last
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
