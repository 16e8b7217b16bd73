import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// Rule E2 on a database: which persons have the nursing supplement, and why others have not.
@Suite struct FundingSupplementTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover(.person, premium: .yuan(300)) }

    /// A family with a category `bereaved` of the household, or of a member.
    private func family(
        _ members: [(Role, String)], recognised member: Int? = nil
    ) throws -> TestHousehold {
        TestHousehold(
            territory: try Samples.territory(Samples.community),
            members: try members.map { .init(role: $0.0, birth: try Samples.date($0.1)) },
            recognitions: [
                .init(
                    category: .bereaved, member: member, from: try Samples.date("2015-01-01"))
            ])
    }

    /// Evaluates a run over these families.
    /// - Returns: basis or reason of each person.
    @discardableResult
    private func evaluate(
        _ families: [TestHousehold], on reference: String = "2020-01-01"
    ) throws -> [PersonID: String] {
        try world.register(families)
        let run = try cover.evaluatedRun(on: reference)
        return try verdicts(of: run)
    }

    private func verdicts(of run: RunID) throws -> [PersonID: String] {
        let rows = try world.bench.connection.run(
            "SELECT insured, coalesce(basis, reason) FROM enrolment_line WHERE run = \(run.uuid)")
        return Dictionary(
            uniqueKeysWithValues: try rows.map {
                (try $0.decode(PersonID.self, at: 0), try $0.decode(String.self, at: 1))
            })
    }

    /// The verdicts of a family's members, in their order.
    private func verdicts(_ family: TestHousehold) throws -> [String?] {
        let found = try evaluate([family])
        return family.members.map { found[$0.id] }
    }

    // MARK: Ages

    @Test(
        "A bereaved person is insured from 49 on",
        arguments: [
            // On 1 January 2020: 48 for one more day, 49 today, and any age above.
            ("1971-01-02", "2020-01-01", "too_young"), ("1971-01-01", "2020-01-01", "bereaved"),
            ("1930-06-30", "2020-01-01", "bereaved"),
            // Born on 29 February: 49 on 1 March, because 2021 is a common year.
            ("1972-02-29", "2021-02-28", "too_young"), ("1972-02-29", "2021-03-01", "bereaved"),
        ])
    func age(_ birth: String, _ reference: String, _ verdict: String) throws {
        let family = try family([(.head, birth)])
        #expect(try evaluate([family], on: reference) == [family.members[0].id: verdict])
    }

    // MARK: Who is bereaved

    @Test("If the household is recognised, its head and spouse are bereaved and nobody else")
    func couple() throws {
        let verdicts = try verdicts(
            try family([
                (.head, "1960-01-01"), (.spouse, "1962-01-01"), (.parent, "1935-01-01"),
                (.child, "1965-01-01"),
            ]))
        #expect(verdicts == ["bereaved", "bereaved", "not_bereaved", "not_bereaved"])
    }

    @Test("If a member is recognised, it is this member")
    func member() throws {
        let verdicts = try verdicts(
            try family(
                [(.head, "1960-01-01"), (.spouse, "1962-01-01"), (.parent, "1935-01-01")],
                recognised: 2))
        #expect(verdicts == ["not_bereaved", "not_bereaved", "bereaved"])
    }

    @Test("If the child that died is named, the parents are bereaved")
    func child() throws {
        let verdicts = try verdicts(
            try family(
                [(.head, "1960-01-01"), (.spouse, "1980-01-01"), (.child, "1965-01-01")],
                recognised: 2))
        #expect(verdicts == ["bereaved", "too_young", "not_bereaved"])
    }

    @Test("A household without head and spouse has parents with the role parent")
    func elders() throws {
        let verdicts = try verdicts(
            try family([(.parent, "1935-01-01"), (.parent, "1937-01-01")]))
        #expect(verdicts == ["bereaved", "bereaved"])
    }

    @Test("The list is what a plain model says, with a reason for each person who is not on it")
    func model() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        let day = try Samples.date("2020-02-29")
        let households = try (0..<400).map { _ in
            var household = try TestHousehold.random(&random, on: day)
            // Many of them bereaved, and of ages around the bound.
            if random.once(in: 2) {
                household.recognitions.append(
                    .init(
                        category: .bereaved,
                        member: random.once(in: 2)
                            ? nil : random.below(household.members.count),
                        from: day.adding(days: -random.below(2))))
            }
            for index in household.members.indices where random.once(in: 3) {
                household.members[index].birth =
                    day.adding(days: -49 * 365 - 12 + random.below(3) - 1)
            }
            return household
        }
        let found = try evaluate(households, on: day.description)
        var seen: Set<String> = []
        for household in households {
            let bereaved = household.bereaved(on: day)
            for (index, member) in household.members.enumerated() {
                let expected =
                    !bereaved.contains(index)
                    ? "not_bereaved"
                    : member.birth.completedYears(at: day) >= 49 ? "bereaved" : "too_young"
                seen.insert(expected)
                #expect(
                    found[member.id] == expected,
                    "\(household.members) \(household.recognitions), seed \(seed)")
            }
        }
        #expect(found.count == households.reduce(0) { $0 + $1.members.count }, "seed \(seed)")
        #expect(seen.count == 3, "seed \(seed)")
        let fact = try #require(world.facts(EnrolmentEvaluated.self).last)
        #expect(fact.insured.first?.persons == found.values.count { $0 == "bereaved" })
        #expect(
            fact.excluded.map(\.persons)
                == ["not_bereaved", "too_young"].map { reason in
                    found.values.count { $0 == reason }
                })
        #expect(world.facts(EnrolmentFrozen.self).last?.persons == found.count)
        #expect(world.facts(EnrolmentFrozen.self).last?.households == households.count)
    }

    // MARK: The whole of it

    @Test("A run insures persons for 300 yuan each, and says how many live in how many households")
    func life() throws {
        let couple = try family([(.head, "1960-01-01"), (.spouse, "1962-01-01")])
        let single = try family([(.head, "1965-01-01"), (.parent, "1935-01-01")])
        try world.register([couple, single])
        let run = try cover.submittedRun()
        let submitted = try #require(world.facts(EnrolmentSubmitted.self).last)
        #expect((submitted.persons, submitted.households) == (3, 2))
        #expect(submitted.premiumFen == .yuan(900))
        let ids = couple.members.map(\.id.uuid) + [single.members[0].id.uuid]
        try world.accept(try cover.reconcile(run, accepted: [ids[0]], refused: [ids[2]]))
        try world.accept(try cover.reconcile(run))
        #expect(try ids.map { try cover.state(run, $0) } == ["active", "active", "refused"])
        let insured = world.facts(EnrolmentInsured.self)
        #expect(insured.map(\.basis) == [.bereaved, .bereaved])
        #expect(insured.map(\.persons) == [1, 1])
        #expect(insured.map(\.premiumFen) == [.yuan(300), .yuan(300)])
        #expect(insured.map(\.programme.rawValue).first == "nursing-supplement")
        #expect(try world.balance(.premiumExpense, of: cover.fund) == 60_000)
        try world.accept(try cover.terminate(run, ids[0], from: "2020-07-01"))
        #expect(world.facts(PolicyTerminated.self).map(\.insured) == [.person])
        let claim = ClaimID(UUID())
        try world.accept(try cover.file(.yuan(50), run, ids[1], id: claim))
        try world.accept(try cover.decide(claim))
        try world.accept(try cover.pay(claim))
        try world.expectSoundBooks()
    }

    @Test("It comes on top of the accident insurance of the person's household")
    func onTop() throws {
        let family = try family([(.head, "1960-01-01")])
        try world.register([family])
        let accident = ProductID(UUID())
        try world.accept(try FundingFundTests.define(accident, version: 1))
        var opened = try cover.open()
        opened.product = accident
        let household = try cover.submittedRun(opened)
        try world.accept(
            ReconcileEnrolment(
                run: household, businessDate: try Samples.date("2019-12-20"), refused: []))
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run))
        #expect(try world.count("SELECT count(*) FROM policy WHERE state = 'active'") == 2)
        try world.expectSoundBooks()
    }

    @Test("A person with a policy of the product for that time is not insured again")
    func again() throws {
        let family = try family([(.head, "1960-01-01")])
        try world.register([family])
        let (first, second) = (try cover.submittedRun(), try cover.submittedRun())
        try world.accept(try cover.reconcile(first))
        #expect(try world.refusal(try cover.reconcile(second)) == "policy_exists /data/run")
        let third = try cover.evaluatedRun()
        #expect(try verdicts(of: third) == [family.members[0].id: "already_insured"])
    }

    @Test("A file of the insurer names the person in each line")
    func personMissing() throws {
        let family = try family([(.head, "1960-01-01")])
        try world.register([family])
        let run = try cover.submittedRun()
        let day = try Samples.date("2019-12-20")
        let refused = ReconcileEnrolment(
            run: run, businessDate: day,
            refused: [RefusedLine(household: family.id, reason: "ill")])
        #expect(try world.refusal(refused) == "person_missing /data/refused/0/person")
        let accepted = ReconcileEnrolment(
            run: run, businessDate: day, refused: [],
            accepted: [AcceptedLine(household: family.id)])
        #expect(try world.refusal(accepted) == "person_missing /data/accepted/0/person")
    }

    @Test("A product goes on insuring whom its first version insures")
    func productChanged() throws {
        let bench = HandlerBench(Funding.definition)
        var command = try FundingFundTests.define(ProductID(UUID()), version: 1)
        let first = try bench.handle(command)
        #expect(first.fact(ProductDefined.self)?.insured == .household)
        command.ruleVersion = 2
        command.insured = .person
        let second = try bench.handle(command)
        #expect(second.refusal?.code == "product_changed")
        #expect(second.refusal?.pointer == "/data/insured")
    }
}

extension TestHousehold {
    /// The indexes of members who are bereaved: a plain model, written apart from the service's
    /// SQL.
    func bereaved(on day: BusinessDate) -> Set<Int> {
        var found: Set<Int> = []
        for recognition in recognitions
        where recognition.category == .bereaved && recognition.holds(on: day) {
            if let member = recognition.member, members[member].role != .child {
                found.insert(member)
                continue
            }
            let couple = members.indices.filter {
                members[$0].role == .head || members[$0].role == .spouse
            }
            let elders = members.indices.filter { members[$0].role == .parent }
            found.formUnion(couple.isEmpty ? elders : couple)
        }
        return found
    }
}
