import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding

/// What waits for whose decision, on a real database.
@Suite struct FundingDecisionQueryTests {
    typealias Samples = FundingSamples
    private let cover: FundingCover
    private var world: FundingWorld { cover.world }
    private let fund: FundID

    init() throws {
        cover = try FundingCover()
        fund = try cover.world.openFund()
        try cover.world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        try world.grantPublishers()
    }

    private func waiting(
        in territory: String = Samples.district, _ kind: DecisionKind? = nil,
        level: AuthorityLevel? = nil, by publisher: String = "district"
    ) throws -> [DecisionAnswer] {
        try world.answer(
            DecisionsAnswer.self,
            ListDecisions(
                territory: try Samples.territory(territory), kind: kind, level: level),
            by: publisher
        ).decisions
    }

    private func applied(on day: String = "2019-03-01") throws -> LoanID {
        let loan = LoanID(UUID())
        try world.accept(
            try Samples.apply(by: try world.mother(), to: fund, loan: loan, on: day))
        return loan
    }

    @Test func `nothing waits where nothing was asked for`() throws {
        #expect(try waiting().isEmpty)
    }

    @Test func `a loan waits for the subdistrict, then for the district, and then for nobody`()
        throws
    {
        let loan = try applied()
        let first = try #require(try waiting().first)
        #expect((first.kind, first.record, first.state) == (.loan, loan.uuid, "applied"))
        #expect(first.level == .subdistrict)
        #expect(first.decidedBy == (try Samples.territory(Samples.subdistrict)))
        #expect(first.amountFen == .yuan(20_000))
        #expect(first.since == (try Samples.date("2019-03-01")))
        let day = Timestamp.now().businessDay.day - first.since.day
        #expect([Int(day), Int(day) - 1].contains(first.daysWaiting))
        try world.accept(try Samples.endorse(loan))
        let second = try #require(try waiting().first)
        #expect((second.level, second.state) == (.district, "endorsed"))
        #expect(second.decidedBy == (try Samples.territory(Samples.district)))
        #expect(second.since == (try Samples.date("2019-03-05")))
        try world.accept(try Samples.approve(loan))
        #expect(try waiting().isEmpty)
    }

    @Test func `a grant waits for the level above its proposal`() throws {
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        let (own, ours) = (GrantID(UUID()), GrantID(UUID()))
        let family = try world.family(.bereaved)
        try world.accept(
            try Samples.request(
                .yuan(100), from: budget, for: family, kind: .condolence, grant: own))
        try world.accept(
            try Samples.request(.yuan(100), from: budget, grant: ours, by: Samples.district))
        let told = try waiting(.grant)
        #expect(told.first { $0.record == own.uuid }?.level == .subdistrict)
        #expect(told.first { $0.record == own.uuid }?.subject == family.uuid)
        let district = try #require(told.first { $0.record == ours.uuid })
        #expect((district.level, district.subject) == (.district, nil))
        #expect(district.decidedBy == (try Samples.territory(Samples.district)))
        #expect(try waiting(.grant, level: .subdistrict).map(\.record) == [own.uuid])
        try world.accept(try Samples.endorse(own))
        #expect(Set(try waiting(level: .district).map(\.record)) == [own.uuid, ours.uuid])
    }

    @Test func `filed claims and evaluated runs wait for the district`() throws {
        let (run, insured) = try cover.insuredFamily()
        let claim = ClaimID(UUID())
        try world.accept(try cover.file(.yuan(100), run, insured, id: claim))
        let told = try waiting()
        #expect(told.map(\.kind) == [.claim])
        #expect((told.first?.record, told.first?.subject) == (claim.uuid, insured))
        #expect(told.first?.level == .district)
        #expect(told.first?.since == (try Samples.date("2020-12-31")))
        let next = try cover.evaluatedRun(
            cover.open(year: 2021, from: "2021-01-01", to: "2021-12-31"))
        #expect(try waiting(.run).map(\.record) == [next.uuid])
        #expect(try waiting(.run).map(\.state) == ["evaluated"])
        try world.accept(try cover.decide(claim))
        #expect(try waiting(.claim).isEmpty)
    }

    @Test func `what has waited longest comes first, page by page`() throws {
        let days = ["2019-03-04", "2019-03-01", "2019-03-03", "2019-03-01", "2019-03-02"]
        for day in days { _ = try applied(on: day) }
        var (seen, after): ([DecisionAnswer], DecisionPlace?) = ([], nil)
        repeat {
            let page = try world.answer(
                DecisionsAnswer.self,
                ListDecisions(
                    territory: Samples.territory(Samples.district), after: after, limit: 2),
                by: "district")
            #expect(page.decisions.count <= 2)
            seen += page.decisions
            after = page.next
        } while after != nil
        #expect(seen.map(\.since.description) == days.sorted())
        #expect(Set(seen.map(\.record)).count == days.count)
    }

    @Test func `a street is told of its own, and each borrower is noted`() throws {
        let loan = try applied()
        let told = try waiting(in: Samples.subdistrict, by: "street")
        #expect(told.map(\.record) == [loan.uuid])
        let borrower = try #require(told.first?.subject)
        #expect(try world.reads(of: borrower, by: ListDecisions.self) == 1)
        #expect(try waiting(in: "350203009", by: "stranger").isEmpty)
        let foreign = ListDecisions(territory: try Samples.territory(Samples.subdistrict))
        #expect(try world.refusal(foreign, by: "stranger") == "out_of_scope /data/territory")
    }

    @Test func `a community that another street has taken over waits for that street`() throws {
        _ = try applied()
        let successor = "350203009911"
        func unit(_ code: String, from day: String) throws -> TerritoryUnit {
            TerritoryUnit(
                code: try Samples.territory(code), nameZh: "示例", nameEn: "Sample",
                validFrom: try Samples.date(day))
        }
        try world.bench.take(
            TerritoryLoaded(
                edition: Samples.date("2019-12-31"), source: "test",
                units: [unit(Samples.community, from: "2000-01-01")]),
            subject: UUID(), sequence: 1)
        try world.bench.take(
            TerritoryLoaded(
                edition: Samples.date("2020-06-30"), source: "test",
                units: [unit(successor, from: "2020-07-01")],
                successions: [
                    TerritorySuccession(
                        predecessor: Samples.territory(Samples.community),
                        successor: Samples.territory(successor), from: Samples.date("2020-07-01"))
                ],
                closed: [
                    TerritoryClosure(
                        code: Samples.territory(Samples.community),
                        validTo: Samples.date("2020-06-30"))
                ]),
            subject: UUID(), sequence: 1)
        let told = try waiting()
        #expect(told.map(\.decidedBy) == [try Samples.territory("350203009")])
        #expect(try waiting(in: Samples.subdistrict, by: "street").isEmpty)
    }
}
