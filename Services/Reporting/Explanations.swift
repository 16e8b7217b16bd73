import Foundation
import Messages
import Postgres
import ServiceKit

/// Says which messages a figure is made of, to those whose scope has its territory.
enum Explanations {
    static func explain(_ query: ExplainFigure, _ unit: UnitOfWork) throws -> Outcome {
        let measures = try unit.query(
            "SELECT unit, protection <> 'none' FROM measure WHERE name = \(query.measure)")
        guard let measure = measures.first else {
            return .rejected(.unknownMeasure, at: "/measure")
        }
        let unitName = try measure.decode(String.self, at: 0)
        let isProtected = try measure.decode(Bool.self, at: 1)
        let limit = query.limit ?? FigureExplanation.usualPage
        let rows = try unit.query(statement(query, limit: limit + 1))
        let value = try rows.first?.decode(optional: Int64.self, at: 0)
        if isProtected, value != nil, let refusal = try refusal(query, value, unit) {
            return .rejected(refusal, at: "/measure")
        }
        let figure = StoredCell.published(value)
        let parts = figure.state == .notCollected ? [] : try rows.compactMap(part)
        let page = Array(parts.prefix(limit))
        let (count, withheld) =
            figure.state == .notCollected
            ? (0, 0)
            : (
                try rows.first?.decode(Int64.self, at: 1) ?? 0,
                try rows.first?.decode(Int64.self, at: 2) ?? 0
            )
        return .answered(
            FigureExplanation(
                measure: query.measure, unit: unitName, figure: figure, count: count,
                withheld: withheld > 0 ? withheld : nil, parts: page,
                next: parts.count > limit
                    ? page.last.map { ExplainFigure.Place(day: $0.day, record: $0.record) } : nil))
    }

    /// A figure that may tell of families is explained as it is published, and not if it is hidden.
    private static func refusal(
        _ query: ExplainFigure, _ value: Int64?, _ unit: UnitOfWork
    ) throws -> RefusalCode? {
        let place = Place(query)
        let rows = try unit.query(
            """
            SELECT e.value, s.hiding <> '' AND substr(s.hiding, e.place::int, 1) <> '-'
            FROM measure m JOIN summary s ON s.dataset = m.dataset
            CROSS JOIN LATERAL unnest(s.measures, s.figures) WITH ORDINALITY AS e (name, value, place)
            WHERE m.name = \(query.measure) AND s.territory = \(query.territory)
              AND s.span = \(place.span)::span AND s.start = \(place.start)
              AND s.programme = \(place.programme) AND s.superseded_by IS NULL
              AND e.name = \(query.measure + (place.dimension == "" ? "" : ":" + place.dimension))
            """)
        guard let row = rows.first else { return .figureNotPublished }
        if try row.decode(Bool.self, at: 1) { return .figureSuppressed }
        return try row.decode(optional: Int64.self, at: 0) == value ? nil : .figureNotPublished
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

    /// The figure, how many parts it has, how many of them are withheld, and a page of them; one row without a part if
    /// there is none. What was counted in a hidden cell is withheld: listed, it would tell of that cell.
    private static func statement(_ query: ExplainFigure, limit: Int) -> Statement {
        let place = Place(query)
        let after =
            query.after ?? ExplainFigure.Place(day: BusinessDate.range.lowerBound, record: "")
        return """
            WITH part AS (
                SELECT c.record, c.message, c.time, c.territory, c.day, c.dimension, c.times, c.amount,
                       coalesce(a.survivor, c.subject) AS subject, m.reads, m.dataset, m.protection
                FROM measure m JOIN contribution c ON c.source = m.source
                LEFT JOIN person_alias a ON a.person = c.subject
                WHERE m.name = \(query.measure) AND c.counts AND c.programme = \(place.programme)
                  AND c.territory >= \(query.territory) AND c.territory < \(query.territory) || ':'
                  AND c.day <= \(place.end) AND (m.is_stock OR c.day >= \(place.start))
                  AND \(place.dimension) IN ('', c.dimension)
            ), leaf AS (
                SELECT l.territory, l.day, l.dimension, coalesce(s.is_hidden, true) AS is_hidden
                FROM (SELECT DISTINCT dataset, territory, day, dimension FROM part
                      WHERE protection <> 'none') l
                LEFT JOIN LATERAL (
                    SELECT s.hiding <> '' AND substr(s.hiding, e.place::int, 1) <> '-' AS is_hidden
                    FROM summary s
                    CROSS JOIN LATERAL unnest(s.measures) WITH ORDINALITY AS e (name, place)
                    WHERE s.dataset = l.dataset AND s.territory = l.territory AND s.span = 'day'
                      AND s.programme = \(place.programme) AND s.start = l.day
                      AND s.superseded_by IS NULL
                      AND e.name = \(query.measure)
                          || CASE l.dimension WHEN '' THEN '' ELSE ':' || l.dimension END
                ) s ON true
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
            ), shown AS (
                SELECT a.* FROM added a LEFT JOIN leaf l USING (territory, day, dimension)
                WHERE l.is_hidden IS NOT TRUE
            )
            SELECT f.value, (SELECT count(*) FROM shown),
                   (SELECT count(*) FROM part) - (SELECT count(*) FROM shown), a.message, a.time,
                   a.record, a.territory, a.day, a.contribution::bigint
            FROM (SELECT (
                SELECT value FROM figure
                WHERE measure = \(query.measure) AND territory = \(query.territory)
                  AND span = \(place.span)::span AND start = \(place.start)
                  AND programme = \(place.programme) AND dimension = \(place.dimension)) AS value) f
            LEFT JOIN (
                SELECT * FROM shown WHERE (day, record) > (\(after.day), \(after.record))
                ORDER BY day, record LIMIT \(limit)) a ON true
            ORDER BY a.day, a.record
            """
    }

    private static func part(_ row: ResultRow) throws -> FigureExplanation.Part? {
        guard let message = try row.decode(optional: UUID.self, at: 3) else { return nil }
        return FigureExplanation.Part(
            message: message, time: try row.decode(optional: Timestamp.self, at: 4),
            record: try row.decode(String.self, at: 5),
            territory: try row.decode(TerritoryCode.self, at: 6),
            day: try row.decode(BusinessDate.self, at: 7),
            contribution: try row.decode(Int64.self, at: 8))
    }

    static let migration = Migration(
        "0016_contribution_time",
        """
        ALTER TABLE contribution ADD COLUMN time timestamptz;
        COMMENT ON COLUMN contribution.time IS 'of the fact; null if it came before times were kept';
        """)
}

extension RefusalCode {
    static let unknownMeasure = RefusalCode("unknown_measure", "a measure of the data dictionary")
    static let figureSuppressed = RefusalCode(
        "figure_suppressed", "a figure that is not suppressed")
    static let figureNotPublished = RefusalCode(
        "figure_not_published", "a figure as it is published; it has just changed, or is held back")
}
