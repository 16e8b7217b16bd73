import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers exact figures as they are now, with what is not rolled up yet, to staff whose scope has their territory. An edition
/// made now would say the same of each, and of fewer.
///
/// A question that is too wide is refused before anything is added up, and each page adds up its own figures only.
enum LiveFigures {
    /// Figures on all pages of one question.
    private static let widest: Int64 = 20_000

    static func get(_ query: GetFigures, _ unit: UnitOfWork) throws -> Outcome {
        if let dataset = query.dataset, Dataset(rawValue: dataset) == nil {
            return .rejected(.unknownDataset, at: "/dataset")
        }
        let measures = try unit.query(
            """
            SELECT name FROM measure WHERE (\(query.dataset) IS NULL OR dataset = \(query.dataset))
            """
        ).map { try $0.decode(String.self, at: 0) }
        let known = Set(measures)
        if let unknown = query.measures?.firstIndex(where: { !known.contains($0) }) {
            return .rejected(.unknownMeasure, at: "/measures/\(unknown)")
        }
        let filter: ProgrammeFilter
        switch try ProgrammeFilter.read(
            series: query.series?.rawValue, keyTask: query.keyTask?.rawValue, unit.query)
        {
        case .success(let found): filter = found
        case .failure(let unknown):
            let pointer = unknown.grouping == .series ? "/series" : "/keyTask"
            return .rejected(.unknownGroup, at: pointer, expected: unknown.expected)
        }
        let limit = query.limit ?? GetFigures.usualPage
        let statement = LiveFigureStatement(
            query, of: filter, units: try units(query, unit), measures: query.measures ?? measures,
            today: try Editions.today(unit.now, unit.query), widest: widest)
        let rows = try unit.query(statement.page(of: limit + 1))
        let count = try rows.first?.decode(Int64.self, at: 0) ?? 0
        guard count <= widest else {
            return .rejected(
                .tooWide, at: "",
                expected: "at most \(widest) figures: fewer measures, a shorter period or one unit")
        }
        try FigureRead.note(query, unit)
        let found = try rows.compactMap(figure)
        let page = Array(found.prefix(limit))
        return .answered(
            FiguresAnswer(
                asOf: unit.now, count: count, figures: page,
                next: found.count > limit ? page.last?.key : nil))
    }

    /// The codes that are asked about: of parts, what is named and what something was booked on.
    private static func units(_ query: GetFigures, _ unit: UnitOfWork) throws -> [String] {
        let whole = query.territory.rawValue
        guard query.units == .parts else { return [whole] }
        let length = Int32(whole.utf8.count + 3)
        return try unit.query(
            """
            -- From one code to the next: there are many cells of each.
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
        ).map { try $0.decode(String.self, at: 0) }
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
