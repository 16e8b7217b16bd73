import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import Reporting
@testable import ServiceSupport

@Suite("Rebuilds that race, on a real database")
struct ReportingRebuildRaceTests {
    private let bench: ServiceBench
    private let items: [ReportingFacts.Item]

    /// Some facts are public.
    init() throws {
        bench = try ServiceBench(Reporting.definition)
        var facts = ReportingFacts(seed: 3)
        items = facts.items(records: 30)
        try bench.take(items)
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.write(bench)
    }

    @Test
    func `two that are asked for at once end in one result, and nothing public changes before`()
        throws
    {
        let (digest, before) = (try ReportingChecks.digest(bench), try published())
        let url = bench.url
        let started = try Threads.run(2) { _, ready in
            let worker = try ServiceBench(Reporting.definition, url: url)
            ready()
            try worker.decide(RebuildCells(reason: "a test"))
            return worker.bodies
        }.flatMap(\.self)
        #expect(started.count == 2, "both are accepted")
        let current = try #require(try number())
        // Whichever reaches a service first, it sends its journal for the rebuild that reporting waits for.
        for bodies in [started, started.reversed()] {
            let funding = try ServiceBench(Funding.definition)
            for body in bodies { try funding.take(published: [body]) }
            let rows = try funding.connection.run("SELECT DISTINCT rebuild FROM replay")
            #expect(try rows.map { try $0.decode(Int64.self, at: 0) } == [current])
        }
        try bench.take(items)
        try publish()
        #expect(try published() == before)
        try ReportingChecks.sayAllWasSent(bench, items.map(\.id), of: current)
        #expect(try isWhole())
        #expect(try ReportingChecks.digest(bench) == digest)
        try publish()
        #expect(try published() == Published(editions: before.editions + 1, cells: before.cells))
    }

    @Test func `one whose batch began before the last rebuild did is answered by that rebuild`()
        throws
    {
        try bench.decide(RebuildCells(reason: "a test"))
        try bench.take(items)
        let digest = try ReportingChecks.digest(bench)
        // As the clock of another worker says.
        _ = try bench.connection.run("UPDATE rebuild SET started_at = now() + interval '1 hour'")
        #expect(try bench.decide(RebuildCells(reason: "another")).status == "accepted")
        #expect(bench.facts.map(\.header.type) == [RebuildStarted.type, RebuildStarted.type])
        #expect(bench.facts.map(\.header.sequence) == [1, 1])
        #expect(try ReportingChecks.digest(bench) == digest, "nothing is forgotten")
    }

    @Test func `of a second one while the first goes on, what is said of the first ends nothing`()
        throws
    {
        let (digest, before) = (try ReportingChecks.digest(bench), try published())
        try bench.decide(RebuildCells(reason: "a test"))
        try bench.take(Array(items.prefix(20)))
        try tell(
            RegistryJournalSent(
                ReplayedFacts(rebuild: 1, facts: items.map(\.id), isLast: true)))
        try tell(FundingJournalSent(ReplayedFacts(rebuild: 1, facts: [], isLast: true)))
        try bench.decide(RebuildCells(reason: "another"))
        try bench.take(items)
        try tell(EventsJournalSent(ReplayedFacts(rebuild: 1, facts: [], isLast: true)))
        try publish()
        #expect(try !isWhole())
        #expect(try published() == before)
        try ReportingChecks.sayAllWasSent(bench, items.map(\.id), of: 2)
        #expect(try isWhole())
        #expect(try ReportingChecks.digest(bench) == digest)
    }

    // MARK: Help

    /// Counts of published rows, which readers and subscribers may have met.
    private struct Published: Equatable {
        var editions: Int
        var cells: Int
    }

    private func published() throws -> Published {
        Published(
            editions: try bench.connection.run("SELECT FROM edition").count,
            cells: try bench.connection.run("SELECT FROM summary").count)
    }

    /// Publishes whatever may be published.
    private func publish() throws {
        try ReportingChecks.rollUpAll(bench)
        try Rebuilds.finish(bench.connection, now: .now())
        try ReportingChecks.write(bench)
    }

    private func isWhole() throws -> Bool {
        try Rebuilds.finish(bench.connection, now: .now())
        return try bench.connection.run(Rebuilds.goingOn).isEmpty
    }

    /// Of the rebuild that reporting waits for.
    private func number() throws -> Int64? {
        try bench.connection.run("SELECT sequence FROM rebuild").first?.decode(at: 0)
    }

    private func tell(_ fact: some JournalSent) throws {
        try bench.take(fact, subject: UUID(), sequence: 1)
    }
}
