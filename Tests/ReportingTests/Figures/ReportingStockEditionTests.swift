import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("How figures of a stock follow each other from period to period, on a real database")
struct ReportingStockEditionTests {
    private static let communities = ["350203006001", "350203006002"]
    private let world: EditionWorld

    init() throws {
        world = try EditionWorld()
        try PublicPlan.families(inCommunities: ["registration"]).apply(world.bench.connection)
    }

    @Test func `a stock moves by many families only, and then by all that came since`() throws {
        try register(30, 40, in: 2020)
        try register(1, 10, in: 2021)
        try register(3, 0, in: 2022)
        try register(1, 0, in: 2023)
        try world.publish()
        #expect(try stock("350203006001") == [30, 30, 30, 35])
        #expect(try stock("350203006002") == [40, 50, 50, 50])
        #expect(try stock("350203006") == [70, 80, 80, 85])
        #expect(try stock("350203") == [70, 81, 84, 85])
        #expect(try exposed() == 0)
    }

    @Test func `a year that is published later begins where the one before stands`() throws {
        try register(30, 40, in: 2020)
        try world.publish(at: "2021-03-01T02:00:00Z")
        try register(1, 10, in: 2021)
        try world.publish(at: "2022-03-01T02:00:00Z")
        #expect(try stock("350203006001").prefix(2) == [30, 30])
        #expect(try stock("350203006").prefix(2) == [70, 80])
        #expect(try exposed() == 0)
    }

    @Test func `a year that would come near the one after by few families takes its figure`() throws
    {
        try register(30, 40, in: 2020)
        try register(9, 0, in: 2021)
        try world.publish()
        #expect(try stock("350203006001").prefix(2) == [30, 39])
        // Five of the nine had come a year before.
        try move(5, from: 2021, to: 2020)
        try world.publish()
        #expect(try stock("350203006001").prefix(2) == [39, 39], "35 and 39 would tell of four")
        try register(6, 0, in: 2021)
        try world.publish()
        #expect(try stock("350203006001").prefix(2) == [39, 45])
        try move(6, from: 2020, to: 2021)
        try world.publish()
        #expect(try stock("350203006001").prefix(2) == [29, 45])
        #expect(try exposed() == 0)
    }

    @Test func `many persons of few families wait`() throws {
        try register(30, 40, in: 2020)
        try register(1, 10, in: 2021, members: 26)
        try world.publish()
        #expect(try stock("350203006001").prefix(2) == [30, 30])
        #expect(try exposed() == 0)
    }

    @Test func `communities that the plan gets later are compared with the year before`() throws {
        _ = try world.bench.connection.run(
            "DELETE FROM plan_cell WHERE level = 12 AND measure LIKE '%_registered'")
        try register(30, 40, in: 2020)
        try register(1, 20, in: 2021)
        try world.publish()
        #expect(try stock("350203006").prefix(2) == [70, 91])
        #expect(try stock("350203006001") == [])
        try PublicPlan.families(inCommunities: ["registration"]).apply(world.bench.connection)
        try world.publish()
        #expect(try stock("350203006001").prefix(2) == [30, 31])
        #expect(try hiding("350203006001") == ["-", "c"], "30 and 31 would tell of one")
        #expect(try exposed() == 0)
    }

    /// Households of the two communities, in the middle of a year.
    private func register(_ first: Int, _ second: Int, in year: Int, members: Int = 1) throws {
        var facts = world.facts
        for (code, count) in zip(Self.communities, [first, second]) {
            for _ in 0..<count {
                let fact = facts.household(
                    UUID(), members: members, in: ReportingFacts.code(code),
                    on: ReportingFacts.date("\(year)-06-01"))
                try world.bench.take(fact, subject: fact.household.uuid, sequence: 1)
            }
        }
    }

    /// Corrects the year in which households of the first community came.
    private func move(_ count: Int, from: Int, to: Int) throws {
        let (old, new) = ("\(from)-06-01", "\(to)-06-01")
        let moved = try world.bench.connection.run(
            """
            WITH moved AS (
                UPDATE contribution SET day = \(new)::text::date
                WHERE record IN (SELECT record FROM contribution
                                 WHERE source = 'registration' AND day = \(old)::text::date
                                   AND territory = \(Self.communities[0])
                                 LIMIT \(Int64(count)))
                RETURNING source, territory, programme, dimension, times, amount
            )
            INSERT INTO delta (source, territory, day, programme, dimension, records, times, amount,
                               is_correction)
            SELECT source, territory, d.day, programme, dimension, d.sign, d.sign * times,
                   d.sign * amount, true
            FROM moved
            CROSS JOIN (VALUES (\(old)::text::date, -1), (\(new)::text::date, 1)) AS d (day, sign)
            RETURNING 1
            """)
        #expect(moved.count == 2 * count)
    }

    /// The published stocks at the ends of 2020, 2021, 2022 and 2023.
    private func stock(_ territory: String) throws -> [Int64] {
        try world.bench.connection.run(
            """
            SELECT figures[array_position(measures, 'households_registered')] FROM summary
            WHERE territory = \(territory) AND span = 'year' AND superseded_by IS NULL
              AND dataset = 'families' AND start BETWEEN '2020-01-01' AND '2023-01-01'
            ORDER BY start
            """
        ).map { try $0.decode(Int64.self, at: 0) }
    }

    /// Whether the stocks at the ends of 2020 and 2021 are hidden, and why.
    private func hiding(_ territory: String) throws -> [String] {
        try world.bench.connection.run(
            """
            SELECT coalesce(nullif(substr(
                       hiding, array_position(measures, 'households_registered'), 1), ''), '-')
            FROM summary
            WHERE territory = \(territory) AND span = 'year' AND superseded_by IS NULL
              AND dataset = 'families' AND start BETWEEN '2020-01-01' AND '2021-01-01'
            ORDER BY start
            """
        ).map { try $0.decode(String.self, at: 0) }
    }

    private func exposed() throws -> Int {
        try PublishedSeries.all(world.bench.connection).reduce(0) {
            $0 + SeriesKnowledge($1, threshold: 5).exposed().count
        }
    }
}
