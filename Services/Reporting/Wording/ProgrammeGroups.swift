import Messages
import Postgres

/// What programmes are told of together by.
enum ProgrammeGrouping: String, CaseIterable, Sendable {
    case series
    case keyTask = "key_task"

    var word: WordKind {
        switch self {
        case .series: .series
        case .keyTask: .keyTask
        }
    }

    var name: Words {
        switch self {
        case .series: .series
        case .keyTask: .keyTasks
        }
    }
}

/// A series or a key task, and the programmes that the association has put into it.
struct ProgrammeGroup: Sendable {
    /// Nil for the programmes that are in none.
    let code: String?
    let name: Words
    /// By their codes.
    let programmes: [String]

    /// By their codes, those that have a name and no programme among them. What is in none comes last, if there is any.
    /// - Parameter programmes: those of which there are figures or lines; empty for what belongs to no programme.
    static func all(
        by grouping: ProgrammeGrouping, of programmes: some Sequence<String>,
        _ names: ProgrammeNames, _ words: DistrictWords
    ) -> [ProgrammeGroup] {
        var groups: [String: Set<String>] = [:]
        for code in words.codes(of: grouping.word) { groups[code] = [] }
        for (programme, code) in names.groups(by: grouping) {
            groups[code, default: []].insert(programme)
        }
        let placed = groups.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        let rest = Set(programmes).subtracting(placed)
        let named = groups.sorted { $0.key < $1.key }.map { code, programmes in
            ProgrammeGroup(
                code: code, name: words[grouping.word, code] ?? Words(both: code),
                programmes: programmes.sorted())
        }
        return named
            + (rest.isEmpty
                ? [] : [ProgrammeGroup(code: nil, name: .noGroup, programmes: rest.sorted())])
    }
}

/// What the programmes of a group come to in one territory and period, made of what an edition shows of each and of nothing
/// else: it tells no more than they do.
///
/// A sum with a part that is hidden is hidden. Below the district one about families is not said either where a programme has no
/// figure that has one in the district: that level of it is withheld. What cannot be added up is left out.
struct GroupSums {
    /// By measure, parts among them.
    private(set) var figures: [String: PublishedFigure] = [:]
    /// What the programmes have besides: persons, families, stocks, smallest and largest.
    private(set) var separate: Set<String> = []
    /// The least settled of its cells; nil without any.
    private(set) var status: CellStatus?

    /// - Parameters:
    ///   - published: the cells that `cells` names.
    ///   - district: the cells that `districtCells` names, each where it was booked.
    init(
        _ group: ProgrammeGroup, _ place: Place, _ published: PublishedFigures,
        inDistrict district: PublishedFigures, _ measures: MeasureCatalogue
    ) {
        let cells = group.programmes.map { (own: place.cell($0), wide: place.districtCells($0)) }
        let names = cells.reduce(into: Set<String>()) { names, cell in
            let all = cell.wide.map { district.cells[$0] } + [published.cells[cell.own]]
            for cell in all { names.formUnion(cell.map { Array($0.measures.keys) } ?? []) }
        }
        for name in names {
            guard let measure = measures[name] else { continue }
            guard measure.addsProgrammes else {
                if cells.contains(where: { published.cells[$0.own]?.measures[name] != nil }) {
                    separate.insert(measure.name)
                }
                continue
            }
            let parts = cells.map { cell in
                let wide = cell.wide.map { district[FigureName(cell: $0, measure: name)] }
                return Part(
                    figure: published[FigureName(cell: cell.own, measure: name)],
                    inDistrict: wide.first(where: \.saysSomething)
                        ?? PublishedFigure(state: .notCollected))
            }
            figures[name] = Self.sum(parts, isAboutFamilies: measure.isAboutFamilies)
        }
        let statuses = cells.compactMap { published.cells[$0.own]?.status }
        status = [.provisional, .revised, .final].first(where: statuses.contains)
    }

    /// Where and when sums are made.
    struct Place {
        let dataset: Dataset
        let territory: TerritoryCode
        let period: PagePeriod
        /// The codes that the district around it is made of.
        private let districts: [TerritoryCode]

        /// - Parameter boundaries: nil for figures where they were booked.
        init(
            _ dataset: Dataset, _ territory: TerritoryCode, _ period: PagePeriod,
            _ boundaries: Boundaries?
        ) {
            self.dataset = dataset
            self.territory = territory
            self.period = period
            districts =
                boundaries?.parts(of: territory.district).map(\.code) ?? [territory.district]
        }

        /// What sums of a group are made of.
        func cells(_ group: ProgrammeGroup) -> [CellName] { group.programmes.map(cell) }

        /// What says whether there is more of a group than they say.
        func districtCells(_ group: ProgrammeGroup) -> [CellName] {
            group.programmes.flatMap(districtCells)
        }

        fileprivate func cell(_ programme: String) -> CellName {
            CellName(
                dataset: dataset, territory: territory, period: period, programme: programme)
        }

        fileprivate func districtCells(_ programme: String) -> [CellName] {
            districts.map { cell(programme).of($0) }
        }
    }

    /// A programme's figure, and what the district has of it.
    struct Part {
        let figure: PublishedFigure
        let inDistrict: PublishedFigure

        /// Whether there is something of it, though it is not said here.
        fileprivate var isWithheld: Bool {
            figure.state == .notCollected && inDistrict.saysSomething
        }
    }

    static func sum(_ parts: [Part], isAboutFamilies: Bool) -> PublishedFigure {
        if parts.contains(where: { $0.figure.state == .suppressed }) {
            return PublishedFigure(state: .suppressed)
        }
        let values = parts.compactMap(\.figure.shown)
        if values.isEmpty || isAboutFamilies && parts.contains(where: \.isWithheld) {
            return PublishedFigure(state: .notCollected)
        }
        var total: Int64 = 0
        for value in values {
            let (sum, isTooLarge) = total.addingReportingOverflow(value)
            if isTooLarge { return PublishedFigure(state: .notCollected) }
            total = sum
        }
        return PublishedFigure(state: total == 0 ? .zero : .value, value: total)
    }
}

extension PublishedFigure {
    /// Whether there is something, shown or hidden.
    fileprivate var saysSomething: Bool { state == .value || state == .suppressed }
}

extension TerritoryCode {
    /// Around it, or itself.
    fileprivate var district: TerritoryCode { ancestor(at: .district) ?? self }
}

extension Boundaries {
    /// Sums over programmes look at the district, too: what it has and a place inside does not say is no part of a sum.
    /// - Throws: `BoundaryProblem` if there are no figures of either.
    func requireSums(of territory: TerritoryCode) throws {
        try require(territory)
        try require(territory.district)
    }
}
