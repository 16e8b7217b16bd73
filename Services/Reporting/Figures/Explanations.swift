import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers of which messages a figure is made now. The publisher needs the territory in its scope.
enum Explanations {
    static func explain(_ query: ExplainFigure, _ unit: UnitOfWork) throws -> FigureExplanation {
        try Rebuilds.requireWhole(unit)
        guard let measure = Measures.named[query.measure] else {
            throw Refusal(.unknownMeasure, at: "/measure")
        }
        let limit = query.limit ?? FigureExplanation.usualPage
        let rows = try unit.query(statement(query, limit: limit + 1))
        let value = try rows.first?.decode(optional: Int64.self, at: 0)
        let figure = StoredCell.published(value)
        let parts = figure.state == .notCollected ? [] : try rows.compactMap(part)
        let page = Array(parts.prefix(limit))
        let count =
            figure.state == .notCollected ? 0 : try rows.first?.decode(Int64.self, at: 1) ?? 0
        try FigureRead.note(query, unit)
        return FigureExplanation(
            measure: query.measure, unit: measure.unit.rawValue, figure: figure, count: count,
            parts: page,
            next: parts.count > limit
                ? page.last.map { ExplainFigure.Place(day: $0.day, record: $0.record) } : nil)
    }

    private struct Place {
        let span: String
        let start: BusinessDate
        let end: BusinessDate
        let programme: String
        let dimension: String

        init(_ query: ExplainFigure) {
            let period = Period(query.period)
            span = period?.span.rawValue ?? "all"
            start = period?.start ?? BusinessDate.range.lowerBound
            end = period?.end ?? BusinessDate.range.upperBound
            programme = query.programme?.rawValue ?? ""
            dimension = query.dimension ?? ""
        }
    }

    /// The figure, how many parts it has, and a page of them; one row without a part if there is none.
    private static func statement(_ query: ExplainFigure, limit: Int) -> Statement {
        let place = Place(query)
        let after =
            query.after ?? ExplainFigure.Place(day: BusinessDate.range.lowerBound, record: "")
        return """
            WITH part AS (
                SELECT c.record, c.message, c.time, c.territory, c.day, c.dimension, c.times, c.amount,
                       coalesce(a.survivor, c.subject) AS subject, m.reads
                FROM measure m JOIN contribution c ON c.source = m.source
                LEFT JOIN person_alias a ON a.person = c.subject
                WHERE m.name = \(query.measure) AND c.counts AND c.programme = \(place.programme)
                  AND c.territory >= \(query.territory) AND c.territory < \(query.territory) || ':'
                  AND c.day <= \(place.end) AND (m.is_stock OR c.day >= \(place.start))
                  AND \(place.dimension) IN ('', c.dimension)
            ), most AS (
                SELECT subject FROM part WHERE subject IS NOT NULL AND reads = 'most'
                GROUP BY subject ORDER BY sum(times) DESC, subject LIMIT 1
            ), added AS (
                SELECT p.record, p.message, p.time, p.territory, p.day, p.dimension,
                       CASE p.reads
                       WHEN 'times' THEN p.times
                       WHEN 'amount' THEN p.amount
                       WHEN 'subjects' THEN CASE WHEN p.subject IS NOT NULL AND row_number() OVER (
                           PARTITION BY p.subject ORDER BY p.day, p.record) = 1 THEN 1 ELSE 0 END
                       WHEN 'smallest' THEN CASE WHEN row_number() OVER (
                           ORDER BY p.amount, p.day, p.record) = 1 THEN p.amount ELSE 0 END
                       WHEN 'largest' THEN CASE WHEN row_number() OVER (
                           ORDER BY p.amount DESC, p.day, p.record) = 1 THEN p.amount ELSE 0 END
                       ELSE CASE WHEN p.subject = (SELECT subject FROM most) THEN p.times ELSE 0 END
                       END AS contribution
                FROM part p
            )
            SELECT f.value, (SELECT count(*) FROM part), a.message, a.time, a.record, a.territory,
                   a.day, a.contribution::bigint
            FROM (SELECT (
                SELECT value FROM figure
                WHERE measure = \(query.measure) AND territory = \(query.territory)
                  AND span = \(place.span)::span AND start = \(place.start)
                  AND programme = \(place.programme) AND dimension = \(place.dimension)) AS value) f
            LEFT JOIN (
                SELECT * FROM added WHERE (day, record) > (\(after.day), \(after.record))
                ORDER BY day, record LIMIT \(limit)) a ON true
            ORDER BY a.day, a.record
            """
    }

    private static func part(_ row: ResultRow) throws -> FigureExplanation.Part? {
        guard let message = try row.decode(optional: UUID.self, at: 2) else { return nil }
        return FigureExplanation.Part(
            message: message, time: try row.decode(optional: Timestamp.self, at: 3),
            record: try row.decode(String.self, at: 4),
            territory: try row.decode(TerritoryCode.self, at: 5),
            day: try row.decode(BusinessDate.self, at: 6),
            contribution: try row.decode(Int64.self, at: 7))
    }
}
