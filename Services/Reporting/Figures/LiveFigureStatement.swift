import Messages
import Postgres

/// The statement that makes one page of live figures, all of one state of the database.
struct LiveFigureStatement {
    /// A unit that is asked about, and the codes that it is made of.
    struct Area {
        let unit: TerritoryCode
        let parts: [Boundaries.Part]
    }

    private let query: GetFigures
    private let filter: ProgrammeFilter
    private let areas: [Area]
    private let measures: [String]
    private let today: BusinessDate
    private let widest: Int64
    /// The district around them on these boundaries.
    private let district: Area
    private let span: String
    /// The starts of the first and the last period; nil for all periods with figures.
    private let first: BusinessDate?
    private let last: BusinessDate?

    /// - Parameters:
    ///   - filter: the programmes of the series and key task that the question names.
    ///   - areas: of one level.
    ///   - district: around them.
    ///   - today: in Asia/Shanghai. A later period without contributions has no figure.
    ///   - widest: the most figures on all pages; a wider question gets none.
    init(
        _ query: GetFigures, of filter: ProgrammeFilter, areas: [Area], district: Area,
        measures: [String], today: BusinessDate, widest: Int64
    ) {
        self.query = query
        self.filter = filter
        self.areas = areas
        self.measures = measures
        self.today = today
        self.widest = widest
        self.district = district
        let period = query.period.flatMap { Period($0) }
        let span = query.span ?? period.map { PublicSpan($0.span) } ?? .all
        self.span = span.rawValue
        first = period?.start ?? (span == .all ? BusinessDate.range.lowerBound : nil)
        last = span == .all ? first : period?.end
    }

    /// A row for each figure of the page, with the number of figures on all pages; one row without a figure if there is none.
    ///
    /// The statement reads cells by the codes of the few units, and counts distinct subjects only for the sources on the page.
    func page(of limit: Int) -> Statement {
        """
        WITH \(part: held), \(part: places(limit)), \(part: sums), \(part: subjects)
        SELECT w.figures, p.name, p.programme, p.dimension, p.territory,
               period_name(\(span)::span, p.start), p.unit,
               CASE p.reads WHEN 'smallest' THEN h.smallest WHEN 'largest' THEN h.largest
                            WHEN 'most' THEN h.most
               ELSE coalesce(
                   CASE WHEN p.reads = 'subjects' THEN h.subjects
                        WHEN NOT p.is_stock AND p.reads = 'times' THEN c.times
                        WHEN NOT p.is_stock THEN c.amount
                        WHEN NOT p.is_counted THEN NULL
                        WHEN p.reads = 'times' THEN c.stock_times ELSE c.stock_amount END,
                   CASE WHEN c.times IS NOT NULL OR p.is_counted AND p.is_there THEN 0 END)
               END
        FROM width w LEFT JOIN page p ON true
        LEFT JOIN counted c USING (source, programme, dimension, territory, start)
        LEFT JOIN head h USING (source, programme, dimension, territory, start)
        ORDER BY p.name, p.programme, p.dimension, p.territory, p.start
        """
    }

    /// `asked`: the measures. `held`: what cells have of them, by unit and period. `series`: since when the district has had
    /// something of each measure and part. From then until today, nothing means zero.
    private var held: Statement {
        """
        asked AS (
            SELECT name, source, reads, is_stock, lapses, unit FROM measure WHERE name = ANY (\(measures))
        ), held AS MATERIALIZED (
            SELECT a.unit COLLATE "C" AS territory, c.source, c.programme, c.dimension, c.start,
                   fitted(sum(a.sign * c.times)) AS times, fitted(sum(a.sign * c.amount)) AS amount
            FROM unnest(\(parts.map(\.unit)), \(parts.map(\.part.code)), \(parts.map(\.part.sign)))
                AS a (unit, code, sign)
            JOIN current_cell c ON c.territory = a.code
            WHERE c.territory = ANY (\(parts.map(\.part.code))) AND c.span = \(span)::span
              AND c.source = ANY (ARRAY(SELECT source FROM asked))
              AND (\(programme) IS NULL OR c.programme = \(programme))
              AND (\(filter.programmes == nil) OR c.programme = ANY (\(Array(filter.programmes ?? []))))
              AND (\(query.dimension) IS NULL OR c.dimension = \(query.dimension))
            GROUP BY 1, 2, 3, 4, 5
        ), series AS MATERIALIZED (
            SELECT source, programme, dimension, min(start) AS first,
                   greatest(max(start), \(today)) AS last
            FROM held WHERE territory = \(district.unit) GROUP BY 1, 2, 3
        )
        """
    }

    /// `page`: the places of its figures, in order. Each has a measure, programme, part, unit and period.
    private func places(_ limit: Int) -> Statement {
        """
        period AS (
            SELECT g.day::date AS start
            FROM generate_series(
                coalesce(\(first), (SELECT min(first) FROM series))::timestamp,
                coalesce(\(last), (SELECT max(last) FROM series))::timestamp,
                CASE \(span) WHEN 'day' THEN interval '1 day' WHEN 'month' THEN interval '1 month'
                     WHEN 'quarter' THEN interval '3 months' ELSE interval '1 year' END) AS g (day)
        ), unit AS (
            SELECT u.code COLLATE "C" AS code, p.code IS NOT NULL AS is_named, p.valid_from, p.valid_to
            FROM unnest(\(areas.map(\.unit))) AS u (code) LEFT JOIN place p ON p.code = u.code
        ), width AS (
            SELECT (SELECT count(*) FROM asked JOIN series USING (source))
                   * (SELECT count(*) FROM unit) * (SELECT count(*) FROM period) AS figures
        ), page AS MATERIALIZED (
            SELECT m.name, m.source, m.reads, m.is_stock, m.unit, s.programme, s.dimension,
                   u.code AS territory, p.start, p.start BETWEEN s.first AND s.last AS is_counted,
                   -- On other boundaries a unit is an area, which always existed.
                   CASE WHEN u.code = \(district.unit) OR \(query.boundaries != nil) THEN true
                        WHEN u.is_named THEN u.valid_from < span_end(\(span)::span, p.start)
                                         AND coalesce(u.valid_to, 'infinity') >= p.start
                        ELSE u.code IN (SELECT territory FROM held) END AS is_there
            FROM width w JOIN asked m ON w.figures <= \(widest)
            JOIN series s USING (source) CROSS JOIN unit u CROSS JOIN period p
            -- A stock that lapses has no figure of all time or of future days.
            WHERE NOT (m.lapses AND (\(span) = 'all' OR p.start > \(today)))
              AND (m.name, s.programme, s.dimension, u.code, p.start)
                  > (\(after?.measure ?? ""), \(after?.programme ?? ""), \(after?.dimension ?? ""),
                     \(after?.territory.rawValue ?? ""), \(afterStart))
            ORDER BY m.name, s.programme, s.dimension, u.code, p.start
            LIMIT \(limit)
        )
        """
    }

    /// `counted`: the sums of times and amounts at each place; of a stock, those until the end of the period.
    private var sums: Statement {
        """
        counted AS (
            -- A stock is the sum until the end of a period, also of a period without changes.
            SELECT source, programme, dimension, territory, start, h.times, h.amount,
                   fitted(sum(h.times) OVER running) AS stock_times,
                   fitted(sum(h.amount) OVER running) AS stock_amount
            FROM held h
            FULL JOIN (SELECT DISTINCT source, programme, dimension, territory, start FROM page) k
                USING (source, programme, dimension, territory, start)
            WINDOW running AS (
                PARTITION BY source, programme, dimension, territory ORDER BY start)
        )
        """
    }

    /// `head`: at each place the number of distinct subjects, the smallest and largest amount, and the most times of one subject.
    private var subjects: Statement {
        """
        subject AS (
            SELECT c.source, c.programme, d.dimension, r.unit COLLATE "C" AS territory,
                   span_start(\(span)::span, c.day) AS start,
                   coalesce(a.survivor, c.subject) AS subject, min(c.amount) AS smallest,
                   max(c.amount) AS largest, fitted(sum(c.times)) AS times
            FROM contribution c
            JOIN unnest(\(ranges.map(\.unit)), \(ranges.map(\.from)), \(ranges.map(\.below)))
                AS r (unit, first, below) ON c.territory >= r.first AND c.territory < r.below
            CROSS JOIN LATERAL unnest(CASE c.dimension WHEN '' THEN ARRAY['']
                                      ELSE ARRAY['', c.dimension] END) AS d (dimension)
            LEFT JOIN person_alias a ON a.person = c.subject
            WHERE c.source IN (SELECT source FROM page WHERE reads NOT IN ('times', 'amount'))
              AND c.source <> 'registration' AND c.counts
              AND c.territory >= \(ranges.map(\.from).min() ?? "")
              AND c.territory < \(ranges.map(\.below).max() ?? "")
              AND c.day >= (SELECT min(start) FROM page)
              AND c.day < (SELECT span_end(\(span)::span, max(start)) FROM page)
            GROUP BY 1, 2, 3, 4, 5, 6
        ), head AS (
            SELECT source, programme, dimension, territory, start, count(subject) AS subjects,
                   min(smallest) AS smallest, max(largest) AS largest,
                   max(times) FILTER (WHERE subject IS NOT NULL) AS most
            FROM subject GROUP BY 1, 2, 3, 4, 5
        )
        """
    }

    private var programme: String? { query.programme?.rawValue }

    /// The parts of all units and of the district.
    private var parts: [(unit: TerritoryCode, part: Boundaries.Part)] {
        let all = areas.contains { $0.unit == district.unit } ? areas : areas + [district]
        return all.flatMap { area in area.parts.map { (area.unit, $0) } }
    }

    /// The ranges of codes whose contributions count in each unit.
    private var ranges: [(unit: TerritoryCode, from: String, below: String)] {
        areas.flatMap { area in
            Boundaries.ranges(of: area.parts).map { (area.unit, $0.from, $0.below) }
        }
    }

    /// The last figure of the previous page; nil for the first page.
    private var after: FigureKey? { query.after }

    private var afterStart: BusinessDate {
        after.flatMap { Period($0.period)?.start } ?? BusinessDate.range.lowerBound
    }
}
