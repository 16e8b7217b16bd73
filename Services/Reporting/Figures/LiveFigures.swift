import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers exact figures as they are now, deltas included, to staff whose scope has the territory. An edition of this moment
/// would have the same figures, and leave some out.
///
/// A question that is too wide is refused before anything is added up. Each page adds up only its own figures.
enum LiveFigures {
    /// Figures on all pages of one question.
    private static let widest: Int64 = 20_000

    static func get(_ query: GetFigures, _ unit: UnitOfWork) throws -> FiguresAnswer {
        try Rebuilds.requireWhole(unit)
        let measures = try requireMeasures(query)
        let filter = try requireProgrammes(query, unit)
        let limit = query.limit ?? GetFigures.usualPage
        let today = try Editions.today(unit.now, unit.query)
        let asked = try requireUnits(query, today, unit)
        let statement = LiveFigureStatement(
            query, of: filter, areas: asked.areas, district: asked.district, measures: measures,
            today: today, widest: widest)
        let rows = try unit.query(statement.page(of: limit + 1))
        let count = try rows.first?.decode(Int64.self, at: 0) ?? 0
        guard count <= widest else {
            throw Refusal(
                .tooWide, at: "",
                expected: "at most \(widest) figures: fewer measures, a shorter period or one unit")
        }
        try FigureRead.note(query, unit)
        let found = try rows.compactMap(figure)
        let page = Array(found.prefix(limit))
        return FiguresAnswer(
            asOf: unit.now, count: count, figures: page, divided: asked.divided,
            next: found.count > limit ? page.last?.key : nil)
    }

    /// The measures that are asked for: those named, or all of the dataset.
    private static func requireMeasures(_ query: GetFigures) throws(Refusal) -> [String] {
        if let dataset = query.dataset, Dataset(rawValue: dataset) == nil {
            throw Refusal(.unknownDataset, at: "/dataset")
        }
        let measures = Measures.all.filter {
            query.dataset == nil || query.dataset == $0.dataset.rawValue
        }.map(\.name)
        let known = Set(measures)
        if let unknown = query.measures?.firstIndex(where: { !known.contains($0) }) {
            throw Refusal(.unknownMeasure, at: "/measures/\(unknown)")
        }
        return query.measures ?? measures
    }

    /// The programmes of the series and the key task that are asked for.
    private static func requireProgrammes(
        _ query: GetFigures, _ unit: UnitOfWork
    ) throws -> ProgrammeFilter {
        do {
            return try ProgrammeFilter.read(
                series: query.series?.rawValue, keyTask: query.keyTask?.rawValue, unit.query)
        } catch let unknown as UnknownGroup {
            let pointer = unknown.grouping == .series ? "/series" : "/keyTask"
            throw Refusal(.unknownGroup, at: pointer, expected: unknown.expected)
        }
    }

    /// The territories of a question.
    private struct Asked {
        let areas: [LiveFigureStatement.Area]
        let district: LiveFigureStatement.Area
        var divided: [DividedUnit]?
    }

    /// The units that are asked about, on the boundaries that are asked for.
    private static func requireUnits(
        _ query: GetFigures, _ today: BusinessDate, _ unit: UnitOfWork
    ) throws -> Asked {
        do {
            return try units(of: query, today, unit)
        } catch let problem as BoundaryProblem {
            throw Refusal(problem.code, at: "/\(problem.field)", expected: problem.expected)
        }
    }

    /// - Throws: `BoundaryProblem`.
    private static func units(
        of query: GetFigures, _ today: BusinessDate, _ unit: UnitOfWork
    ) throws -> Asked {
        func booked(_ code: TerritoryCode) -> LiveFigureStatement.Area {
            LiveFigureStatement.Area(unit: code, parts: [Boundaries.Part(code: code)])
        }
        let district = query.territory.ancestor(at: .district) ?? query.territory
        guard let day = query.boundaries else {
            try requireKnown(query.territory, unit)
            return Asked(
                areas: try codes(query, unit).map(booked), district: booked(district))
        }
        let period = query.period.flatMap { Period($0) }
        let boundaries = try Boundaries.on(
            day, through: period?.end ?? BusinessDate.range.upperBound, unit.query)
        try boundaries.require(query.territory, hasFigures: query.units != .parts)
        let units =
            query.units == .parts ? boundaries.children(of: query.territory) : [query.territory]
        func area(_ unit: TerritoryCode) -> LiveFigureStatement.Area {
            LiveFigureStatement.Area(unit: unit, parts: boundaries.parts(of: unit))
        }
        let areas = units.map(area).filter { !$0.parts.isEmpty }
        try require(areas.flatMap(\.parts), today, unit)
        let around = area(district)
        let divided = units.compactMap { unit in
            boundaries.divided[unit].map { DividedUnit(territory: unit, codes: $0) }
        }
        return Asked(
            areas: areas, district: around.parts.isEmpty ? booked(district) : around,
            divided: divided.isEmpty ? nil : divided)
    }

    /// Registry has named the territory, or something is counted in it.
    private static func requireKnown(_ territory: TerritoryCode, _ unit: UnitOfWork) throws {
        let code = territory.rawValue
        let known = try unit.query(
            """
            SELECT EXISTS (SELECT FROM place WHERE code = \(code))
                OR EXISTS (SELECT FROM cell WHERE territory = \(code))
                OR EXISTS (SELECT FROM delta WHERE starts_with(territory, \(code)))
            """)
        guard try known.first?.decode(Bool.self, at: 0) == true else {
            throw Refusal(.unknownPlace, at: "/territory")
        }
    }

    /// The publisher needs all codes that count in its scope, or their successors until today.
    private static func require(
        _ parts: [Boundaries.Part], _ today: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let foreign = parts.map(\.code).filter { !unit.isGranted($0) }
        guard !foreign.isEmpty else { return }
        let now = try Boundaries.on(today, unit.query)
        for code in foreign where !(now.around(code).last.map(unit.isGranted) ?? false) {
            throw BoundaryProblem.outOfScope(code)
        }
    }

    /// The codes of the question: the parts that are named, and those with contributions.
    private static func codes(_ query: GetFigures, _ unit: UnitOfWork) throws -> [TerritoryCode] {
        let whole = query.territory.rawValue
        guard query.units == .parts else { return [query.territory] }
        let length = Int32(whole.utf8.count + 3)
        return try unit.query(
            """
            -- Jumps from one code to the next, because each has many cells.
            WITH RECURSIVE booked (code) AS (
                SELECT (SELECT left(territory, \(length)) FROM cell
                        WHERE territory > \(whole) AND territory < \(whole) || ':'
                        ORDER BY territory LIMIT 1)
                UNION ALL
                SELECT (SELECT left(territory, \(length)) FROM cell
                        WHERE territory > b.code || ':' AND territory < \(whole) || ':'
                        ORDER BY territory LIMIT 1)
                FROM booked b WHERE b.code IS NOT NULL
            )
            SELECT code FROM booked WHERE code IS NOT NULL
            UNION
            SELECT left(territory, \(length)) FROM delta
            WHERE territory > \(whole) AND territory < \(whole) || ':'
            UNION
            SELECT code FROM place
            WHERE code > \(whole) AND code < \(whole) || ':' AND length(code) = \(length)
            """
        ).map { try $0.decode(TerritoryCode.self, at: 0) }
    }

    private static func figure(_ row: ResultRow) throws -> LiveFigure? {
        guard let measure = try row.decode(optional: String.self, at: 1) else { return nil }
        let key = FigureKey(
            measure: measure, programme: try row.decode(String.self, at: 2),
            dimension: try row.decode(String.self, at: 3),
            territory: try row.decode(TerritoryCode.self, at: 4),
            period: try row.decode(String.self, at: 5))
        return LiveFigure(
            key: key, unit: try row.decode(String.self, at: 6),
            figure: StoredCell.published(try row.decode(optional: Int64.self, at: 7)))
    }
}

extension RefusalCode {
    static let unknownGroup = RefusalCode(
        "unknown_group", "a series or key task that a programme belongs to")
    static let tooWide = RefusalCode("too_wide", "a question about fewer figures")
}
