import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// Rule E1 on a database: who is insured, on what, and who is not.
@Suite struct FundingEvaluationTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let product = ProductID(UUID())

    init() throws { world = try FundingWorld() }

    // MARK: Ages

    @Test("The database counts completed years as the contract does")
    func completedYears() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        func day() -> BusinessDate {
            let range = BusinessDate.range
            let whole = Int(range.upperBound.day - range.lowerBound.day) + 1
            let day = range.lowerBound.adding(days: random.below(whole))
            guard random.once(in: 4) else { return day }
            let (month, number) = [(2, 29), (2, 28), (3, 1), (1, 1), (12, 31)][
                random.below(5)]
            return BusinessDate(year: day.year, month: month, day: number) ?? day
        }
        let pairs = (0..<20_000).map { _ in (day(), day()) }
        let rows = try world.bench.connection.run(
            """
            SELECT completed_years(born, at)
            FROM unnest(\(pairs.map(\.0)), \(pairs.map(\.1))) WITH ORDINALITY AS p(born, at, n)
            ORDER BY n
            """)
        for (pair, row) in zip(pairs, rows) {
            let years = Int(try row.decode(Int32.self, at: 0))
            #expect(
                years == pair.0.completedYears(at: pair.1),
                "\(pair.0) at \(pair.1), seed \(seed)")
        }
    }

    @Test(
        "Parents are insured from 51 to 65, both inclusive",
        arguments: [
            // On 1 January 2020: 50 for one more day, 51 today, 65 for one more day, 66 today.
            ("1969-01-02", "parents_too_young"), ("1969-01-01", "only_child_parents"),
            ("1954-01-02", "only_child_parents"), ("1954-01-01", "parents_too_old"),
        ])
    func bounds(_ birth: String, _ verdict: String) throws {
        let family = try Self.family(born: [birth], on: "2020-01-01")
        #expect(try evaluate([family], on: "2020-01-01") == [family.id: verdict])
    }

    @Test(
        "Someone born on 29 February is a year older on 1 March in common years",
        arguments: [
            ("1968-02-29", "2019-02-28", "parents_too_young"),
            ("1968-02-29", "2019-03-01", "only_child_parents"),
            ("1952-02-29", "2018-02-28", "only_child_parents"),
            ("1952-02-29", "2018-03-01", "parents_too_old"),
        ])
    func leapDay(_ birth: String, _ reference: String, _ verdict: String) throws {
        let family = try Self.family(born: [birth], on: reference)
        #expect(try evaluate([family], on: reference) == [family.id: verdict])
    }

    @Test("One parent of the age is enough, or all must be, as the rule says")
    func parentRule() throws {
        let families = try [
            ["1965-01-01", "1980-01-01"], ["1965-01-01", "1940-01-01"],
            ["1980-01-01", "1940-01-01"], ["1965-01-01", "1960-01-01"],
        ].map { try Self.family(born: $0, on: "2020-01-01") }
        let any = try evaluate(families, on: "2020-01-01", version: 1)
        #expect(
            families.map { any[$0.id] } == [
                "only_child_parents", "only_child_parents", "parents_outside_ages",
                "only_child_parents",
            ])
        let all = try evaluate([], on: "2020-01-01", version: 2, parents: .all)
        #expect(
            families.map { all[$0.id] } == [
                "parents_too_young", "parents_too_old", "parents_outside_ages",
                "only_child_parents",
            ])
    }

    @Test("The grandparents of an only child do not count as its parents")
    func grandparents() throws {
        var family = try Self.family(born: ["1985-01-01"], on: "2020-01-01")
        family.members.append(.init(role: .parent, birth: try Samples.date("1960-01-01")))
        #expect(try evaluate([family], on: "2020-01-01") == [family.id: "parents_too_young"])
    }

    // MARK: The whole list

    @Test("The list is what a plain model says, for any and all parents", arguments: [1, 2])
    func model(_ version: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        let day = try Samples.date("2020-02-29")
        let households = try (0..<600).map { _ in try TestHousehold.random(&random, on: day) }
        let parents: ParentRule = version == 1 ? .any : .all
        let premiums = Array(FundingFundTests.premiums.dropFirst(version - 1))
        let found = try evaluate(
            households, on: day.description, version: version, parents: parents,
            premiums: premiums)
        let rule = EligibilityRule(
            parentMinimumAge: 51, parentMaximumAge: 65, parentRule: parents)
        var verdicts: Set<String> = []
        for household in households {
            let expected = household.verdict(rule, premiums, on: day)
            verdicts.insert(expected)
            #expect(
                found[household.id] == expected,
                "\(household.members) \(household.recognitions), seed \(seed)")
        }
        #expect(found.count == households.count, "seed \(seed)")
        // The mixture reaches everything that there is to say.
        #expect(verdicts.count >= (version == 1 ? 8 : 9), "\(verdicts), seed \(seed)")
        try expectTotals(of: found, premiums)
    }

    /// The fact says what the lines say.
    private func expectTotals(of found: [HouseholdID: String], _ premiums: [Premium]) throws {
        let fact = try #require(world.facts(EnrolmentEvaluated.self).last)
        var counts: [String: Int] = [:]
        for verdict in found.values { counts[verdict, default: 0] += 1 }
        for line in fact.insured {
            let premium = try #require(premiums.first { $0.basis == line.basis })
            #expect(line.households == counts[line.basis.rawValue])
            #expect(line.premiumFen == premium.premiumFen * Int64(line.households))
        }
        #expect(fact.excluded.allSatisfy { $0.households == counts[$0.reason] })
        #expect(fact.insured.count + fact.excluded.count == counts.count)
        #expect(fact.excluded.map(\.reason) == fact.excluded.map(\.reason).sorted())
        #expect(
            fact.insured.map(\.basis)
                == Basis.allCases.filter { fact.insured.map(\.basis).contains($0) })
    }

    @Test("The same run again gives the same bytes, and another list another digest")
    func digest() throws {
        let families = try ["1965-01-01", "1980-01-01", "1940-01-01"].map {
            try Self.family(born: [$0], on: "2020-01-01")
        }
        try evaluate(families, on: "2020-01-01")
        let run = try #require(world.facts(EnrolmentEvaluated.self).last).run
        try world.accept(EvaluateEnrolment(run: run))
        try evaluate([], on: "2020-01-01", version: 1)
        let one = try Self.family(born: ["1965-01-01"], on: "2020-01-01")
        try evaluate([one], on: "2020-01-01", version: 1)
        let facts = world.facts(EnrolmentEvaluated.self)
        try #require(facts.count == 4)
        #expect(facts[0].digest.count == 64)
        #expect(facts[1].digest == facts[0].digest)
        #expect(facts[1].insured == facts[0].insured)
        #expect(facts[2].digest == facts[0].digest)
        #expect(facts[3].digest != facts[0].digest)
    }

    @Test("What changes after the run was frozen does not change its list")
    func frozen() throws {
        let family = try Self.family(born: ["1965-01-01"], on: "2020-01-01")
        try evaluate([family], on: "2020-01-01")
        let first = try #require(world.facts(EnrolmentEvaluated.self).last)
        let ended = CategoryEnded(
            CategorySubject(
                assertion: family.recognitions[0].assertion, household: family.id,
                subject: family.id.uuid, territory: family.territory, category: .onlyChild,
                validFrom: family.recognitions[0].from), endedOn: try Samples.date("2019-06-01"))
        try world.bench.take(ended, subject: ended.assertion.uuid, sequence: 2)
        try world.accept(EvaluateEnrolment(run: first.run))
        #expect(world.facts(EnrolmentEvaluated.self).last?.digest == first.digest)
    }

    // MARK: Preparations

    /// A head (and a spouse) with an only child.
    static func family(born births: [String], on day: String) throws -> TestHousehold {
        let day = try Samples.date(day)
        var members = try zip([Role.head, .spouse], births).map {
            TestHousehold.Member(role: $0, birth: try Samples.date($1))
        }
        members.append(.init(role: .child, birth: day.adding(days: -3_000)))
        return TestHousehold(
            territory: try Samples.territory(Samples.community), members: members,
            recognitions: [.init(category: .onlyChild, from: day)])
    }

    /// Registers households, and opens, freezes and evaluates a run over all of the district.
    @discardableResult
    private func evaluate(
        _ households: [TestHousehold], on reference: String, version: Int = 1,
        parents: ParentRule = .any, premiums: [Premium] = FundingFundTests.premiums
    ) throws -> [HouseholdID: String] {
        try world.register(households)
        // A version that is there already is refused, which is as well.
        try world.bench.decide(
            try FundingFundTests.define(
                product, version: version, parents: parents, premiums: premiums))
        let run = RunID(UUID())
        let fund = try world.openFund(.insurance, programme: "accident-insurance")
        try world.accept(
            OpenEnrolment(
                run: run, product: product, fund: fund,
                territory: try Samples.territory(Samples.district), policyYear: 2020,
                coverFrom: try Samples.date("2020-03-01"), coverTo: try Samples.date("2021-02-28"),
                openedOn: try Samples.date("2019-12-01")))
        try world.accept(
            FreezeEnrolment(run: run, referenceDate: try Samples.date(reference)))
        try world.accept(EvaluateEnrolment(run: run))
        let rows = try world.bench.connection.run(
            "SELECT insured, coalesce(basis, reason) FROM enrolment_line WHERE run = \(run.uuid)")
        return Dictionary(
            uniqueKeysWithValues: try rows.map {
                (try $0.decode(HouseholdID.self, at: 0), try $0.decode(String.self, at: 1))
            })
    }
}

extension FundingWorld {
    func register(_ households: [TestHousehold]) throws {
        var facts: [(fact: any Fact, subject: UUID, sequence: Int64, id: UUID)] = []
        for household in households {
            facts.append((try household.registered(), household.id.uuid, 1, UUID()))
            facts += household.ended().map { ($0, $0.assertion.uuid, 1, UUID()) }
        }
        for start in stride(from: 0, to: facts.count, by: 500) {
            try bench.take(Array(facts[start..<min(start + 500, facts.count)]))
        }
    }
}
