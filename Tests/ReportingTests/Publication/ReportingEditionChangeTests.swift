import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("What editions say of what has changed since, on a real database")
struct ReportingEditionChangeTests {
    private let world: EditionWorld

    init() throws { world = try EditionWorld() }

    @Test func `a correction of few waits below the district, and one of many is published`() throws
    {
        try world.lend([30, 40])
        try world.publish()
        try world.lend([2])
        try world.publish()
        #expect(try world.loans("350203", "2020") == 72)
        #expect(try world.loans("350203006001", "2020") == 30)
        #expect(try world.loans("350203006", "2020") == 70)
        #expect(try world.gaps() == ["waiting"])
        try world.lend([3])
        try world.publish()
        #expect(try world.loans("350203006001", "2020") == 35)
        #expect(try world.loans("350203006", "2020") == 75)
        #expect(try world.gaps() == [])
    }

    @Test func `where one community waits and another has changed, their subdistrict is their sum`()
        throws
    {
        try world.lend([30, 40])
        try world.lend([60], in: "350203007")
        try world.publish()
        try world.lend([1, 10])
        try world.publish()
        #expect(try world.loans("350203", "2020") == 141)
        #expect(try world.loans("350203006001", "2020") == 30)
        #expect(try world.loans("350203006002", "2020") == 50)
        #expect(try world.loans("350203006", "2020") == 80)
        #expect(try world.gaps() == ["waiting"])
        #expect(try exposed() == 0)
    }

    @Test func `a subdistrict is the sum of its communities, though that moves by few`() throws {
        try world.lend([30, 40])
        try world.lend([60], in: "350203007")
        try world.publish()
        try world.takeBack(8, in: "350203006001")
        try world.lend([0, 10])
        try world.publish()
        #expect(try world.loans("350203", "2020") == 132)
        #expect(try world.loans("350203006001", "2020") == 22)
        #expect(try world.loans("350203006002", "2020") == 50)
        #expect(try world.loans("350203006", "2020") == 72)
        #expect(try world.gaps() == [])
        #expect(try exposed() == 0)
    }

    @Test func `subdistricts that the plan gets later are what is public of their communities`()
        throws
    {
        _ = try world.bench.connection.run(
            """
            DELETE FROM plan_cell
            WHERE level = 9 AND measure IN (SELECT name FROM measure WHERE source = 'disbursement')
            """)
        try world.lend([30, 40])
        try world.lend([60], in: "350203007")
        try world.publish()
        #expect(try world.loans("350203006", "2020") == nil)
        try PublicPlan.families(inCommunities: ["disbursement"]).apply(world.bench.connection)
        try world.lend([2])
        try world.publish()
        #expect(try world.loans("350203006001", "2020") == 30)
        #expect(try world.loans("350203006", "2020") == 70)
        #expect(try exposed() == 0)
    }

    @Test func `a zero stays until many families are there, and its edition says so`() throws {
        try world.lend([30, 40])
        try world.lend([0, 0, 0], in: "350203007")
        try world.publish()
        try world.lend([0, 0, 3])
        try world.publish()
        #expect(try world.loans("350203006003", "2020") == nil, "nothing is named there")
        #expect(try world.loans("350203006", "2020") == 70)
        try world.lend([0, 0, 2])
        try world.publish()
        #expect(try world.loans("350203006003", "2020") == 5)
        #expect(try world.loans("350203006", "2020") == 75)
    }

    @Test func `asked for, a correction of few is made, and hidden from then on`() throws {
        try world.lend([30, 40, 50])
        try world.lend([60], in: "350203007")
        try world.publish()
        try world.lend([2])
        try world.publish(revises: true)
        #expect(try world.loans("350203006001", "2020") == nil)
        #expect(try world.hiding("350203006001", "2020") == ["c"])
        #expect(try world.stored("350203006001", "2020") == 32)
        try world.lend([20])
        try world.publish()
        #expect(try world.loans("350203006001", "2020") == nil, "it was hidden once")
        #expect(try world.stored("350203006001", "2020") == 52)
    }

    @Test
    func `what falls to few beside what everybody knows waits, and is covered by a revision`()
        throws
    {
        try world.lend([20, 30, 40])
        try world.lend([60], in: "350203007")
        try world.publish()
        try world.takeBack(17, in: "350203006001")
        try world.publish()
        #expect(try world.loans("350203006001", "2020") == 20, "beside 30 and 40 it would be told")
        #expect(try world.loans("350203006", "2020") == 90, "it is the sum of its communities")
        #expect(try world.loans("350203", "2020") == 133)
        #expect(try world.gaps() == ["waiting"])
        try world.publish(revises: true)
        #expect(try world.hiding("350203006001", "2020") == ["p"])
        #expect(try world.hiding("350203006002", "2020") == ["c"], "it may have changed by few")
        #expect(try world.stored("350203006001", "2020") == 3)
        #expect(try world.loans("350203006003", "2020") == 40)
        try world.lend([0, 0, 10])
        try world.publish()
        #expect(try world.hiding("350203006002", "2020") == ["c"])
        #expect(try world.loans("350203006003", "2020") == 50)
        #expect(try told() == ["350203006002 26…34"])
        #expect(try exposed() == 0)
    }

    @Test func `a revision tells nothing to who has seen the edition before`() throws {
        try world.lend([30, 40, 50])
        try world.lend([60], in: "350203007")
        try world.publish()
        try world.lend([2])
        try world.publish(revises: true)
        #expect(try exposed() == 0)
    }

    /// How many hidden figures the audit finds told.
    private func exposed() throws -> Int {
        try PublishedSeries.all(world.bench.connection).reduce(0) {
            $0 + SeriesKnowledge($1, threshold: 5).exposed().count
        }
    }

    /// The parts of hidden counts that earlier editions tell.
    private func told() throws -> [String] {
        try world.bench.connection.run(
            """
            SELECT territory || ' ' || low || '…' || high FROM settled_cell
            WHERE showing <> '-' AND low IS NOT NULL ORDER BY territory
            """
        ).map { try $0.decode(String.self, at: 0) }
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
                try world.bench.take(loan, subject: id, sequence: 1)
            }
            try world.publish(revises: wave == 3)
            let wrong = try world.bench.connection.run(
                """
                SELECT FROM settled_cell c
                WHERE (c.times < 5 AND c.showing = '-') OR c.times = 0
                """)
            #expect(wrong.isEmpty, "seed \(seed)")
        }
    }

    @Test func `by another threshold what was published is decided again, once`() throws {
        try world.lend([8, 30, 40])
        try world.publish()
        #expect(try world.loans("350203006001", "2020") == 8)
        func decide(by threshold: Int64) throws {
            _ = try world.bench.connection.run("UPDATE plan SET threshold = \(threshold)")
            try world.publish()
        }
        try decide(by: 10)
        #expect(try world.hiding("350203006001", "2020") == ["p"])
        #expect(try world.loans("350203006", "2020") == 78)
        #expect(try told() == ["350203006001 8…8"], "who has the edition before knows it")
        try world.publish()
        #expect(
            try world.bench.connection.run("SELECT FROM settled_table WHERE edition = 3").isEmpty,
            "nothing differs from the one before")
        try decide(by: 5)
        #expect(try world.hiding("350203006001", "2020") == ["c"], "it was hidden once")
    }

    @Test func `a figure that the plan names no more is not collected, and those beside it stay`()
        throws
    {
        try world.lend([3, 8, 20])
        try world.donate(3)
        try world.publish()
        _ = try world.bench.connection.run(
            """
            DELETE FROM plan_cell
            WHERE measure = 'donations_fen' OR measure = 'capital_lent_fen' AND level = 12
            """)
        try world.publish()
        let district = try world.measures("350203", "all", "one-yuan-donation")
        #expect(district["donations"]?.value == 3)
        #expect(district["donations_fen"] == PublishedFigure(state: .notCollected))
        let community = try world.measures("350203006001", "2020")
        #expect(community["loans_disbursed"] == PublishedFigure(state: .suppressed))
        #expect(community["capital_lent_fen"] == PublishedFigure(state: .notCollected))
        #expect(try world.loans("350203006003", "2020") == 20)
        try world.publish()
        #expect(
            try world.bench.connection.run("SELECT FROM summary WHERE edition = 3").isEmpty,
            "nothing differs from the one before")
    }
}
