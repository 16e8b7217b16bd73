import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Cells: figures for territories and periods, on a real database")
struct ReportingCellTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(Reporting.definition) }

    @Test("A contribution counts in each territory around it and in each period around its day")
    func rollUp() throws {
        var facts = ReportingFacts(seed: 1)
        try take(
            facts.disbursed(
                UUID(), to: PersonID(UUID()), yuan: 10_000, in: ReportingFacts.community,
                on: ReportingFacts.reported))
        let cells = try bench.connection.run(
            "SELECT territory || ' ' || period FROM cell_value WHERE measure = 'loans_disbursed'"
        ).map { try $0.decode(String.self, at: 0) }
        let territories = ["350203", "350203006", "350203006001"]
        let periods = ["2020-05-26", "2020-05", "2020-Q2", "2020", "all"]
        #expect(Set(cells) == Set(territories.flatMap { t in periods.map { "\(t) \($0)" } }))
        #expect(cells.count == 15)
    }

    @Test("A figure is the same before and after it is rolled up")
    func currentWithoutRollUp() throws {
        var facts = ReportingFacts(seed: 3)
        try bench.take(facts.items(records: 60))
        let before = try digest()
        try rollUpAll()
        #expect(try digest() == before)
        try expectSound()
    }

    @Test(
        "Facts in any order, some of them twice, in batches of any size end in the same cells",
        arguments: UInt64(1)...8)
    func anyOrder(seed: UInt64) throws {
        print("seed \(seed)")
        var facts = ReportingFacts(seed: seed)
        let items = facts.items(records: 80)
        try bench.take(items)
        let other = try ServiceBench(Reporting.definition)
        var rest = facts.disordered(items)[...]
        while !rest.isEmpty {
            let size = 1 + facts.below(30)
            try other.take(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
            if facts.below(3) == 0 { try Cells.rollUp(other.connection) }
        }
        #expect(try digest(other) == digest())
        try expectSound()
        try expectSound(other)
    }

    @Test("Registered households are a stock: each period has all that were there at its end")
    func stock() throws {
        var facts = ReportingFacts(seed: 1)
        for day in ["2019-12-31", "2020-01-05", "2020-03-01"] {
            try take(
                facts.household(
                    UUID(), members: 2, in: ReportingFacts.community, on: ReportingFacts.date(day)))
        }
        #expect(try figure("households_registered", "2019") == 1)
        #expect(try figure("households_registered", "2020-01") == 2)
        #expect(try figure("persons_registered", "2020") == 6)
        #expect(try figure("households_registered", "all") == 3)
        #expect(try figure("households_registered", "2020-02") == nil)
    }

    @Test("Loans to one person are one borrower, who is not counted twice in a wider territory")
    func distinct() throws {
        var facts = ReportingFacts(seed: 1)
        let person = PersonID(UUID())
        for (code, yuan) in [("350203006001", 10_000), ("350203007001", 30_000)] {
            try take(
                facts.disbursed(
                    UUID(), to: person, yuan: Int64(yuan), in: ReportingFacts.code(code),
                    on: ReportingFacts.reported))
        }
        #expect(try figure("borrowers", "all", "happiness-project") == 1)
        #expect(try figure("loans_disbursed", "all", "happiness-project") == 2)
        #expect(try figure("principal_min_fen", "all", "happiness-project") == 1_000_000)
        #expect(try figure("principal_max_fen", "all", "happiness-project") == 3_000_000)
    }

    @Test("A cancelled session counts nothing, whether it is cancelled first, last or in between")
    func cancelled() throws {
        let facts = ReportingFacts(seed: 1)
        let session = SessionID(UUID())
        let cancellation = facts.cancellation(of: session)
        let before = facts.attended(UUID(), session, by: PersonID(UUID()))
        let after = facts.counted(UUID(), session, 20)
        try bench.take([
            (before, before.attendance.uuid, 1, UUID()),
            (cancellation, session.uuid, 5, UUID()),
            (after, after.headcount.uuid, 1, UUID()),
            (facts.closed(session), session.uuid, 4, UUID()),
        ])
        #expect(try bench.connection.run("SELECT 1 FROM cell_value").isEmpty)
        try expectSound()
    }

    @Test("A session that is cancelled while other workers record attendance counts nothing")
    func cancelledInARace() throws {
        var facts = ReportingFacts(seed: 1)
        let sessions = (0..<20).map { _ in SessionID(facts.uuid()) }
        let attended = (0..<600).map { _ in
            let id = facts.uuid()
            return (
                fact: facts.attended(id, facts.pick(sessions), by: PersonID(id)) as any Fact,
                subject: id, sequence: Int64(1), id: facts.uuid()
            )
        }
        let halves = [Array(attended.prefix(300)), Array(attended.dropFirst(300))]
        let workers = ReportingWorkers(halves, batch: 15, url: bench.url)
        for session in sessions {
            try bench.take(facts.cancellation(of: session), subject: session.uuid, sequence: 9)
        }
        #expect(workers.failures() == [])
        #expect(try bench.connection.run("SELECT 1 FROM cell_value").isEmpty)
        try expectSound()
    }

    @Test("A correction moves a contribution to its new place and day")
    func correction() throws {
        var facts = ReportingFacts(seed: 1)
        let id = UUID()
        let places = [("350203006001", "2020-05-26"), ("350203007001", "2020-04-01")]
        for (version, place) in places.enumerated() {
            let fact = facts.household(
                id, members: 1, in: ReportingFacts.code(place.0), on: ReportingFacts.date(place.1))
            try bench.take(fact, subject: id, sequence: Int64(version + 1))
        }
        #expect(try figure("households_registered", "2020-04") == 1)
        #expect(try figure("households_registered", "2020-05") == nil)
        try expectSound()
    }

    @Test("The check finds a cell that does not fit its contributions")
    func mismatch() throws {
        var facts = ReportingFacts(seed: 1)
        try bench.take(facts.items(records: 10))
        try rollUpAll()
        _ = try bench.connection.run(
            "UPDATE cell SET times = times + 1 WHERE territory = '350203' AND span = 'year'")
        let rules = try bench.connection.run("SELECT DISTINCT rule FROM cell_mismatches()").map {
            try $0.decode(String.self, at: 0)
        }
        #expect(Set(rules) == ["contributions", "territories", "periods"])
    }

    // MARK: Help

    private func take(_ fact: some Contributing) throws {
        try bench.take(fact, subject: UUID(), sequence: 1)
    }

    private func figure(
        _ measure: String, _ period: String, _ programme: String = ""
    ) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT value FROM cell_value
            WHERE measure = \(measure) AND period = \(period) AND programme = \(programme)
              AND territory = '350203' AND dimension = ''
            """
        ).first?.decode(Int64.self, at: 0)
    }

    private func digest(_ other: ServiceBench? = nil) throws -> String? {
        try ReportingChecks.digest(other ?? bench)
    }

    private func rollUpAll() throws { try ReportingChecks.rollUpAll(bench) }

    private func expectSound(_ other: ServiceBench? = nil) throws {
        #expect(try ReportingChecks.mismatches(other ?? bench) == 0)
    }
}

enum ReportingChecks {
    static func digest(_ bench: ServiceBench) throws -> String? {
        try bench.connection.run("SELECT cell_digest()").first?.decode(String.self, at: 0)
    }

    static func rollUpAll(_ bench: ServiceBench) throws {
        while try Cells.rollUp(bench.connection) > 0 {}
    }

    /// Makes the next edition, whether it is due or not. Of a few records all figures are small: all of them are public at
    /// every level unless a test is about the plan. All words of publishers have names, unless a test is about them.
    @discardableResult
    static func write(
        _ bench: ServiceBench, now: Timestamp = .now(), everything: Bool = true,
        revises: Bool = false, naming: Bool = true
    ) throws -> Int {
        if everything { try PublicPlan.everything.apply(bench.connection) }
        if naming { try nameParts(bench) }
        _ = try bench.connection.run(
            "UPDATE edition SET published_at = as_of WHERE published_at IS NULL")
        guard let next = try Editions.next(bench.connection, now: now, afterSeconds: 0) else {
            return 0
        }
        let edition = Editions.Due(
            number: next.edition.number, cause: next.edition.cause, request: next.edition.request,
            revises: revises)
        return Int(try Editions.make(edition, bench.connection, now: now))
    }

    private static func nameParts(_ bench: ServiceBench) throws {
        for word in try OpenedParts.waiting({ try bench.connection.run($0) }) {
            let key = DefinedWord.key(.part, word.part, word.dimension)
            _ = try bench.connection.run(
                """
                INSERT INTO word (key, kind, code, dimension, name_zh, name_en, reason, sequence)
                VALUES (\(key), 'part', \(word.part), \(word.dimension), \(word.part),
                        \(word.part), 'a test', 1)
                """)
        }
    }

    /// Says for all services that their journals were sent again, and ends the rebuild if that was all.
    static func sayAllWasSent(
        _ bench: ServiceBench, _ facts: [UUID] = [], of rebuild: Int64 = 1
    ) throws {
        let told: [any JournalSent] = [
            RegistryJournalSent(ReplayedFacts(rebuild: rebuild, facts: facts, isLast: true)),
            FundingJournalSent(ReplayedFacts(rebuild: rebuild, facts: [], isLast: true)),
            EventsJournalSent(ReplayedFacts(rebuild: rebuild, facts: [], isLast: true)),
        ]
        for fact in told { try bench.take(fact, subject: UUID(), sequence: 1) }
        try Rebuilds.finish(bench.connection, now: .now())
    }

    static func state(_ bench: ServiceBench, _ dataset: String) throws -> DatasetState {
        let state = try DatasetState.find(dataset) { try bench.connection.run($0) }
        guard let state else { throw Deployment.Failure(description: "no dataset \(dataset)") }
        return state
    }

    /// Has what was written confirmed, all of it or up to a `seq`.
    static func publish(
        _ bench: ServiceBench, _ dataset: String, through seq: Int64? = nil
    ) throws {
        while true {
            var state = try state(bench, dataset)
            let summaries = try EditionNews.unpublished(dataset, bench.connection)
                .filter { seq == nil || $0.seq <= seq ?? 0 }
            guard !summaries.isEmpty else { return }
            for summary in summaries { try state.take(summary, MessageEncoder()) }
            _ = try bench.connection.run(EditionNews.confirmed(state))
            _ = try bench.connection.run(
                """
                UPDATE dataset SET published = confirmed, digest = confirmed_digest,
                       cells = confirmed_cells
                WHERE name = \(dataset)
                """)
        }
    }

    static func mismatches(_ bench: ServiceBench) throws -> Int {
        try bench.connection.run("SELECT 1 FROM cell_mismatches()").count
    }
}
