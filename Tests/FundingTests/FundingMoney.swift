import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Commands of grants, donations, goods and reversals for the tests of funding.
extension FundingSamples {
    static func allot(
        _ amount: Fen, to budget: BudgetID, of fund: FundID, id: AllotmentID = AllotmentID(UUID()),
        programme: String = "warm-care", year: Int = 2020, by territory: String = district
    ) throws -> AllotBudget {
        AllotBudget(
            allotment: id, budget: budget, fund: fund, programme: try Self.programme(programme),
            year: year, amountFen: amount, businessDate: try date("2020-01-02"),
            actor: try actor(territory))
    }

    static func request(
        _ amount: Fen, from budget: BudgetID, for household: HouseholdID? = nil,
        kind: GrantKind = .programmeSpending, grant: GrantID = GrantID(UUID()),
        by territory: String = community, on day: String = "2020-02-01"
    ) throws -> RequestGrant {
        RequestGrant(
            grant: grant, kind: kind, budget: budget, household: household, amountFen: amount,
            businessDate: try date(day), actor: try actor(territory))
    }

    static func endorse(
        _ grant: GrantID, by territory: String = subdistrict, on day: String = "2020-02-03"
    ) throws -> EndorseGrant {
        EndorseGrant(grant: grant, businessDate: try date(day), actor: try actor(territory))
    }

    static func approve(
        _ grant: GrantID, by territory: String = district, on day: String = "2020-02-05"
    ) throws -> ApproveGrant {
        ApproveGrant(grant: grant, businessDate: try date(day), actor: try actor(territory))
    }

    static func reject(
        _ grant: GrantID, by territory: String = district, on day: String = "2020-02-06"
    ) throws -> RejectGrant {
        RejectGrant(
            grant: grant, reason: "no need", businessDate: try date(day),
            actor: try actor(territory))
    }

    static func pay(_ grant: GrantID, on day: String = "2020-02-10") throws -> PayGrant {
        PayGrant(grant: grant, businessDate: try date(day))
    }

    static func giveBack(
        _ amount: Fen, of grant: GrantID, id: GrantReturnID = GrantReturnID(UUID()),
        on day: String = "2020-03-01"
    ) throws -> ReturnGrant {
        ReturnGrant(
            grantReturn: id, grant: grant, amountFen: amount, reason: "not needed",
            businessDate: try date(day))
    }

    static func allocate(
        _ donation: DonationID, _ lines: [AllocationLine], id: AllocationID = AllocationID(UUID()),
        by territory: String = district, on day: String = "2020-04-01"
    ) throws -> AllocateDonation {
        AllocateDonation(
            allocation: id, donation: donation, lines: lines, businessDate: try date(day),
            actor: try actor(territory))
    }

    static func refund(
        _ amount: Fen, of donation: DonationID, id: RefundID = RefundID(UUID()),
        by territory: String = district, on day: String = "2020-04-02"
    ) throws -> RefundDonation {
        RefundDonation(
            refund: id, donation: donation, amountFen: amount, reason: "sent twice",
            businessDate: try date(day), actor: try actor(territory))
    }

    static func receipt(
        _ donation: DonationID, on day: String = "2020-04-01"
    ) throws -> ReceiptDonation {
        ReceiptDonation(donation: donation, businessDate: try date(day))
    }

    static func reverse(
        _ transfer: UUID, id: ReversalID = ReversalID(UUID()), by territory: String = district,
        on day: String = "2020-06-01"
    ) throws -> ReverseTransfer {
        ReverseTransfer(
            reversal: id, transfer: TransferID(transfer), reason: "entered twice",
            businessDate: try date(day), actor: try actor(territory))
    }

    static func place(_ territory: String = community, site: SiteID? = nil) throws -> Place {
        Place(territory: try Self.territory(territory), site: site)
    }

    static func site(_ id: SiteID, in territory: String = community) throws -> OpenSite {
        OpenSite(
            site: id, kind: .warmHome, territory: try Self.territory(territory), nameZh: "示例",
            nameEn: "Sample", openedOn: try date("2018-01-01"), tiers: [], ruleSets: [], themes: [])
    }

    static func receive(
        _ quantity: Int, of item: String, at place: Place,
        id: GoodsReceiptID = GoodsReceiptID(UUID()), on day: String = "2020-02-01"
    ) throws -> ReceiveGoods {
        ReceiveGoods(
            receipt: id, item: item, quantity: quantity, place: place,
            programme: try programme("epidemic-relief"), businessDate: try date(day))
    }

    static func issue(
        _ quantity: Int, of item: String, from place: Place, to recipient: GoodsRecipient? = nil,
        families: Int? = nil, id: IssueID = IssueID(UUID()), on day: String = "2020-02-10"
    ) throws -> IssueGoods {
        IssueGoods(
            issue: id, item: item, quantity: quantity, place: place, recipient: recipient,
            programme: try programme("epidemic-relief"), familiesSupplied: families,
            businessDate: try date(day))
    }
}

extension FundingWorld {
    /// A fund with that much in it, and a budget of 2020 in it.
    func budget(
        of amount: Fen, cash: Fen? = nil
    ) throws -> (fund: FundID, budget: BudgetID) {
        let fund = try openFund(.grant, programme: "warm-care")
        if let cash { try accept(try Samples.deposit(cash, to: fund, on: "2020-01-01")) }
        let budget = BudgetID(UUID())
        try accept(try Samples.allot(amount, to: budget, of: fund))
        return (fund, budget)
    }

    func endorsedGrant(of amount: Fen, from budget: BudgetID) throws -> GrantID {
        let grant = GrantID(UUID())
        try accept(try Samples.request(amount, from: budget, grant: grant))
        try accept(try Samples.endorse(grant))
        return grant
    }

    func paidGrant(of amount: Fen, from budget: BudgetID) throws -> GrantID {
        let grant = try endorsedGrant(of: amount, from: budget)
        try accept(try Samples.approve(grant))
        try accept(try Samples.pay(grant))
        return grant
    }

    /// Allotted, reserved and paid amounts of a budget, in yuan.
    func amounts(of budget: BudgetID) throws -> [Int64] {
        let rows = try bench.connection.run(
            "SELECT allotted_fen, reserved_fen, paid_fen FROM budget WHERE id = \(budget.uuid)")
        return try rows.first.map { row in
            try (0..<3).map { try row.decode(Int64.self, at: $0) / 100 }
        } ?? []
    }

    /// A household with one member, recognised as something.
    func family(
        _ category: Messages.Category?, born birth: String = "1955-03-01",
        in territory: String = Samples.community
    ) throws -> HouseholdID {
        let family = HouseholdID(UUID())
        let fact = try Samples.household(family, category, born: birth, in: territory)
        try bench.take(fact, subject: family.uuid, sequence: 1)
        return family
    }

    func donation(
        of amount: Fen, to fund: FundID, campaign: String = "one-yuan-donation"
    ) throws -> DonationID {
        let donation = DonationID(UUID())
        var command = try Samples.donate(amount, to: fund, id: donation)
        command.campaign = campaign
        try accept(command)
        return donation
    }

    func stock(of item: String, at place: Place) throws -> Int64 {
        let rows = try bench.connection.run(
            "SELECT quantity FROM stock WHERE id = \(Stock.key(item, place))")
        return try rows.first?.decode(Int64.self, at: 0) ?? 0
    }

    func expectSoundStock(_ location: SourceLocation = #_sourceLocation) throws {
        let problems = try bench.connection.run("SELECT problem FROM goods_check")
        #expect(problems.isEmpty, sourceLocation: location)
    }

    /// The id of the latest transfer of that kind in a fund.
    func transfer(_ kind: TransferKind, of fund: FundID) throws -> UUID {
        let rows = try bench.connection.run(
            """
            SELECT t.id FROM transfer AS t
            WHERE t.fund = \(fund.uuid) AND t.kind = \(kind.rawValue)
              AND NOT EXISTS (SELECT 1 FROM reversal AS r WHERE t.id IN (r.id, r.transfer))
            ORDER BY t.business_date DESC, t.id LIMIT 1
            """)
        return try #require(try rows.first?.decode(UUID.self, at: 0))
    }

    /// Decides a command twice under one id: the second time changes nothing and answers the same.
    func expectOnce(
        _ command: any Command, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let (id, now) = (
            UUID(), Timestamp(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000)
        )
        let first = try bench.decide(command, id: id, time: now)
        #expect(first.status == "accepted", "\(first.code ?? "")", sourceLocation: location)
        let count = bench.facts.count
        let again = try bench.decide(command, id: id, time: now)
        #expect(again.status == "duplicate", sourceLocation: location)
        #expect(again.first == "accepted", sourceLocation: location)
        #expect(again.facts == first.facts, sourceLocation: location)
        #expect(bench.facts.count == count, sourceLocation: location)
    }

    /// Decides a command that comes too early, then what it waits for: it is accepted in the end.
    func expectWait(
        _ early: any Command, then later: () throws -> Void,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try bench.decide(early).status == "parked", sourceLocation: location)
        try later()
        try bench.hurryParked()
        #expect(
            try bench.handleParked().map(\.status) == ["accepted"], sourceLocation: location)
    }
}

extension FundingSamples {
    static func household(
        _ family: HouseholdID, _ category: Messages.Category?, born birth: String,
        in territory: String
    ) throws -> HouseholdRegistered {
        HouseholdRegistered(
            household: family, territory: try Self.territory(territory),
            registeredOn: try date("2018-03-01"),
            members: [
                MemberFact(
                    person: PersonID(UUID()), role: .head, birthDate: try date(birth), sex: .female)
            ],
            categories: try category.map {
                [
                    CategoryFact(
                        assertion: AssertionID(UUID()), subject: family.uuid, category: $0,
                        verified: true, validFrom: try date("2018-03-01"))
                ]
            } ?? [])
    }
}
