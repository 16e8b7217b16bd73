import Messages

/// Sums over the programmes of a group in one territory and period. They are made only of figures that an edition shows, so
/// they tell no more than these.
///
/// A sum is hidden if one of its parts is hidden. Below the district, a sum about families is missing if a programme has a
/// figure in the district and none here, because that level of it is withheld. Measures that cannot be added up are left out.
struct GroupSums {
    /// By measure, parts among them.
    private(set) var figures: [String: PublishedFigure] = [:]
    /// Measures that cannot be added up over programmes: persons, families, stocks, smallest and largest.
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

    /// The territory and period of sums.
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

        /// The cells that are added up.
        func cells(_ group: ProgrammeGroup) -> [CellName] { group.programmes.map(cell) }

        /// The cells of the district. They tell whether a programme has figures that its cell here does not show.
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

    /// A programme's figure here and in the district.
    struct Part {
        let figure: PublishedFigure
        let inDistrict: PublishedFigure

        /// Whether the programme has a figure that is not published here.
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
    /// The district around it, or itself.
    fileprivate var district: TerritoryCode { ancestor(at: .district) ?? self }
}

extension Boundaries {
    /// Sums over programmes need the figures of the territory and of the district around it.
    /// - Throws: `BoundaryProblem` if there are no figures of either.
    func requireSums(of territory: TerritoryCode) throws {
        try require(territory)
        try require(territory.district)
    }
}
