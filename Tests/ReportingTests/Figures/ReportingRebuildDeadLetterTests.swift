import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin
@testable import Reporting

@Suite("Facts that cannot be applied during a rebuild, on a real database")
struct ReportingRebuildDeadLetterTests {
    private static let place = ReportingFacts.code("350203007")

    private let bench: ServiceBench
    private let items: [ReportingFacts.Item]
    /// Of two families, the first one in the place.
    init() throws {
        bench = try ServiceBench(Reporting.definition)
        var facts = ReportingFacts(seed: 4)
        items = [Self.place, ReportingFacts.subdistrict].map { place -> ReportingFacts.Item in
            let id = facts.uuid()
            return (facts.household(id, members: 2, in: place), id, 1, facts.uuid())
        }
    }

    @Test func `it keeps the rebuild waiting, status says so, and nothing is published without it`()
        throws
    {
        let before = try rebuildWithFault()
        let status = try #require(try RebuildStatus.read(bench.connection))
        #expect(status.contains("waits for 1 facts to be applied, 1 of them dead letters"))
        try ReportingChecks.write(bench)
        #expect(try editions() == before)
    }

    @Test func `redriven when it can be applied, it ends the rebuild`() throws {
        let before = try rebuildWithFault()
        try mend()
        #expect(try bench.redrive() == 1)
        #expect(try !isWhole())
        _ = try bench.handleParked()
        #expect(try isWhole())
        #expect(try ReportingChecks.mismatches(bench) == 0)
        try ReportingChecks.write(bench)
        #expect(try editions() == before + 1)
        #expect(try families() == 2)
    }

    @Test func `given up by an operator, it ends the rebuild without it`() throws {
        let before = try rebuildWithFault()
        try settle("discarded")
        #expect(try isWhole())
        try ReportingChecks.write(bench)
        #expect(try editions() == before + 1)
        #expect(try families() == 1)
    }

    @Test func `one that cannot be read is waited for as well`() throws {
        let id = UUID()
        try bench.decide(RebuildCells(reason: "a test"))
        let body = """
            {"specversion":"1.0","id":"\(id.uuidString.lowercased())","source":"test",\
            "type":"\(HouseholdRegistered.type)","time":"\(Timestamp.now())","data":{}}
            """
        try bench.take(raw: [(HouseholdRegistered.type, Array(body.utf8))])
        try ReportingChecks.sayAllWasSent(bench, [id])
        #expect(try !isWhole())
        #expect(try RebuildStatus.read(bench.connection)?.contains("dead letters") == true)
        try settle("discarded")
        #expect(try isWhole())
    }

    @Test(arguments: ["redriven", "discarded"])
    func `a dead letter from before the rebuild says nothing of it`(state: String) throws {
        try breakPlace()
        try bench.take(items)
        try settle(state)
        try mend()
        try bench.decide(RebuildCells(reason: "a test"))
        try bench.take([items[1]])
        try ReportingChecks.sayAllWasSent(bench, items.map(\.id))
        #expect(try !isWhole(), "it is on its way")
        try bench.take([items[0]])
        #expect(try isWhole())
    }

    // MARK: Help

    /// Publishes all, and has everything sent again when a fact cannot be applied any more.
    /// - Returns: how many editions there are.
    private func rebuildWithFault() throws -> Int {
        try bench.take(items)
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.write(bench)
        #expect(try families() == 2)
        try bench.decide(RebuildCells(reason: "a test"))
        try breakPlace()
        try bench.take(items)
        try ReportingChecks.sayAllWasSent(bench, items.map(\.id))
        #expect(try !isWhole())
        return try editions()
    }

    /// From now on the database takes nothing of the place.
    private func breakPlace() throws {
        try bench.connection.script(
            "ALTER TABLE contribution ADD CONSTRAINT a_fault CHECK (territory <> '350203007')")
    }

    private func mend() throws {
        try bench.connection.script("ALTER TABLE contribution DROP CONSTRAINT a_fault")
    }

    /// The state of the one dead letter.
    private func settle(_ state: String) throws {
        let settled = try bench.connection.run(
            """
            UPDATE dead_letter SET state = \(state), body = NULL, sealed_on = NULL
            WHERE state = 'open'
            """)
        #expect(settled.affected == 1)
    }

    private func isWhole() throws -> Bool {
        try Rebuilds.finish(bench.connection, now: .now())
        return try bench.connection.run(Rebuilds.goingOn).isEmpty
    }

    private func editions() throws -> Int {
        try bench.connection.run("SELECT FROM edition").count
    }

    /// As the last edition says of the district.
    private func families() throws -> Int64? {
        try bench.connection.run(
            """
            SELECT figures[array_position(measures, 'households_registered')] FROM summary
            WHERE dataset = 'families' AND territory = '350203' AND span = 'all'
              AND superseded_by IS NULL
            """
        ).first?.decode(optional: Int64.self, at: 0)
    }
}
