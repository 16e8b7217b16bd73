import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("What whole editions make public, on a real database")
struct ReportingEditionTests {
    private let world: EditionWorld

    init() throws { world = try EditionWorld() }

    @Test func `the district is exact, and below it what is small is hidden with a neighbour`()
        throws
    {
        try world.lend([3, 8, 20])
        try world.publish()
        #expect(try world.loans("350203", "all") == 31)
        #expect(try world.loans("350203006", "2020") == 31)
        #expect(try world.loans("350203006001", "2020") == nil)
        #expect(try world.loans("350203006002", "2020") == nil)
        #expect(try world.loans("350203006003", "2020") == 20)
        #expect(try world.hiding("350203006001", "2020") == ["p"], "all that is published of it")
        #expect(try world.hiding("350203006002", "all") == ["c"])
        #expect(try world.hiding("350203", "all") == [])
    }

    @Test func `a hidden figure is suppressed wherever figures leave reporting`() throws {
        try world.lend([3, 8, 20])
        try world.publish()
        let cell = try #require(
            try world.cells().last { $0.key.territory.rawValue == "350203006001" })
        #expect(!cell.measures.isEmpty)
        #expect(cell.measures.values.allSatisfy { $0 == PublishedFigure(state: .suppressed) })
        #expect(cell.edition == 1 && cell.asOf == EditionWorld.now)
        #expect(CellCSV.lines(cell).contains("loans_disbursed,,suppressed,"))
        let replaced = CellChanged.Replaced(
            seq: 1, vintage: 0, status: .provisional, measures: cell.measures)
        #expect(replaced.measures.values.allSatisfy { $0.value == nil })
    }

    @Test func `families below the district appear once their period is settled`() throws {
        try world.lend([30, 40], on: "2026-03-05")
        try world.publish()
        #expect(try world.loans("350203", "2026") == 70)
        #expect(try world.loans("350203006", "2026") == nil)
        #expect(try world.loans("350203006", "all") == nil)
        try world.publish(at: "2027-01-31T02:00:00Z")
        #expect(try world.loans("350203006", "2026") == nil, "31 days after the year")
        try world.publish(at: "2027-02-01T02:00:00Z")
        #expect(try world.loans("350203006001", "2026") == 30)
        #expect(try world.loans("350203006", "all") == 70)
    }

    @Test func `a year that is closed is settled`() throws {
        try world.lend([30, 40])
        try world.publish(at: "2021-01-03T02:00:00Z")
        #expect(try world.loans("350203006001", "2020") == nil)
        let year = try #require(Period("2020"))
        try world.bench.decide(
            ClosePeriod(period: year, closedOn: ReportingFacts.date("2021-01-02")))
        try world.publish(at: "2021-01-04T02:00:00Z")
        #expect(try world.loans("350203006001", "2020") == 30)
    }

    @Test func `of a district with too few families nothing is said of families`() throws {
        _ = try world.bench.connection.run("UPDATE plan SET exact_from = 20000")
        try world.lend([30, 40])
        try world.donate(3)
        try world.publish()
        #expect(try world.loans("350203", "all") == nil)
        #expect(try world.figure("donations", "350203", "all", "one-yuan-donation") == 3)
        #expect(try world.gaps() == ["families"])
    }

    @Test func `a total that is too small to be divided is not, and the edition says so`() throws {
        try world.lend([1, 1])
        try world.publish()
        #expect(try world.loans("350203", "2020") == 2)
        #expect(try world.loans("350203006", "2020") == nil)
        #expect(try world.loans("350203006001", "2020") == nil)
        #expect(try world.gaps() == ["totals"])
    }

    @Test func `a plan that has got a level publishes it of periods that were settled before`()
        throws
    {
        _ = try world.bench.connection.run(
            "DELETE FROM plan_cell WHERE measure IN ('loans_disbursed', 'capital_lent_fen') AND level = 12"
        )
        try world.lend([30, 40])
        try world.publish()
        #expect(try world.loans("350203006", "2020") == 70)
        #expect(try world.loans("350203006001", "2020") == nil)
        try PublicPlan.families(inCommunities: ["disbursement"]).apply(world.bench.connection)
        try world.publish()
        #expect(try world.loans("350203006001", "2020") == 30)
        #expect(try world.loans("350203006", "2020") == 70)
    }

    @Test func `a person without a household keeps communities back, and no subdistrict`() throws {
        var facts = world.facts
        let day = ReportingFacts.date("2020-05-26")
        for (place, count) in [30, 40].enumerated() {
            let community = ReportingFacts.code("35020300600\(place + 1)")
            for _ in 0..<count {
                let id = UUID()
                let household = facts.household(id, members: 2, in: community, on: day)
                try world.bench.take(household, subject: id, sequence: 1)
            }
        }
        let person = PersonRegistered(
            person: PersonID(UUID()), territory: ReportingFacts.code("350203006003"),
            registeredOn: day, birthDate: ReportingFacts.date("1968-03-12"), sex: .female)
        try world.bench.take(person, subject: person.person.uuid, sequence: 1)
        try world.publish()
        #expect(try world.households("350203006") == 70)
        #expect(try world.households("350203006001") == nil)
        #expect(try world.gaps() == ["signed"])
    }

    @Test func `where it is known that nothing happened zero is said`() throws {
        try world.lend([30, 40])
        try world.publish()
        #expect(try world.loans("350203", "2020-06") == 0)
        #expect(try world.loans("350203", "2026-11") == 0)
        #expect(try world.loans("350203", "2020-04") == nil, "before the first there was no fund")
        try world.name(["350203", "350203006", "350203007"])
        try world.publish()
        #expect(try world.loans("350203007", "2020") == 0)
        #expect(try world.loans("350203007", "2021") == 0)
    }

    @Test
    func `a stock is told of each period that has begun, however far ahead something is dated`()
        throws
    {
        try world.name(["350203", "350203006", "350203007"])
        _ = try world.bench.connection.run(
            """
            INSERT INTO delta (source, territory, day, programme, dimension, records, times, amount)
            VALUES ('followers', '350203007', '2026-03-01', 'early-childhood', '', 1, 30, 0),
                   ('followers', '350203006', '2026-12-01', 'early-childhood', '', 1, 5, 0),
                   ('followers', '350203006', '2199-06-01', 'early-childhood', '', 1, 7, 0),
                   ('donation', '350203006', '2199-06-01', 'one-yuan-donation', '', 1, 1, 100)
            """)
        try world.publish()
        #expect(try followers("350203007", "month") == Array(repeating: 30, count: 9))
        #expect(try followers("350203", "month") == Array(repeating: 30, count: 9))
        #expect(try followers("350203", "year") == [35], "as of its end")
        #expect(try followers("350203", "all") == [42])
        let later = try world.bench.connection.run(
            "SELECT FROM summary WHERE start > '2026-11-29'")
        #expect(later.isEmpty)
        #expect(try world.figure("donations", "350203", "all", "one-yuan-donation") == 1)
    }

    private func followers(_ territory: String, _ span: String) throws -> [Int64] {
        try world.bench.connection.run(
            """
            SELECT figures[array_position(measures, 'followers')] FROM summary
            WHERE territory = \(territory) AND span = \(span)::span AND superseded_by IS NULL
              AND programme = 'early-childhood' ORDER BY start
            """
        ).map { try $0.decode(Int64.self, at: 0) }
    }

    @Test
    func `what an edition left out is forgotten with what it replaced, but of the one in force`()
        throws
    {
        try world.lend([1, 1])
        for _ in 1...3 { try world.publish() }
        func kept() throws -> [Int64] {
            try world.bench.connection.run(
                "SELECT DISTINCT edition FROM edition_gap ORDER BY edition"
            ).map { try $0.decode(Int64.self, at: 0) }
        }
        #expect(try kept() == [1, 2, 3])
        let (before, after) = ("2026-11-29T01:00:00Z", "2026-12-29T02:00:00Z")
        try DatasetState.forget(before: #require(Timestamp(before)), world.bench.connection)
        #expect(try kept() == [1, 2, 3])
        try DatasetState.forget(before: #require(Timestamp(after)), world.bench.connection)
        #expect(try kept() == [3])
        let counted = try world.bench.connection.run("SELECT FROM edition WHERE gaps > 0")
        #expect(counted.count == 3, "how much it was is known for ever")
    }
}
