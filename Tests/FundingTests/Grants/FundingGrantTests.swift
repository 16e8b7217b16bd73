import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Grants, on a database.
@Suite struct FundingGrantTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    // MARK: Life

    @Test("A grant goes from request to acknowledgement, and is an expense of the fund")
    func life() throws {
        let (fund, budget) = try world.budget(of: .yuan(3_000), cash: .yuan(5_000))
        let family = try world.family(.bereaved)
        let grant = GrantID(UUID())
        try world.accept(
            try Samples.request(
                .yuan(2_000), from: budget, for: family, kind: .condolence, grant: grant))
        try world.accept(try Samples.endorse(grant))
        #expect(try world.amounts(of: budget) == [3_000, 0, 0])
        try world.accept(try Samples.approve(grant))
        #expect(try world.amounts(of: budget) == [3_000, 2_000, 0])
        #expect(try world.balance(.cash, of: fund) == 500_000)
        try world.accept(try Samples.pay(grant))
        #expect(try world.amounts(of: budget) == [3_000, 0, 2_000])
        #expect(try world.balance(.cash, of: fund) == 300_000)
        #expect(try world.balance(.grantExpense, of: fund) == 200_000)
        let day = try Samples.date("2020-02-12")
        try world.accept(AcknowledgeGrant(grant: grant, businessDate: day))
        let fact = try #require(world.facts(GrantPaid.self).first)
        #expect(fact.kind == .condolence)
        #expect(fact.amountFen == .yuan(2_000))
        #expect(fact.household == family)
        #expect(fact.territory.rawValue == Samples.community)
        #expect(fact.programme == (try Samples.programme("warm-care")))
        let sequences = world.bench.facts.filter { $0.header.subject == grant.description }
            .map(\.header.sequence)
        #expect(sequences == [1, 2, 3, 4, 5])
        try world.expectSoundBooks()
    }

    @Test("Every command of a grant is decided once")
    func once() throws {
        let (_, budget) = try world.budget(of: .yuan(3_000), cash: .yuan(5_000))
        let (grant, other) = (GrantID(UUID()), GrantID(UUID()))
        try world.expectOnce(try Samples.request(.yuan(2_000), from: budget, grant: grant))
        try world.expectOnce(try Samples.endorse(grant))
        try world.expectOnce(try Samples.approve(grant))
        try world.expectOnce(try Samples.pay(grant))
        let day = try Samples.date("2020-02-12")
        try world.expectOnce(AcknowledgeGrant(grant: grant, businessDate: day))
        try world.expectOnce(try Samples.giveBack(.yuan(500), of: grant))
        try world.accept(try Samples.request(.yuan(1), from: budget, grant: other))
        try world.expectOnce(try Samples.reject(other))
        #expect(try world.amounts(of: budget) == [3_000, 0, 1_500])
        try world.expectSoundBooks()
    }

    @Test("A request waits for its budget and for its household")
    func waits() throws {
        let fund = try world.openFund(.grant, programme: "warm-care")
        let (budget, family) = (BudgetID(UUID()), HouseholdID(UUID()))
        let request = try Samples.request(.yuan(1), from: budget, for: family, kind: .tuition)
        #expect(try world.bench.decide(request).code == "unknown_budget")
        try world.accept(try Samples.allot(.yuan(1), to: budget, of: fund))
        let other = try Samples.request(.yuan(1), from: budget, for: family, kind: .tuition)
        #expect(try world.bench.decide(other).code == "unknown_household")
        let fact = try Samples.household(
            family, .hardshipGirl, born: "1980-01-01", in: Samples.community)
        try world.bench.take(fact, subject: family.uuid, sequence: 1)
        #expect(try world.bench.handleParked().map(\.status) == ["accepted", "accepted"])
    }

    @Test("Every step waits for its grant")
    func stepsWait() throws {
        let (_, budget) = try world.budget(of: .yuan(3_000), cash: .yuan(5_000))
        let grant = GrantID(UUID())
        let day = try Samples.date("2020-02-12")
        let steps: [any Command] = [
            try Samples.approve(grant), try Samples.reject(grant), try Samples.pay(grant),
            AcknowledgeGrant(grant: grant, businessDate: day),
            try Samples.giveBack(.yuan(1), of: grant),
        ]
        for step in steps {
            let answer = try world.bench.decide(step)
            #expect(answer.status == "parked")
            #expect(answer.code == "unknown_grant")
        }
        _ = try world.bench.connection.run("DELETE FROM parked")
        try world.expectWait(try Samples.endorse(grant)) {
            try world.accept(try Samples.request(.yuan(1), from: budget, grant: grant))
        }
    }

    // MARK: Who gets one

    @Test(
        "Condolence is for special families, tuition for families with a girl in hardship",
        arguments: [
            (.condolence, .bereaved, true), (.condolence, .disabledChild, true),
            (.condolence, .hardshipGirl, false), (.condolence, .lowSecurity, false),
            (.tuition, .hardshipGirl, true), (.tuition, .bereaved, false),
        ] as [(GrantKind, Messages.Category, Bool)])
    func eligibility(_ kind: GrantKind, _ category: Messages.Category, _ isFor: Bool) throws {
        let (_, budget) = try world.budget(of: .yuan(3_000))
        let family = try world.family(category)
        let refusal = try world.refusal(
            try Samples.request(.yuan(2_000), from: budget, for: family, kind: kind))
        #expect(refusal == (isFor ? nil : "not_eligible /data/household"))
    }

    @Test("A community requests for its own households, and within the fund's territory")
    func territory() throws {
        let (_, budget) = try world.budget(of: .yuan(3_000))
        let family = try world.family(.bereaved, in: "350203007902")
        func refusal(_ household: HouseholdID?, by territory: String) throws -> String? {
            try world.refusal(
                try Samples.request(
                    .yuan(1), from: budget, for: household,
                    kind: household == nil ? .programmeSpending : .condolence, by: territory))
        }
        #expect(
            try refusal(family, by: Samples.community)
                == "outside_territory /data/actor/territory")
        #expect(
            try refusal(family, by: Samples.subdistrict) == "wrong_level /data/actor/territory")
        #expect(try refusal(nil, by: "350205") == "outside_fund /data/actor/territory")
        #expect(try refusal(nil, by: Samples.district) == nil)
    }

    @Test("What the district proposes for a programme, it endorses itself")
    func districtProposal() throws {
        let (_, budget) = try world.budget(of: .yuan(3_000))
        let grant = GrantID(UUID())
        try world.accept(
            try Samples.request(.yuan(1), from: budget, grant: grant, by: Samples.district))
        #expect(
            try world.refusal(try Samples.endorse(grant)) == "wrong_level /data/actor/territory")
        try world.accept(try Samples.endorse(grant, by: Samples.district))
        try world.accept(try Samples.approve(grant))
    }

    @Test("Each level takes its own step, in turn")
    func levels() throws {
        let (_, budget) = try world.budget(of: .yuan(3_000), cash: .yuan(5_000))
        let grant = GrantID(UUID())
        try world.accept(try Samples.request(.yuan(100), from: budget, grant: grant))
        let level = "wrong_level /data/actor/territory"
        #expect(try world.refusal(try Samples.approve(grant)) == "not_endorsed /data/grant")
        #expect(try world.refusal(try Samples.endorse(grant, by: Samples.district)) == level)
        #expect(
            try world.refusal(try Samples.endorse(grant, by: "350203008"))
                == "outside_territory /data/actor/territory")
        try world.accept(try Samples.endorse(grant))
        #expect(try world.refusal(try Samples.approve(grant, by: Samples.subdistrict)) == level)
        #expect(try world.refusal(try Samples.pay(grant)) == "not_approved /data/grant")
        #expect(
            try world.refusal(try Samples.approve(grant, on: "2020-02-02"))
                == "date_too_early /data/businessDate")
        #expect(
            try world.refusal(try Samples.approve(grant, on: "2021-02-02"))
                == "wrong_year /data/businessDate")
        try world.accept(try Samples.approve(grant))
        #expect(try world.refusal(try Samples.reject(grant, by: Samples.subdistrict)) == level)
        #expect(
            try world.refusal(try Samples.giveBack(.yuan(1), of: grant)) == "not_paid /data/grant")
    }

    // MARK: Money

    @Test("What is approved and then rejected is free in the budget again")
    func rejected() throws {
        let (_, budget) = try world.budget(of: .yuan(1_000))
        let grant = try world.endorsedGrant(of: .yuan(1_000), from: budget)
        try world.accept(try Samples.approve(grant))
        try world.accept(try Samples.reject(grant))
        #expect(try world.amounts(of: budget) == [1_000, 0, 0])
        #expect(try world.refusal(try Samples.reject(grant)) == "not_unpaid /data/grant")
        try world.expectSoundBooks()
    }

    @Test("Reserved and paid are never more than the budget")
    func exhausted() throws {
        let (_, budget) = try world.budget(of: .yuan(1_000), cash: .yuan(5_000))
        _ = try world.paidGrant(of: .yuan(400), from: budget)
        let (second, third) = (
            try world.endorsedGrant(of: .yuan(500), from: budget),
            try world.endorsedGrant(of: Fen(10_001), from: budget)
        )
        try world.accept(try Samples.approve(second))
        #expect(try world.refusal(try Samples.approve(third)) == "budget_exhausted /data/grant")
        let violation = world.violation(
            "UPDATE budget SET reserved_fen = reserved_fen + 10001 WHERE id = \(budget.uuid)")
        #expect(violation?.constraint == "budget_never_exceeded")
        try world.expectSoundBooks()
    }

    @Test("Of several workers that approve at once, as many succeed as the budget bears")
    func atOnce() throws {
        let url = world.bench.url
        for round in 1...4 {
            let (_, budget) = try world.budget(of: .yuan(1_000))
            let grants = try (0..<4).map { _ in
                try world.endorsedGrant(of: .yuan(400), from: budget)
            }
            let codes = try Threads.run(4) { index, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                let command = try Samples.approve(grants[index])
                ready()
                return try bench.decide(command).code ?? "accepted"
            }
            #expect(
                codes.sorted()
                    == ["accepted", "accepted", "budget_exhausted", "budget_exhausted"],
                "round \(round)")
            #expect(try world.amounts(of: budget) == [1_000, 800, 0], "round \(round)")
        }
        try world.expectSoundBooks()
    }

    @Test("A budget is no money: a grant is paid only if the fund has the cash on every later day")
    func noCash() throws {
        let (fund, budget) = try world.budget(of: .yuan(3_000), cash: .yuan(1_000))
        let (first, second) = (
            try world.endorsedGrant(of: .yuan(800), from: budget),
            try world.endorsedGrant(of: .yuan(800), from: budget)
        )
        try world.accept(try Samples.approve(first))
        try world.accept(try Samples.approve(second))
        try world.accept(try Samples.pay(first, on: "2020-05-01"))
        #expect(
            try world.refusal(try Samples.pay(second, on: "2020-03-01"))
                == "fund_exhausted /data/businessDate")
        try world.accept(try Samples.deposit(.yuan(600), to: fund, on: "2020-03-01"))
        try world.accept(try Samples.pay(second, on: "2020-03-01"))
        try world.expectSoundBooks()
    }

    @Test("A grant is given back in parts, which frees the budget and fills the fund")
    func giveBack() throws {
        let (fund, budget) = try world.budget(of: .yuan(1_000), cash: .yuan(1_000))
        let grant = try world.paidGrant(of: .yuan(1_000), from: budget)
        let first = try Samples.giveBack(.yuan(300), of: grant)
        try world.accept(first)
        #expect(try world.amounts(of: budget) == [1_000, 0, 700])
        #expect(try world.balance(.cash, of: fund) == 30_000)
        #expect(try world.refusal(first) == "grant_return_exists /data/grantReturn")
        #expect(
            try world.refusal(try Samples.giveBack(Fen(70_001), of: grant))
                == "more_than_kept /data/amountFen")
        try world.accept(try Samples.giveBack(.yuan(700), of: grant, on: "2020-02-20"))
        let facts = world.facts(GrantReturned.self)
        #expect(facts.map(\.keptFen) == [.yuan(700), .zero])
        #expect(facts.map(\.paidFen) == [.yuan(1_000), .yuan(1_000)])
        #expect(
            try world.refusal(try Samples.giveBack(.yuan(1), of: grant)) == "not_paid /data/grant")
        #expect(try world.balance(.grantExpense, of: fund) == 0)
        try world.expectSoundBooks()
    }

    @Test("A publisher takes steps of grants in its territory only")
    func scope() throws {
        let (_, budget) = try world.budget(of: .yuan(1_000))
        let grant = GrantID(UUID())
        try world.accept(try Samples.request(.yuan(1), from: budget, grant: grant))
        let answer = try world.bench.decide(try Samples.endorse(grant), publisher: "nobody")
        #expect(answer.code == "out_of_scope")
    }
}
