import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("The plan of what is public, on a real database")
struct ReportingPublicPlanTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(Reporting.definition) }

    private func plan(_ blocks: [PlanBlock], version: Int = 1) -> DefinePlan {
        DefinePlan(
            version: version, reason: "a test", threshold: 5, exactFrom: 0, settleDays: 31,
            madeAt: "03:30", blocks: blocks)
    }

    private func block(
        _ measures: [String], _ level: PublicLevel = .district, from: PublicSpan = .month,
        parts: Bool = false
    ) -> PlanBlock {
        PlanBlock(measures: measures, level: level, from: from, parts: parts)
    }

    @Test func `a plan takes the place of the one before, whole`() throws {
        let answer = try bench.decide(
            plan([
                block(["donations"], from: .quarter),
                block(["donations"], .subdistrict, from: .all),
            ]))
        #expect(answer.status == "accepted")
        #expect(bench.facts.map(\.header.type) == [PlanDefined.type])
        let cells = try bench.connection.run(
            "SELECT measure || level || span FROM plan_cell ORDER BY level, span"
        ).map { try $0.decode(String.self, at: 0) }
        #expect(cells == ["donations6quarter", "donations6year", "donations6all", "donations9all"])
    }

    @Test func `what changes with the first edition by another plan is a change of method`() throws
    {
        func isMethod() throws -> Bool {
            try ReportingChecks.write(bench, everything: false)
            let rows = try bench.connection.run(
                "SELECT is_method FROM edition ORDER BY number DESC LIMIT 1")
            return try #require(rows.first).decode(Bool.self, at: 0)
        }
        _ = try isMethod()
        #expect(try !isMethod())
        try bench.decide(plan([block(["donations"])]))
        #expect(try isMethod())
        #expect(try !isMethod())
    }

    // MARK: What a plan would hide

    private struct Answering: Decodable { let answer: PlanTrial }

    @Test func `a plan that is asked about is tried on what is there, and nothing of it is kept`()
        throws
    {
        var facts = ReportingFacts(seed: 5)
        for (place, count) in [3, 8, 20].enumerated() {
            for _ in 0..<count {
                let id = UUID()
                let loan = facts.disbursed(
                    id, to: PersonID(id), yuan: 10_000,
                    in: ReportingFacts.code("35020300600\(place + 1)"),
                    on: ReportingFacts.date("2020-05-26"))
                try bench.take(loan, subject: id, sequence: 1)
            }
        }
        let levels: [PublicLevel] = [.district, .subdistrict, .community]
        let wanted = plan(levels.map { block(["loans_disbursed"], $0, from: .year) })
        let before = try kept()
        let answer = try bench.decide(TryPlan(plan: wanted))
        let trial = try Document(answer.body).data(as: Answering.self).answer
        let years = trial.blocks.filter { $0.period == .year && $0.hidden > 0 }
        #expect(years.map(\.level) == [.community])
        #expect(years.map(\.hidden) == [2], "the small one and one beside it")
        #expect(years.map(\.programme) == ["happiness-project"])
        #expect(try kept() == before)
    }

    @Test func `a plan that cannot be is not tried`() throws {
        let answer = try bench.decide(TryPlan(plan: plan([block(["donation"])])))
        #expect(answer.code == "unknown_measure")
        #expect(answer.pointer == "/data/plan/blocks/0/measures/0")
        let other = try bench.decide(
            TryPlan(plan: plan([block(["donations"])])), publisher: "district")
        #expect(other.code == "out_of_scope")
    }

    @Test func `one plan is tried at a time`() throws {
        let query = TryPlan(plan: plan([block(["donations"])]))
        let other = try Connection(PostgresConfiguration(url: bench.url))
        _ = try other.pipeline(["BEGIN", "SELECT FROM plan FOR UPDATE"])
        #expect(try bench.decide(query).code == "plan_busy")
        _ = try other.run("ROLLBACK")
        #expect(try bench.decide(query).status == "accepted")
    }

    /// Rows that a trial must leave as they were.
    private func kept() throws -> [Int64] {
        try [
            "SELECT count(*) FROM plan_cell", "SELECT threshold FROM plan",
            "SELECT count(*) FROM edition_figure", "SELECT count(*) FROM settled_table",
            "SELECT count(*) FROM exact_unit",
        ].map { statement in
            let rows = try bench.connection.run(Statement(trusted: statement, []))
            return try #require(rows.first).decode(Int64.self, at: 0)
        }
    }

    @Test func `a plan of another version than the next is refused`() throws {
        let answer = try bench.decide(plan([block(["donations"])], version: 2))
        #expect(answer.code == "plan_version_taken")
        #expect(answer.pointer == "/data/version")
        #expect(answer.expected == "1")
    }

    @Test(arguments: [
        (["donation"], PublicLevel.district, PublicSpan.month, false, "unknown_measure"),
        (["donations", "donations"], .district, .month, false, "plan_repeats"),
        (["borrowers"], .subdistrict, .year, false, "plan_tells_families"),
        (["grants_paid"], .subdistrict, .year, true, "plan_tells_families"),
        (["grants_paid"], .subdistrict, .day, false, "plan_tells_families"),
        (["grants_paid"], .compound, .year, false, "plan_tells_families"),
        (["grants_paid"], .community, .year, false, "plan_contradicts"),
        (["households_covered"], .district, .all, false, "plan_publishes_nothing"),
    ])
    func `a plan that cannot be is refused, with the place and what would be right`(
        _ measures: [String], _ level: PublicLevel, _ from: PublicSpan, _ parts: Bool,
        _ code: String
    ) throws {
        let answer = try bench.decide(
            plan([block(measures, level, from: from, parts: parts)]))
        #expect(answer.code == code)
        #expect(answer.pointer?.hasPrefix("/data/blocks") == true)
        #expect(answer.expected?.isEmpty == false)
        #expect(try bench.connection.run("SELECT FROM plan WHERE sequence = 0").count == 1)
    }

    @Test func `below the district a source has one shortest period`() throws {
        let answer = try bench.decide(
            plan([
                block(["grants_paid", "grants_paid_fen"]),
                block(["grants_paid"], .subdistrict, from: .quarter),
                block(["grants_paid_fen"], .subdistrict, from: .year),
            ]))
        #expect(answer.code == "plan_contradicts")
    }

    @Test(arguments: [
        ("parent_child_pairs", "attendance"), ("household_times", "attendance"),
        ("premium_paid_fen", "insurance"), ("households_covered", "insurance"),
        ("supplement_paid_fen", "supplement"),
    ])
    func `below the district one source tells of the same families`(
        _ measure: String, _ other: String
    ) throws {
        let shown = ["attendance_person_times", "insured_households", "insured_persons"]
        func beside(_ level: PublicLevel) -> DefinePlan {
            plan([
                block(shown), block(shown, .subdistrict, from: .year),
                block([measure], level, from: .year),
            ])
        }
        let answer = try bench.decide(beside(.subdistrict))
        #expect(answer.code == "plan_tells_families")
        #expect(answer.pointer == "/data/blocks/2/measures/0")
        #expect(answer.expected == "the district: below it \(other) tells of the same families")
        #expect(try bench.decide(beside(.district)).status == "accepted")
    }

    @Test(arguments: ["bereaved_persons", "only_child_persons", "hardship_girl_persons"])
    func `below the district families count by category, and no persons`(
        _ measure: String
    ) throws {
        func plan(_ level: PublicLevel) -> DefinePlan {
            self.plan([
                block(["bereaved_households"]),
                block(["bereaved_households"], .subdistrict, from: .year),
                block([measure], level, from: .year),
            ])
        }
        let answer = try bench.decide(plan(.subdistrict))
        #expect(answer.code == "plan_tells_families")
        #expect(answer.pointer == "/data/blocks/2/measures/0")
        #expect(answer.expected == "the district: few persons may be of many families")
        #expect(try bench.decide(plan(.district)).status == "accepted")
    }

    @Test func `the first plan has no persons by category below the district`() throws {
        let below = try bench.connection.run(
            """
            SELECT p.measure FROM plan_cell p JOIN measure m ON m.name = p.measure
            WHERE p.level > 6 AND m.source LIKE 'recognition%' AND m.reads <> 'times'
            """)
        #expect(below.count == 0)
    }

    @Test func `what was published of a source below the district is known for ever`() throws {
        try bench.connection.script(
            """
            INSERT INTO settled_table (district, source, programme, span, start, level, edition)
            VALUES ('350203', 'attendance', 'warm-home', 'year', '2020-01-01', 9, 1)
            """)
        func below(_ measure: String) throws -> ServiceBench.Answered {
            try bench.decide(plan([block([measure], .subdistrict, from: .year)]))
        }
        #expect(try below("parent_child_pairs").code == "plan_tells_families")
        #expect(try below("attendance_identified").status == "accepted")
    }

    @Test func `a plan that would publish nothing is refused`() throws {
        #expect(try bench.decide(plan([])).code == "invalid_value")
    }

    @Test func `only the operator decides`() throws {
        try bench.take(
            PublisherGranted(
                publisher: "district", territories: [ReportingFacts.district],
                types: ["reporting.*"]), subject: UUID(), sequence: 1)
        let answer = try bench.decide(plan([block(["donations"])]), publisher: "district")
        #expect(answer.code == "out_of_scope")
    }
}
