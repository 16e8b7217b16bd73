import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Whole editions, on a real database")
struct ReportingEditionTests {
    private let bench: ServiceBench
    private var facts = ReportingFacts(seed: 11)
    private static let programme = "happiness-project"
    /// 2020 is settled, 2026 goes on.
    private static let now = Timestamp("2026-11-29T02:00:00Z") ?? .now()

    init() throws {
        bench = try ServiceBench(Reporting.definition)
        try PublicPlan.families(inCommunities: ["disbursement", "grant"]).apply(bench.connection)
        try Epochs.begin(bench.connection, now: .now())
    }

    // MARK: What is public

    @Test func `the district is exact, and below it what is small is hidden with a neighbour`()
        throws
    {
        try lend([3, 8, 20])
        try publish()
        #expect(try loans("350203", "all") == 31)
        #expect(try loans("350203006", "2020") == 31)
        #expect(try loans("350203006001", "2020") == nil)
        #expect(try loans("350203006002", "2020") == nil)
        #expect(try loans("350203006003", "2020") == 20)
        #expect(try hiding("350203006001", "2020") == ["p"], "all that is published of it")
        #expect(try hiding("350203006002", "all") == ["c"])
        #expect(try hiding("350203", "all") == [])
    }

    @Test func `a hidden figure is suppressed wherever figures leave reporting`() throws {
        try lend([3, 8, 20])
        try publish()
        let cell = try #require(try cells().last { $0.key.territory.rawValue == "350203006001" })
        #expect(!cell.measures.isEmpty)
        #expect(cell.measures.values.allSatisfy { $0 == PublishedFigure(state: .suppressed) })
        #expect(cell.edition == 1 && cell.asOf == Self.now)
        #expect(CellCSV.lines(cell).contains("loans_disbursed,,suppressed,"))
        let replaced = CellChanged.Replaced(
            seq: 1, vintage: 0, status: .provisional, measures: cell.measures)
        #expect(replaced.measures.values.allSatisfy { $0.value == nil })
    }

    @Test func `families below the district appear once their period is settled`() throws {
        try lend([30, 40], on: "2026-03-05")
        try publish()
        #expect(try loans("350203", "2026") == 70)
        #expect(try loans("350203006", "2026") == nil)
        #expect(try loans("350203006", "all") == nil)
        try publish(at: "2027-01-31T02:00:00Z")
        #expect(try loans("350203006", "2026") == nil, "31 days after the year")
        try publish(at: "2027-02-01T02:00:00Z")
        #expect(try loans("350203006001", "2026") == 30)
        #expect(try loans("350203006", "all") == 70)
    }

    @Test func `a year that is closed is settled`() throws {
        try lend([30, 40], on: "2026-03-05")
        let year = try #require(Period("2026"))
        try bench.decide(
            ClosePeriod(period: year, closedOn: ReportingFacts.date("2027-01-02")))
        try publish(at: "2027-01-03T02:00:00Z")
        #expect(try loans("350203006001", "2026") == 30)
    }

    @Test func `of a district with too few families nothing is said of families`() throws {
        _ = try bench.connection.run("UPDATE plan SET exact_from = 20000")
        try lend([30, 40])
        try donate(3)
        try publish()
        #expect(try loans("350203", "all") == nil)
        #expect(try figure("donations", "350203", "all", "one-yuan-donation") == 3)
        #expect(try gaps() == ["families"])
    }

    @Test func `a total that is too small to be divided is not, and the edition says so`() throws {
        try lend([1, 1])
        try publish()
        #expect(try loans("350203", "2020") == 2)
        #expect(try loans("350203006", "2020") == nil)
        #expect(try loans("350203006001", "2020") == nil)
        #expect(try gaps() == ["totals"])
    }

    @Test func `a plan that has got a level publishes it of periods that were settled before`()
        throws
    {
        _ = try bench.connection.run(
            "DELETE FROM plan_cell WHERE measure IN ('loans_disbursed', 'capital_lent_fen') AND level = 12"
        )
        try lend([30, 40])
        try publish()
        #expect(try loans("350203006", "2020") == 70)
        #expect(try loans("350203006001", "2020") == nil)
        try PublicPlan.families(inCommunities: ["disbursement"]).apply(bench.connection)
        try publish()
        #expect(try loans("350203006001", "2020") == 30)
        #expect(try loans("350203006", "2020") == 70)
    }

    @Test func `a person without a household keeps communities back, and no subdistrict`() throws {
        var facts = facts
        let day = ReportingFacts.date("2020-05-26")
        for (place, count) in [30, 40].enumerated() {
            let community = ReportingFacts.code("35020300600\(place + 1)")
            for _ in 0..<count {
                let id = UUID()
                let household = facts.household(id, members: 2, in: community, on: day)
                try bench.take(household, subject: id, sequence: 1)
            }
        }
        let person = PersonRegistered(
            person: PersonID(UUID()), territory: ReportingFacts.code("350203006003"),
            registeredOn: day, birthDate: ReportingFacts.date("1968-03-12"), sex: .female)
        try bench.take(person, subject: person.person.uuid, sequence: 1)
        try publish()
        #expect(try households("350203006") == 70)
        #expect(try households("350203006001") == nil)
        #expect(try gaps() == ["signed"])
    }

    /// Of 2020.
    private func households(_ territory: String) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT figures[array_position(measures, 'households_registered')] FROM summary
            WHERE territory = \(territory) AND span = 'year' AND start = '2020-01-01'
              AND superseded_by IS NULL AND dataset = 'families'
            """
        ).first?.decode(optional: Int64.self, at: 0)
    }

    @Test func `where it is known that nothing happened zero is said`() throws {
        try lend([30, 40])
        try publish()
        #expect(try loans("350203", "2020-06") == 0)
        #expect(try loans("350203", "2026-11") == 0)
        #expect(try loans("350203", "2020-04") == nil, "before the first there was no fund")
        try name(["350203", "350203006", "350203007"])
        try publish()
        #expect(try loans("350203007", "2020") == 0)
        #expect(try loans("350203007", "2021") == 0)
    }

    @Test func `a stock stands while another territory changes later`() throws {
        try name(["350203", "350203006", "350203007"])
        _ = try bench.connection.run(
            """
            INSERT INTO delta (source, territory, day, programme, dimension, records, times, amount)
            VALUES ('followers', '350203007', '2026-03-01', 'early-childhood', '', 1, 30, 0),
                   ('followers', '350203006', '2027-02-01', 'early-childhood', '', 1, 5, 0)
            """)
        try publish()
        let rows = try bench.connection.run(
            """
            SELECT period_name(span, start), figures[array_position(measures, 'followers')]
            FROM summary WHERE territory = '350203007' AND span = 'month' AND superseded_by IS NULL
              AND programme = 'early-childhood' ORDER BY start
            """)
        let found = try rows.map { try $0.decode(Int64.self, at: 1) }
        #expect(found.count == 12, "from March 2026 to February 2027")
        #expect(found.allSatisfy { $0 == 30 })
    }

    // MARK: What changes afterwards

    @Test func `a correction of few waits below the district, and one of many is published`() throws
    {
        try lend([30, 40])
        try publish()
        try lend([2])
        try publish()
        #expect(try loans("350203", "2020") == 72)
        #expect(try loans("350203006001", "2020") == 30)
        #expect(try loans("350203006", "2020") == 70)
        #expect(try gaps() == ["waiting"])
        try lend([3])
        try publish()
        #expect(try loans("350203006001", "2020") == 35)
        #expect(try loans("350203006", "2020") == 75)
        #expect(try gaps() == [])
    }

    @Test func `asked for, a correction of few is made, and hidden from then on`() throws {
        try lend([30, 40, 50])
        try lend([60], in: "350203007")
        try publish()
        try lend([2])
        try publish(revises: true)
        #expect(try loans("350203006001", "2020") == nil)
        #expect(try hiding("350203006001", "2020") == ["c"])
        #expect(try stored("350203006001", "2020") == 32)
        try lend([20])
        try publish()
        #expect(try loans("350203006001", "2020") == nil, "it was hidden once")
        #expect(try stored("350203006001", "2020") == 52)
    }

    @Test func `each edition is proved, however much comes in between`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var facts = ReportingFacts(seed: seed)
        for wave in 0..<6 {
            for _ in 0..<facts.below(40) {
                let id = facts.uuid()
                let place = "35020300\(1 + facts.below(4))00\(1 + facts.below(5))"
                let loan = facts.disbursed(
                    id, to: PersonID(facts.uuid()), yuan: 10_000,
                    in: ReportingFacts.code(place),
                    on: ReportingFacts.date("201\(facts.below(3))-05-01"))
                try bench.take(loan, subject: id, sequence: 1)
            }
            try publish(revises: wave == 3)
            let wrong = try bench.connection.run(
                """
                SELECT FROM settled_cell c
                WHERE (c.times < 5 AND c.showing = '-') OR c.times = 0
                """)
            #expect(wrong.isEmpty, "seed \(seed)")
        }
    }

    // MARK: When it is made

    @Test func `an edition asked for twice before it is made is one edition`() throws {
        try lend([30])
        for _ in 0..<2 {
            let answer = try bench.decide(PublishEdition(reason: "a test"))
            #expect(answer.status == "accepted")
        }
        let next = try #require(try next(Self.now))
        #expect(next.isDue && next.edition.cause == .request && next.edition.request == 2)
        try Editions.make(next.edition, bench.connection, now: Self.now)
        try inForce()
        #expect(try self.next(Self.now)?.isDue == false)
    }

    @Test func `of two processes that make the same edition one makes it, and the other nothing`()
        throws
    {
        try lend([30])
        let next = try #require(try next(Self.now))
        let other = try ServiceBench(Reporting.definition, url: bench.url)
        try Editions.make(next.edition, other.connection, now: Self.now)
        let before = try cells()
        #expect(throws: PostgresError.self) {
            try Editions.make(next.edition, bench.connection, now: Self.now)
        }
        #expect(try cells() == before)
        #expect(try bench.connection.run("SELECT FROM edition").count == 1)
        #expect(try bench.connection.run("SELECT FROM edition_figure").isEmpty)
    }

    @Test func `only the operator asks for one`() throws {
        try bench.take(
            PublisherGranted(
                publisher: "district", territories: [ReportingFacts.district],
                types: ["reporting.*"]), subject: UUID(), sequence: 1)
        let answer = try bench.decide(PublishEdition(reason: "a test"), publisher: "district")
        #expect(answer.code == "out_of_scope")
    }

    @Test func `one comes each day at the time of the plan`() throws {
        _ = try bench.connection.run("UPDATE plan SET defined_at = '2026-11-20 12:00+08'")
        func due(_ time: String) throws -> Bool {
            try next(#require(Timestamp(time)))?.isDue == true
        }
        #expect(try !due("2026-11-21T01:59:00+08:00"), "defined the day before")
        #expect(try due("2026-11-21T02:00:00+08:00"))
        try publish(at: "2026-11-21T02:00:01+08:00")
        #expect(try !due("2026-11-21T23:00:00+08:00"))
        #expect(try !due("2026-11-22T01:59:00+08:00"))
        #expect(try due("2026-11-22T02:00:00+08:00"))
        #expect(try due("2026-11-25T17:00:00+08:00"), "it was down for days")
    }

    @Test func `the next one waits until the one before is published`() throws {
        try lend([30])
        let first = try #require(try next(Self.now))
        try Editions.make(first.edition, bench.connection, now: Self.now)
        #expect(try next(Self.now) == nil)
        try inForce()
        #expect(try next(Self.now)?.edition.number == 2)
    }

    @Test func `what is in force moves at once for all datasets`() throws {
        try lend([30])
        try donate(2)
        try publish()
        let before = try DatasetState.all { try bench.connection.run($0) }
        try lend([40])
        try ReportingChecks.write(bench, now: Self.now, everything: false)
        #expect(
            try DatasetState.all { try bench.connection.run($0) }.map(\.seq) == before.map(\.seq))
        try inForce()
        let after = try DatasetState.all { try bench.connection.run($0) }
        #expect(after.map(\.seq) != before.map(\.seq))
        for state in after {
            #expect(try Epochs.total(state, bench.connection).digest == state.digest)
        }
    }

    @Test func `sums that do not fit end where numbers end, and the edition is made`() throws {
        _ = try bench.connection.run(
            """
            INSERT INTO delta (source, territory, day, programme, dimension, records, times, amount)
            SELECT 'donation', '350203', date '2020-05-01', 'one-yuan-donation', '', 1, 1,
                   9223372036854775807 - n
            FROM generate_series(1, 3) AS n
            """)
        try ReportingChecks.rollUpAll(bench)
        try publish()
        #expect(
            try figure("donations_fen", "350203", "all", "one-yuan-donation")
                == 9_223_372_036_854_775_807)
    }
}

extension ReportingEditionTests {
    /// So many loans in each of the communities of one subdistrict.
    fileprivate func lend(
        _ counts: [Int], in subdistrict: String = "350203006", on day: String = "2020-05-26"
    ) throws {
        var facts = facts
        for (place, count) in counts.enumerated() {
            for _ in 0..<count {
                let id = UUID()
                let loan = facts.disbursed(
                    id, to: PersonID(id), yuan: 10_000,
                    in: ReportingFacts.code("\(subdistrict)00\(place + 1)"),
                    on: ReportingFacts.date(day))
                try bench.take(loan, subject: id, sequence: 1)
            }
        }
    }

    fileprivate func donate(_ count: Int) throws {
        var facts = facts
        for _ in 0..<count {
            let id = UUID()
            try bench.take(facts.donated(id, yuan: 100), subject: id, sequence: 1)
        }
    }

    fileprivate func name(_ codes: [String]) throws {
        let loaded = TerritoryLoaded(
            edition: ReportingFacts.date("2023-12-31"), source: "test",
            units: codes.map {
                TerritoryUnit(
                    code: ReportingFacts.code($0), nameZh: $0, nameEn: $0,
                    validFrom: ReportingFacts.date("2000-01-01"))
            })
        try bench.take(loaded, subject: UUID(), sequence: 1)
    }

    fileprivate func next(_ now: Timestamp) throws -> (edition: Editions.Due, isDue: Bool)? {
        try Editions.next(bench.connection, now: now, afterSeconds: 0)
    }

    fileprivate func publish(at time: String? = nil, revises: Bool = false) throws {
        let now = try time.map { try #require(Timestamp($0)) } ?? Self.now
        try ReportingChecks.write(bench, now: now, everything: false, revises: revises)
        try inForce()
    }

    /// As the broker would have confirmed it.
    fileprivate func inForce() throws {
        for dataset in Dataset.allCases {
            while true {
                let states = try DatasetState.all({ try bench.connection.run($0) }, confirmed: true)
                var state = try #require(states.first { $0.name == dataset.rawValue })
                let summaries = try EditionNews.unpublished(dataset.rawValue, bench.connection)
                guard !summaries.isEmpty else { break }
                for summary in summaries { try state.take(summary, MessageEncoder()) }
                _ = try bench.connection.run(EditionNews.confirmed(state))
            }
        }
        let last = try bench.connection.run("SELECT max(number) FROM edition")
        _ = try bench.connection.pipeline(
            EditionNews.inForce(#require(last.first).decode(Int64.self, at: 0), Self.now))
    }

    fileprivate func cells() throws -> [CellChanged] {
        let state = try ReportingChecks.state(bench, "funding")
        return try DatasetState.snapshot(of: "funding", at: state.seq, after: 0, limit: 5_000) {
            try bench.connection.run($0)
        }.map { $0.published(in: 1) }
    }

    /// The figure as everybody sees it; nil if it is hidden or not there.
    fileprivate func figure(
        _ measure: String, _ territory: String, _ period: String, _ programme: String
    ) throws -> Int64? {
        try cells().first {
            $0.key.territory.rawValue == territory && $0.key.period == period
                && $0.key.programme == programme
        }?.measures[measure]?.value
    }

    fileprivate func loans(_ territory: String, _ period: String) throws -> Int64? {
        try figure("loans_disbursed", territory, period, Self.programme)
    }

    fileprivate func stored(_ territory: String, _ period: String) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT figures[array_position(measures, 'loans_disbursed')] FROM summary
            WHERE territory = \(territory) AND period_name(span, start) = \(period)
              AND superseded_by IS NULL AND dataset = 'funding'
            """
        ).first?.decode(optional: Int64.self, at: 0)
    }

    /// The different letters of its figures.
    fileprivate func hiding(_ territory: String, _ period: String) throws -> Set<Character> {
        let rows = try bench.connection.run(
            """
            SELECT hiding FROM summary
            WHERE territory = \(territory) AND period_name(span, start) = \(period)
              AND superseded_by IS NULL AND dataset = 'funding'
            """)
        return try Set(rows.flatMap { try $0.decode(String.self, at: 0) })
    }

    /// Why the last edition leaves something out.
    fileprivate func gaps() throws -> [String] {
        try bench.connection.run(
            """
            SELECT DISTINCT why FROM edition_gap
            WHERE edition = (SELECT max(number) FROM edition) ORDER BY why
            """
        ).map { try $0.decode(String.self, at: 0) }
    }
}
