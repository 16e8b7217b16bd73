import Messages
import Postgres

/// The figures of a dataset by series or by key task, as everybody may see them.
struct GroupedFigures: Encodable, Sendable {
    struct Group: Encodable, Sendable {
        let code: String
        let zh: String
        let en: String
        /// All its programmes, with or without figures.
        let programmes: [String]
        /// Nil if none of them has any.
        let status: CellStatus?
        /// Sums over the programmes.
        let measures: [String: PublishedFigure]
        /// Measures that are not added up. The programmes' own cells have them.
        let notAddedUp: [String]
    }

    let dataset: String
    let by: String
    let territory: TerritoryCode
    let period: String
    /// The day whose units these are; nil for figures where they were booked.
    let boundaries: BusinessDate?
    /// In force; nil before the first one.
    let edition: Int64?
    let asOf: Timestamp?
    let groups: [Group]

    /// - Parameters:
    ///   - territory: nil for the widest with figures.
    ///   - day: of whose boundaries it is; nil for what is booked on its code.
    /// - Returns: nil if no territory has any.
    /// - Throws: `BoundaryProblem`.
    static func read(
        _ dataset: Dataset, by grouping: ProgrammeGrouping, in territory: TerritoryCode?,
        _ period: PagePeriod, on day: BusinessDate? = nil, _ read: DatasetState.Reading
    ) throws -> GroupedFigures? {
        guard let territory = try territory ?? PublishedKeys.root(read) else { return nil }
        let measures = try MeasureCatalogue(read)
        let boundaries = try day.map { try Boundaries.on($0, through: period.lastDay, read) }
        try boundaries?.requireSums(of: territory)
        let groups = ProgrammeGroup.all(
            by: grouping, of: [], measures.programmes, measures.words)
        let place = GroupSums.Place(dataset, territory, period, boundaries)
        let epoch = try DatasetState.find(dataset.rawValue, read)?.epoch ?? 0
        let cells = boundaries.map { BoundaryCells(boundaries: $0, measures: measures) }
        var (figures, wide) = (PublishedFigures(), PublishedFigures())
        try figures.read(Array(Set(groups.flatMap(place.cells))), on: cells, in: epoch, read)
        try wide.read(Array(Set(groups.flatMap(place.districtCells))), in: epoch, read)
        let edition = try EditionMoment.inForce(read)
        return GroupedFigures(
            dataset: dataset.rawValue, by: grouping.rawValue, territory: territory,
            period: period.code, boundaries: day, edition: edition?.number, asOf: edition?.asOf,
            groups: groups.compactMap { group in
                group.code.map {
                    Group($0, group, GroupSums(group, place, figures, inDistrict: wide, measures))
                }
            })
    }
}

extension GroupedFigures.Group {
    fileprivate init(_ code: String, _ group: ProgrammeGroup, _ sums: GroupSums) {
        self.init(
            code: code, zh: group.name.zh, en: group.name.en, programmes: group.programmes,
            status: sums.status, measures: sums.figures, notAddedUp: sums.separate.sorted())
    }
}
