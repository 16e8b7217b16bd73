import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Rebuilding all figures from the journals, on a real database")
struct ReportingRebuildTests {
    private let bench: ServiceBench
    private var facts = ReportingFacts(seed: 1)

    init() throws { bench = try ServiceBench(Reporting.definition) }

    @Test("A rebuild forgets all figures and asks the other services for their journals")
    mutating func start() throws {
        try bench.take(facts.items(records: 30))
        let answer = try bench.decide(RebuildCells(reason: "a test"))
        #expect(answer.status == "accepted")
        #expect(bench.facts.map(\.header.type) == [RebuildStarted.type])
        #expect(try bench.connection.run("SELECT 1 FROM cell_value").isEmpty)
    }

    @Test("The journals replayed make the same figures, to the byte")
    mutating func replay() throws {
        let items = facts.items(records: 100)
        try bench.take(items)
        try ReportingChecks.rollUpAll(bench)
        let digest = try ReportingChecks.digest(bench)
        try bench.decide(RebuildCells(reason: "a test"))
        try bench.take(items)
        #expect(try ReportingChecks.digest(bench) == digest)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("Facts that come live in the middle of a replay count once")
    mutating func liveFacts() throws {
        let items = facts.items(records: 100)
        try bench.take(Array(items.prefix(60)))
        try bench.decide(RebuildCells(reason: "a test"))
        try bench.take(Array(items.prefix(30)))
        try bench.take(Array(items.dropFirst(50)))
        try bench.take(items)
        let other = try ServiceBench(Reporting.definition)
        try other.take(items)
        #expect(try ReportingChecks.digest(bench) == ReportingChecks.digest(other))
    }

    @Test("Figures survive a rebuild that starts while other workers are in the middle of batches")
    mutating func race() throws {
        // Corrections of few records, so that each batch holds what the rebuild forgets.
        let shares = (0..<2).map { _ in
            let records = (0..<5).map { _ in facts.uuid() }
            return (1...600).map { version in
                let id = facts.pick(records)
                return (
                    fact: facts.household(id, members: 1 + facts.below(5)) as any Fact,
                    subject: id, sequence: Int64(version), id: facts.uuid()
                )
            }
        }
        let items = shares.flatMap(\.self)
        let workers = ReportingWorkers(shares, batch: 15, url: bench.url)
        for _ in 1...5 {
            Thread.sleep(forTimeInterval: 0.1)
            try bench.decide(RebuildCells(reason: "a test"))
        }
        #expect(workers.failures() == [])
        try bench.take(items)
        let other = try ServiceBench(Reporting.definition)
        try other.take(items)
        #expect(try ReportingChecks.digest(bench) == ReportingChecks.digest(other))
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("The same command again is a duplicate and forgets nothing")
    mutating func duplicate() throws {
        let (id, command) = (UUID(), RebuildCells(reason: "a test"))
        let time = Timestamp.now()
        try bench.decide(command, id: id, time: time)
        try bench.take(facts.items(records: 20))
        let digest = try ReportingChecks.digest(bench)
        #expect(try bench.decide(command, id: id, time: time).status == "duplicate")
        #expect(try ReportingChecks.digest(bench) == digest)
    }

    @Test("Nothing is published before the figures are whole again, and then only what differs")
    mutating func held() throws {
        let items = facts.items(records: 40)
        try bench.take(items)
        try write()
        let before = try count()
        try bench.decide(RebuildCells(reason: "a test"))
        try write()
        #expect(try count() == before)
        try bench.take(items)
        try write(now: later(2))
        #expect(try count() == before)
        try ReportingChecks.sayAllWasSent(bench, items.map(\.id))
        try write(now: later(3))
        #expect(try count() == before)
        #expect(try bench.connection.run(Rebuilds.goingOn).isEmpty)
    }

    @Test("A rebuild waits for each service to say that all was sent, and for each fact")
    mutating func awaited() throws {
        let items = facts.items(records: 40)
        try bench.take(items)
        try write()
        let edition = try editions()
        try bench.decide(RebuildCells(reason: "a test"))
        try bench.take(Array(items.dropLast()))
        try tell(
            RegistryJournalSent(
                ReplayedFacts(rebuild: 1, facts: items.map(\.id), isLast: true)))
        try tell(FundingJournalSent(ReplayedFacts(rebuild: 1, facts: [], isLast: true)))
        try write(now: later(3_600))
        #expect(try editions() == edition)
        try tell(EventsJournalSent(ReplayedFacts(rebuild: 1, facts: [], isLast: true)))
        try write(now: later(7_200))
        #expect(try editions() == edition)
        try bench.take(Array(items.suffix(1)))
        try write(now: later(7_300))
        #expect(try editions() == edition + 1)
    }

    @Test("Exact figures are answered when they are whole")
    func whole() throws {
        let district = ReportingFacts.district
        let plan = DefinePlan(
            version: 1, reason: "a test", threshold: 5, exactFrom: 0, settleDays: 31,
            madeAt: "03:30",
            blocks: [
                PlanBlock(measures: ["donations"], level: .district, from: .year, parts: false)
            ])
        let queries: [any Command] = [
            GetFigures(territory: district, measures: ["donations"]),
            ExplainFigure(measure: "donations", territory: district, period: "all"),
            TryPlan(plan: plan),
        ]
        try bench.decide(RebuildCells(reason: "a test"))
        for answer in try bench.decide(queries) {
            #expect(answer.code == "rebuild_goes_on")
            #expect(answer.pointer == "/data")
        }
        try ReportingChecks.sayAllWasSent(bench)
        let loaded = TerritoryLoaded(
            edition: ReportingFacts.date("2023-12-31"), source: "test",
            units: [
                TerritoryUnit(
                    code: district, nameZh: "区", nameEn: "District",
                    validFrom: ReportingFacts.date("2000-01-01"))
            ])
        try bench.take(loaded, subject: UUID(), sequence: 1)
        for answer in try bench.decide(queries) { #expect(answer.status == "accepted") }
    }

    @Test("What is said of an earlier rebuild ends none")
    mutating func earlier() throws {
        for _ in 1...2 { try bench.decide(RebuildCells(reason: "a test")) }
        try ReportingChecks.sayAllWasSent(bench, of: 1)
        #expect(try !bench.connection.run(Rebuilds.goingOn).isEmpty)
        try ReportingChecks.sayAllWasSent(bench, of: 2)
        #expect(try bench.connection.run(Rebuilds.goingOn).isEmpty)
    }

    @Test("Of a cell that the journals no longer make nothing is collected, by a change of method")
    mutating func vanished() throws {
        let id = UUID()
        try bench.take(facts.household(id, members: 1), subject: id, sequence: 1)
        try write()
        try bench.decide(RebuildCells(reason: "a test"))
        try ReportingChecks.sayAllWasSent(bench)
        try write(now: later(30))
        let last = try EditionNews.unpublished("families", bench.connection).last
        #expect(last?.values == [:])
        #expect(last?.reason == .method)
    }

    // MARK: Help

    private func write(now: Timestamp = .now()) throws {
        while try Cells.rollUp(bench.connection) > 0 {}
        try Rebuilds.finish(bench.connection, now: now)
        try ReportingChecks.write(bench, now: now)
    }

    private func later(_ seconds: Int64) -> Timestamp {
        Timestamp(microseconds: Timestamp.now().microseconds + seconds * 1_000_000)
    }

    private func tell(_ fact: some JournalSent) throws {
        try bench.take(fact, subject: UUID(), sequence: 1)
    }

    private func editions() throws -> Int {
        try bench.connection.run("SELECT 1 FROM edition").count
    }

    private func count() throws -> Int { try bench.connection.run("SELECT 1 FROM summary").count }
}
