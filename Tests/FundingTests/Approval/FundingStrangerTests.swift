import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// Every command of funding about the money, cover and goods of one street: refused to the publisher of another street,
/// accepted from the district's.
@Suite struct FundingStrangerTests {
    typealias Samples = FundingSamples
    private let cover: FundingCover
    private var world: FundingWorld { cover.world }

    init() throws {
        cover = try FundingCover()
        for (publisher, territory) in [("stranger", "350203009"), ("home", Samples.district)] {
            try world.bench.take(
                PublisherGranted(
                    publisher: publisher, territories: [Samples.territory(territory)],
                    types: Catalogue.fundingCommands.map { $0.type }),
                subject: UUID(), sequence: 1, as: "registry")
        }
    }

    private var seen: [String] = []

    /// Sends a command as both.
    private mutating func step(_ command: any Command) throws {
        let type = type(of: command).type
        let facts = world.bench.facts.count
        let refused = try world.bench.decide(command, publisher: "stranger")
        #expect(refused.code == "out_of_scope", "\(type): \(refused.code ?? "")")
        #expect(refused.pointer?.hasPrefix("/data") == true, "\(type)")
        #expect(world.bench.facts.count == facts, "\(type)")
        let accepted = try world.bench.decide(command, publisher: "home")
        #expect(accepted.status == "accepted", "\(type): \(accepted.code ?? "")")
        if let actor = Self.actor(of: command) {
            for fact in world.bench.facts[facts...] {
                #expect(Self.actor(of: fact.payload) == actor, "\(fact.header.type)")
            }
        }
        seen.append(type)
    }

    /// Whoever decides a step, as the message says.
    private static func actor(of payload: any Payload) -> Actor? {
        var fields = Array(Mirror(reflecting: payload).children)
        if let about = fields.first(where: { $0.label == "about" }) {
            fields += Mirror(reflecting: about.value).children
        }
        return fields.first { $0.label == "actor" }?.value as? Actor
    }

    private mutating func lend() throws {
        let fund = try Samples.fund()
        try step(Samples.open(fund))
        try step(Samples.deposit(.yuan(200_000), to: fund.id))
        let loans = (0..<3).map { _ in LoanID(UUID()) }
        for loan in loans {
            try step(Samples.apply(by: try world.mother(), to: fund.id, loan: loan))
        }
        try step(Samples.endorse(loans[0]))
        try step(Samples.approve(loans[0]))
        try step(Samples.disburse(loans[0]))
        try step(Samples.repay(.yuan(1_000), of: loans[0]))
        try step(Samples.writeOff(loans[0]))
        try step(Samples.reject(loans[1]))
        try step(WithdrawLoan(loan: loans[2], withdrawnOn: try Samples.date("2019-03-04")))
        try step(
            AgeLoans(
                ageing: AgeingID(UUID()), fund: fund.id, asOf: try Samples.date("2020-03-02")))
        try step(Samples.reverse(try world.transfer(.writeOff, of: fund.id)))
        try step(Samples.loanRule(version: 2, from: "2021-01-01"))
    }

    private mutating func give() throws {
        let fund = try Samples.fund(.donation, programme: "one-yuan-donation")
        try step(Samples.open(fund))
        let donation = DonationID(UUID())
        try step(Samples.donate(to: fund.id, id: donation))
        try step(Samples.receipt(donation))
        let target = try world.openFund(.grant, programme: "warm-care")
        try step(
            Samples.allocate(
                donation, [AllocationLine(fund: target, amountFen: .yuan(50))]))
        try step(Samples.refund(.yuan(10), of: donation))
        try step(
            RestrictCampaign(
                campaign: "warm-winter", territory: try Samples.territory(Samples.district),
                businessDate: try Samples.date("2020-01-01")))
    }

    private mutating func grant() throws {
        let (fund, budget) = try world.budget(of: .yuan(3_000), cash: .yuan(5_000))
        try step(Samples.allot(.yuan(10), to: budget, of: fund))
        let grants = [GrantID(UUID()), GrantID(UUID())]
        for grant in grants { try step(Samples.request(.yuan(100), from: budget, grant: grant)) }
        try step(Samples.endorse(grants[0]))
        try step(Samples.approve(grants[0]))
        try step(Samples.pay(grants[0]))
        try step(
            AcknowledgeGrant(grant: grants[0], businessDate: try Samples.date("2020-02-12")))
        try step(Samples.giveBack(.yuan(1), of: grants[0]))
        try step(Samples.reject(grants[1]))
        try step(
            DefineEligibility(
                rule: .condolence, version: 2, validFrom: try Samples.date("2021-01-01"),
                categories: [.bereaved], memberMinimumAge: nil))
    }

    private mutating func supply() throws {
        let place = try Samples.place()
        let day = try Samples.date("2020-02-11")
        let issue = IssueID(UUID())
        try step(Samples.receive(100, of: "mask", at: place))
        try step(
            DefineKit(kit: "kit", version: 1, parts: [KitPart(item: "mask", quantity: 2)]))
        try step(
            KitGoods(
                kitting: KittingID(UUID()), kit: "kit", quantity: 1, place: place,
                businessDate: day))
        try step(Samples.issue(10, of: "mask", from: place, id: issue))
        try step(
            ReturnGoods(
                goodsReturn: GoodsReturnID(UUID()), issue: issue, quantity: 1, businessDate: day))
        try step(
            WriteOffGoods(
                writeOff: GoodsWriteOffID(UUID()), item: "mask", quantity: 1, place: place,
                reason: "wet", businessDate: day))
        let family = try world.family(.bereaved)
        let orders = [HomeServiceID(UUID()), HomeServiceID(UUID())]
        for order in orders {
            try step(
                OrderHomeService(
                    order: order, household: family, service: .hood,
                    programme: try Samples.programme("warm-housekeeping"), businessDate: day))
        }
        try step(CompleteHomeService(order: orders[0], businessDate: day))
        try step(CancelHomeService(order: orders[1], reason: "moved", businessDate: day))
    }

    private mutating func insure() throws {
        _ = try cover.families(2)
        let opened = try cover.open()
        let run = opened.run
        let insured = try #require(
            try world.bench.connection.run("SELECT id FROM household LIMIT 1").first
        ).decode(UUID.self, at: 0)
        try step(opened)
        try step(FreezeEnrolment(run: run, referenceDate: try Samples.date("2020-01-01")))
        try step(EvaluateEnrolment(run: run))
        try step(
            ApproveEnrolment(
                run: run, approvedOn: try Samples.date("2019-12-10"),
                actor: try Samples.actor(Samples.district)))
        try step(SubmitEnrolment(run: run, submittedOn: try Samples.date("2019-12-11")))
        try step(cover.reconcile(run))
        let claim = ClaimID(UUID())
        try step(cover.file(.yuan(100), run, insured, id: claim))
        try step(cover.decide(claim))
        try step(cover.pay(claim))
        try step(cover.terminate(run, insured, from: "2020-10-01"))
        try step(
            DefineProduct(
                product: cover.product, kind: .accident,
                programme: try Samples.programme("accident-insurance"), nameZh: "示例",
                nameEn: "Sample", ruleVersion: 2,
                rule: EligibilityRule(
                    parentMinimumAge: 51, parentMaximumAge: 65, parentRule: .any,
                    bereavedMinimumAge: 49),
                premiums: [Premium(basis: .onlyChildParents, premiumFen: .yuan(80))],
                insured: .household, sumInsuredFen: nil))
    }

    /// No rule of funding raises a task yet.
    private mutating func ask() throws {
        let (task, record) = (UUID(), UUID())
        _ = try world.bench.connection.run(
            """
            INSERT INTO task (id, kind, subject, territory, raised_on, raised_by, is_dismissed,
                              sequence)
            VALUES (\(task), 'sample', \(record), \(Samples.community), '2020-02-01', \(record),
                    false, 0)
            """)
        let within = try Samples.territory(Samples.community)
        try step(ListFundingTasks(TaskSelection(within: within)))
        try step(
            SettleFundingTask(
                TaskDismissal(
                    task: task, settledOn: Samples.date("2020-02-11"), reason: "done elsewhere",
                    actor: Samples.actor(Samples.subdistrict))))
        let loan = try #require(
            try world.bench.connection.run("SELECT id FROM loan LIMIT 1").first
        ).decode(UUID.self, at: 0)
        try step(GetFundingHistory(HistorySelection(record: loan)))
    }

    /// Asks for what the steps before have made.
    private mutating func read() throws {
        func id(_ table: String) throws -> UUID {
            let rows = try world.bench.connection.run(
                Statement(trusted: "SELECT id FROM \(table) LIMIT 1"))
            return try #require(rows.first).decode(UUID.self, at: 0)
        }
        let community = try Samples.territory(Samples.community)
        try step(GetLoan(loan: LoanID(try id("loan"))))
        try step(ListLoans(territory: community))
        try step(ListPolicies(subject: try id("household")))
        try step(ListGrants(territory: community))
        try step(GetFund(fund: FundID(try id("fund"))))
        try step(ListDecisions(territory: community))
        try step(ListEnrolment(run: RunID(try id("enrolment_run"))))
    }

    @Test func `nothing of another street can be changed`() throws {
        var walk = self
        try walk.insure()
        try walk.lend()
        try walk.give()
        try walk.grant()
        try walk.supply()
        try walk.ask()
        try walk.read()
        #expect(Set(walk.seen) == Set(Catalogue.fundingCommands.map { $0.type }))
        try world.expectSoundBooks()
    }

    @Test func `a family of another street is not lent to, supported or supplied`() throws {
        let there = "350203009901"
        let (fund, budget) = (try world.openFund(), try world.budget(of: .yuan(100)).budget)
        let family = try world.family(.bereaved)
        func stranger(_ command: any Command) throws -> String? {
            let answer = try world.bench.decide(command, publisher: "stranger")
            return "\(answer.code ?? "") \(answer.pointer ?? "")"
        }
        let loan = try Samples.apply(by: try world.mother(), to: fund, from: there)
        #expect(try stranger(loan) == "out_of_scope /data/borrower")
        let grant = try Samples.request(
            .yuan(1), from: budget, for: family, kind: .condolence, by: there)
        #expect(try stranger(grant) == "out_of_scope /data/household")
        let place = try Samples.place(there)
        try world.accept(try Samples.receive(10, of: "mask", at: place))
        for recipient in [
            GoodsRecipient(kind: .household, id: family.uuid),
            GoodsRecipient(kind: .person, id: try world.mother().uuid),
        ] {
            let issue = try Samples.issue(1, of: "mask", from: place, to: recipient)
            #expect(try stranger(issue) == "out_of_scope /data/recipient/id")
        }
    }

    // MARK: Units that others have taken over

    @Test func `the loans of a community go with it to another street`() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        let loan = LoanID(UUID())
        let borrower = try world.mother()
        try world.accept(try Samples.apply(by: borrower, to: fund, loan: loan))
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
                units: [unit("350203009911", from: "2020-07-01")],
                successions: [
                    TerritorySuccession(
                        predecessor: Samples.territory(Samples.community),
                        successor: Samples.territory("350203009911"),
                        from: Samples.date("2020-07-01"))
                ],
                closed: [
                    TerritoryClosure(
                        code: Samples.territory(Samples.community),
                        validTo: Samples.date("2020-06-30"))
                ]),
            subject: UUID(), sequence: 1)
        try world.bench.take(
            PublisherGranted(
                publisher: "former", territories: [Samples.territory(Samples.subdistrict)],
                types: ["funding.*"]),
            subject: UUID(), sequence: 1, as: "registry")
        let withdraw = WithdrawLoan(loan: loan, withdrawnOn: try Samples.date("2020-08-01"))
        let former = try world.bench.decide(withdraw, publisher: "former")
        #expect((former.code, former.pointer) == ("out_of_scope", "/data/loan"))
        #expect(try world.bench.decide(withdraw, publisher: "stranger").status == "accepted")
    }
}
