import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Reporting
@testable import ServiceKit
@testable import ServiceSupport

/// How PostgreSQL goes about reporting's hot statements over a realistic amount of data: neither contributions nor
/// cells nor summaries are ever read as a whole. Lists of measures, and what waits to be rolled up, are.
@Suite struct ReportingPlanTests {
    private static let large: Set<String> = ["contribution", "cell", "summary", "person_alias"]
    private let bench: ServiceBench
    private let source: ExplainingSource

    init() throws {
        bench = try ServiceBench(Reporting.definition, fill: ReportingPlanSample.fill)
        source = ExplainingSource(bench.connection)
    }

    private func scanned(_ statement: Statement) throws -> Set<String> {
        try source.explain(statement).intersection(Self.large)
    }

    private func one(_ statement: Statement) throws -> UUID {
        try #require(bench.connection.run(statement).first).decode(UUID.self, at: 0)
    }

    @Test("A batch loads contributions and sessions by their keys, and stores them so")
    func loads() throws {
        let records = Parameter.array((0..<10).map { "attendance/\($0)" })
        #expect(try scanned(Contribution.table.load(records)) == [])
        let ids = Parameter.array((0..<10).map { _ in UUID() })
        #expect(try source.explain(Ground.table.load(ids)) == [])
        let key = try #require(
            bench.connection.run("SELECT record FROM contribution LIMIT 1").first
        ).decode(String.self, at: 0)
        let held = try #require(try source.load(Contribution.self, [key]).first)
        #expect(try scanned(Contribution.table.update([held])) == [])
    }

    @Test("Deltas are rolled up into cells by their keys")
    func rollUp() throws {
        #expect(try scanned(Cells.rollUpStatement) == [])
    }

    @Test("What is published is read from where the last publication stood")
    func publication() throws {
        #expect(try scanned(EditionNews.unpublished("activities")) == [])
        let state = try ReportingChecks.state(bench, "activities")
        #expect(try scanned(EditionNews.confirmed(state)) == [])
    }

    @Test("A page of a snapshot is read from where the one before has ended")
    func snapshot() throws {
        let page = DatasetState.snapshot(of: "activities", at: 5_000, after: 2_000, limit: 200)
        #expect(try scanned(page) == [])
    }

    @Test("A cancelled session and a merge find their contributions by indexes")
    func takenBack() throws {
        let session = SessionID(
            try one("SELECT session FROM contribution WHERE session IS NOT NULL LIMIT 1"))
        let unit = try source.unit(factOf: "events")
        let facts = ReportingFacts(seed: 1)
        try Grounds.cancel(facts.cancellation(of: session), unit)
        let subject = PersonID(
            try one("SELECT subject FROM contribution WHERE subject IS NOT NULL LIMIT 1"))
        try PersonMerges.take(facts.merge(PersonID(UUID()), into: subject), unit)
        #expect(source.scans.intersection(Self.large) == [])
    }

    @Test(
        "A figure is found by its key: a sum, a distinct count, a stock",
        arguments: ["attendance_person_times", "attendance_persons", "persons_registered"])
    func figure(measure: String) throws {
        let value: Statement = """
            SELECT value FROM figure
            WHERE measure = \(measure) AND territory = '350203007905' AND span = 'month'
              AND start = '2019-03-01' AND programme = 'warm-home' AND dimension = ''
            """
        #expect(try scanned(value) == [])
    }

    @Test("Pages look up the cells they show, what there is, and the newest revisions")
    func pages() throws {
        let district = ReportingFacts.district
        let names = (1...12).compactMap { month in
            PagePeriod.month(month, of: 2019).map {
                CellName(
                    dataset: .activities, territory: district, period: $0, programme: "warm-home")
            }
        }
        #expect(try scanned(PublishedFigures.statement(names)) == [])
        #expect(source.last.contains("summary_cell"))
        #expect(try scanned(RevisionsPage.statement(nil, 51)) == [])
        #expect(
            try PublishedKeys.programmes(of: district, source.run).map(\.programme) == [
                "warm-home", "",
            ])
        #expect(
            try PublishedKeys.children(of: district, source.run).count == 9,
            "of the tenth nothing is in force yet")
        #expect(try PublishedKeys.root(source.run) == district)
        #expect(source.scans.intersection(Self.large) == [])
    }

    @Test("The bulletin looks up the cells of its figures")
    func bulletin() throws {
        try ReferenceBulletin.define(in: bench)
        _ = try bench.connection.run("ANALYZE bulletin_line")
        let lines: Statement = "SELECT number, value FROM bulletin ORDER BY number"
        #expect(try scanned(lines).subtracting(["contribution"]) == [])
    }
}

/// 30,000 contributions of a year in a hundred communities, rolled up, with the summaries that followed.
private enum ReportingPlanSample {
    static let fill = """
        INSERT INTO session SELECT gen_random_uuid(), false FROM generate_series(1, 10000);
        CREATE TEMPORARY TABLE numbered_session AS
        SELECT id, row_number() OVER () - 1 AS m FROM session;
        INSERT INTO contribution (record, version, message, counts, source, territory, day, programme,
            dimension, times, amount, subject, session, reversed, is_dated)
        SELECT 'attendance/' || n, 1, gen_random_uuid(), true, 'attendance',
               '35020300' || s.m % 10 || 901 + s.m / 10 % 10, date '2019-01-01' + s.m::int % 365,
               'warm-home', 'tea_talk', 1, 1,
               ('00000000-0000-7000-8000-0000000' || 10000 + n % 5000)::uuid, s.id, '', true
        FROM generate_series(1, 20000) AS n JOIN numbered_session AS s ON s.m = n % 2000
        UNION ALL
        SELECT 'household/' || n, 1, gen_random_uuid(), true, 'registration',
               '35020300' || n % 10 || 901 + n / 10 % 10, date '2019-01-01' + n % 90, '', '', 1, 3,
               NULL, NULL, '', true
        FROM generate_series(1, 10000) AS n;
        DROP TABLE numbered_session;
        INSERT INTO cell (territory, span, source, programme, start, dimension, records, times, amount)
        SELECT k.territory, k.span, c.source, c.programme, k.start, k.dimension, count(*),
               sum(c.times), sum(c.amount)
        FROM contribution c CROSS JOIN LATERAL cell_keys(c.territory, c.day, c.dimension) k
        GROUP BY k.territory, k.span, c.source, c.programme, k.start, k.dimension;
        INSERT INTO person_alias
        SELECT gen_random_uuid(), ('00000000-0000-7000-8000-0000000' || 10000 + n)::uuid, 2
        FROM generate_series(1, 3000) AS n;

        INSERT INTO summary (dataset, seq, id, time, territory, span, programme, start, measures,
            figures)
        SELECT s.dataset,
               -- The district is first, and so among what was published.
               row_number() OVER (
                   PARTITION BY s.dataset ORDER BY c.territory, c.span, c.programme, c.start),
               gen_random_uuid(), now(), c.territory, c.span, c.programme, c.start,
               ARRAY['attendance_persons'], ARRAY[1]
        FROM (SELECT DISTINCT source, territory, span, programme, start FROM cell) AS c
        JOIN source AS s ON s.name = c.source;
        UPDATE dataset AS d SET written = m.seq, published = m.seq - 500,
            confirmed = m.seq - 500
        FROM (SELECT dataset, max(seq) AS seq FROM summary GROUP BY dataset) AS m
        WHERE m.dataset = d.name;
        INSERT INTO delta
        SELECT source, territory, day, programme, dimension, 1, times, amount
        FROM contribution LIMIT 1000;
        ANALYZE;
        """
}
