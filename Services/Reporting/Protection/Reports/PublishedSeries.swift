import Messages
import Postgres
import ServiceKit

/// The published counts of one source and programme of a district, in all editions that are kept.
struct PublishedSeries {
    struct Name: Hashable {
        let dataset: String
        let source: String
        let programme: String
        let district: String
    }

    /// The count of a territory in a period, as editions have said it from one on.
    struct Version {
        let cell: PublishedCell
        let edition: Int64
        /// As it is; nil if the edition has it no more.
        let value: Int64?
        /// Of a stock of families, how many persons they are.
        let persons: Int64?
        let letter: Letter
        /// It took the place of another row, perhaps of one that is not kept.
        let isReplacing: Bool

        var isHidden: Bool { letter != .shown }
    }

    /// A letter of `summary.hiding`.
    enum Letter: String, PostgresValue {
        case small = "p"
        case neighbour = "c"
        case shown = "-"
    }

    let name: Name
    let isStock: Bool
    /// In the order in which they were published.
    private(set) var versions: [Version] = []
    /// Counts booked now on territories themselves, by the shortest published period.
    private(set) var booked: [PublishedCell: Int64] = [:]
}

extension PublishedSeries {
    /// All of which something is published below the district.
    static func all(_ connection: Connection) throws -> [PublishedSeries] {
        var found: [Name: PublishedSeries] = [:]
        for row in try connection.run(versions) {
            var row = row.cursor()
            let name = Name(
                dataset: try row.next(), source: try row.next(), programme: try row.next(),
                district: try row.next())
            let isStock = try row.next(Bool.self)
            let cell = try PublishedCell(&row)
            let version = Version(
                cell: cell, edition: try row.next(), value: try row.next(optional: Int64.self),
                persons: try row.next(optional: Int64.self),
                letter: try row.next(), isReplacing: try row.next())
            found[name, default: PublishedSeries(name: name, isStock: isStock)]
                .versions.append(version)
        }
        for row in try connection.run(booked) {
            var row = row.cursor()
            let name = Name(
                dataset: try row.next(), source: try row.next(), programme: try row.next(),
                district: try row.next())
            let cell = try PublishedCell(&row)
            found[name]?.booked[cell] = try row.next()
        }
        return found.values.sorted { $0.name.order < $1.name.order }
    }

    /// Of each source the measure that counts families, as `SettledFigures` has it.
    private static let series = """
        WITH counting AS (
            SELECT DISTINCT ON (source) source, dataset, name, reads, is_stock
            FROM measure WHERE protection <> 'none' AND is_additive
            ORDER BY source, (reads = 'times' AND protection = 'count') DESC, reads
        ), series AS (
            SELECT m.dataset, m.source, t.programme, t.district, m.name, m.reads, m.is_stock,
                   min(p.name COLLATE "C") AS persons, min(t.span) AS span
            FROM settled_table t JOIN counting m ON m.source = t.source
            LEFT JOIN measure p ON p.source = m.source AND m.is_stock AND m.reads = 'times'
                AND p.reads = 'amount' AND p.is_additive
            GROUP BY 1, 2, 3, 4, 5, 6, 7
        )

        """

    private static let versions = Statement(
        trusted: series + """
            SELECT r.dataset, r.source, r.programme, r.district, r.is_stock, s.territory, s.span, s.start,
                   s.edition, s.figures[m.place],
                   s.figures[array_position(s.measures, r.persons COLLATE "default")], coalesce(nullif(substr(s.hiding, m.place, 1), ''), '-'),
                   s.replaces IS NOT NULL
            FROM series r
            JOIN summary s ON s.dataset = r.dataset AND s.programme = r.programme
                AND left(s.territory, 6) = r.district AND s.span >= r.span
            CROSS JOIN LATERAL (
                SELECT array_position(s.measures, r.name COLLATE "default") AS place) m
            WHERE m.place IS NOT NULL ORDER BY s.edition, s.seq
            """)

    private static let booked = Statement(
        trusted: series + """
            SELECT r.dataset, r.source, r.programme, r.district, c.territory, r.span,
                   span_start(r.span, c.day),
                   fitted(sum(CASE r.reads WHEN 'times' THEN c.times ELSE c.amount END))
            FROM series r
            JOIN contribution c ON c.source = r.source AND c.programme = r.programme
                AND left(c.territory, 6) = r.district
            WHERE c.counts AND length(c.territory) < 15 GROUP BY 1, 2, 3, 4, 5, 6, 7
            """)
}

extension PublishedSeries.Name {
    fileprivate var order: String { "\(dataset)/\(programme)/\(source)/\(district)" }
}
