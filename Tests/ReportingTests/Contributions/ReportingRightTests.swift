import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Figures that follow what is so: cases, families, cover and audiences, on a real database")
struct ReportingRightTests {
    private let bench: ServiceBench
    private var facts = ReportingFacts(seed: 3)
    private let id = UUID()

    init() throws { bench = try ServiceBench(Reporting.definition) }

    // MARK: Audiences

    @Test("Two groups of one platform add up")
    func groups() throws {
        for (group, count) in [("group-1", 100), ("group-2", 50)] {
            let reach = UUID()
            var fact = facts.reached(reach, count: count, change: count)
            fact.account = group
            try bench.take(fact, subject: reach, sequence: 1)
        }
        #expect(try figure("followers") == 150)
    }

    // MARK: Cases

    @Test(
        "A loan whose payment is taken back never fell overdue, whichever comes first",
        arguments: [false, true])
    func overdueReversed(reversalFirst: Bool) throws {
        let posting = UUID()
        let steps: [() throws -> Void] = [
            { try bench.take(overdue(after: posting, on: "2020-03-20"), subject: id, sequence: 6) },
            {
                try bench.take(
                    reversed(.disbursement, posting: posting), subject: UUID(), sequence: 1)
            },
        ]
        for step in reversalFirst ? steps.reversed() : steps { try step() }
        #expect(try figure("loans_fell_overdue") == nil)
        #expect(try figure("capital_fell_overdue_fen") == nil)
        // Paid out once more, it may fall overdue once more.
        try bench.take(overdue(after: UUID(), on: "2020-06-20"), subject: id, sequence: 9)
        #expect(try figure("loans_fell_overdue") == 1)
        #expect(try figure("loans_fell_overdue", "2020-Q2") == 1)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test(
        "A loan has not caught up by a repayment that is taken back, whichever comes first",
        arguments: [false, true])
    func caughtUpReversed(reversalFirst: Bool) throws {
        let posting = UUID()
        let caughtUp = LoanCaughtUp(
            LoanSubject(
                loan: LoanID(id), fund: FundID(id), programme: ReportingFacts.happinessProject,
                borrower: PersonID(id), territory: ReportingFacts.community,
                principalFen: .yuan(10_000)), outstandingFen: .yuan(9_000),
            businessDate: ReportingFacts.date("2020-04-01"), posting: TransferID(posting))
        let steps: [() throws -> Void] = [
            { try bench.take(overdue(after: UUID(), on: "2020-03-20"), subject: id, sequence: 6) },
            { try bench.take(caughtUp, subject: id, sequence: 8) },
            {
                try bench.take(
                    reversed(.repayment, posting: posting), subject: UUID(), sequence: 1)
            },
        ]
        for step in reversalFirst ? steps.reversed() : steps { try step() }
        #expect(try figure("loans_caught_up") == nil)
        #expect(try figure("loans_fell_overdue") == 1)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test(
        "An approval whose release is taken back has not expired, whichever comes first",
        arguments: [false, true])
    func expiryReversed(reversalFirst: Bool) throws {
        let cause = UUID()
        let expired = LoanExpired(
            LoanSubject(
                loan: LoanID(id), fund: FundID(id), programme: ReportingFacts.happinessProject,
                borrower: PersonID(id), territory: ReportingFacts.community,
                principalFen: .yuan(10_000)), businessDate: ReportingFacts.date("2020-03-01"))
        let steps: [() throws -> Void] = [
            { try take(expired, sequence: 4, cause: cause) },
            {
                try bench.take(
                    facts.reversed(.release, of: id, by: cause), subject: UUID(), sequence: 1)
            },
        ]
        for step in reversalFirst ? steps.reversed() : steps { try step() }
        #expect(try figure("loans_expired") == nil)
        // It may expire once more, after all.
        try take(expired, sequence: 6, cause: UUID())
        #expect(try figure("loans_expired") == 1)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    private func overdue(after posting: UUID, on day: String) -> LoanFellOverdue {
        LoanFellOverdue(
            LoanSubject(
                loan: LoanID(id), fund: FundID(id), programme: ReportingFacts.happinessProject,
                borrower: PersonID(id), territory: ReportingFacts.community,
                principalFen: .yuan(10_000)), overdueFen: .yuan(800), outstandingFen: .yuan(10_000),
            businessDate: ReportingFacts.date(day), posting: TransferID(posting))
    }

    private func reversed(_ kind: TransferKind, posting: UUID) -> TransferReversed {
        var fact = facts.reversed(kind, of: id, by: UUID())
        fact.transfer = TransferID(posting)
        return fact
    }

    // MARK: Cover

    @Test(
        "Families insured for a year count in it, whenever the premium was paid and whoever left",
        arguments: [false, true])
    func cover(terminationsFirst: Bool) throws {
        let day = ReportingFacts.date
        let insured = EnrolmentInsured(
            run: RunID(id), product: ProductID(id), programme: ReportingFacts.accidentInsurance,
            territory: ReportingFacts.community, basis: .lowIncome, households: 14,
            premiumFen: .yuan(1_120), policyYear: 2026, businessDate: day("2025-12-15"),
            answer: UUID(), coverFrom: day("2026-01-01"), coverTo: day("2026-12-31"))
        let ended = (0..<8).map { _ in
            PolicyTerminated(
                policy: PolicyID(UUID()), run: insured.run, product: insured.product,
                programme: insured.programme, territory: insured.territory, insured: .household,
                basis: insured.basis, policyYear: 2026, terminatedOn: day("2026-07-01"),
                businessDate: day("2026-07-10"), premiumFen: .yuan(80), returnedFen: .yuan(40),
                coverTo: day("2026-12-31"))
        }
        if !terminationsFirst { try bench.take(insured, subject: id, sequence: 9) }
        for fact in ended { try bench.take(fact, subject: fact.policy.uuid, sequence: 1) }
        if terminationsFirst { try bench.take(insured, subject: id, sequence: 9) }
        #expect(try figure("insured_households", "2026") == 14)
        #expect(try figure("insured_households", "2025") == nil)
        #expect(try figure("insured_households") == 14)
        #expect(try figure("households_covered", "2026-01") == 14)
        #expect(try figure("households_covered", "2026-07") == 6)
        #expect(try figure("households_covered", "2026") == 6)
        #expect(try figure("households_covered", "2027") == 0)
        #expect(try figure("households_covered") == nil)
        #expect(try figure("premium_paid_fen", "2025-12") == 112_000)
        #expect(try figure("premium_paid_fen", "2026") == nil)
        #expect(try figure("premium_returned_fen", "2026") == 32_000)
        #expect(try figure("policies_terminated", "2026-07") == 8)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test(
        "An edition says who is covered at the end of each month until today, and of no later one")
    func coverInAnEdition() throws {
        let day = ReportingFacts.date
        let insured = EnrolmentInsured(
            run: RunID(id), product: ProductID(id), programme: ReportingFacts.accidentInsurance,
            territory: ReportingFacts.community, basis: .lowIncome, households: 14,
            premiumFen: .yuan(1_120), policyYear: 2020, businessDate: day("2020-01-20"),
            answer: UUID(), coverFrom: day("2020-02-01"), coverTo: day("2021-01-31"))
        try bench.take(insured, subject: id, sequence: 9)
        try PublicPlan.families(inCommunities: []).apply(bench.connection)
        try ReportingChecks.rollUpAll(bench)
        let now = try #require(Timestamp("2020-04-15T08:00:00+08:00"))
        try ReportingChecks.write(bench, now: now, everything: false)
        let months = try bench.connection.run(
            """
            SELECT period_name(span, start),
                   figures[array_position(measures, 'households_covered')]
            FROM summary
            WHERE territory = '350203' AND 'households_covered' = ANY (measures)
            ORDER BY span, start
            """
        ).map { "\(try $0.decode(String.self, at: 0)) \(try $0.decode(Int64.self, at: 1))" }
        #expect(
            months == [
                "2020-02 14", "2020-03 14", "2020-04 14", "2020-Q1 14", "2020-Q2 14", "2020 14",
            ])
    }

    // MARK: What cannot be summed

    @Test("Two sites with three tiers each have three tiers, and are two sites")
    func sites() throws {
        for community in ["350203006001", "350203006002"] {
            let site = SiteID(UUID())
            let opened = SiteOpened(
                OpenSite(
                    site: site, kind: .warmHome, territory: ReportingFacts.code(community),
                    nameZh: "", nameEn: "", openedOn: ReportingFacts.date("2018-05-29"),
                    tiers: ReportingFacts.community.ancestors, ruleSets: ["a", "b"], themes: []))
            try bench.take(opened, subject: site.uuid, sequence: 1)
        }
        #expect(try figure("site_tiers") == 3)
        #expect(try figure("site_rule_sets", dimension: "warm_home") == 2)
        #expect(try figure("site_themes") == 0)
        #expect(try figure("sites_open") == 2)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    // MARK: Nothing

    @Test("Since a fund is open it is known that nothing was lent out of it, and nothing of before")
    func nothing() throws {
        let fund = FundOpened(
            OpenFund(
                fund: FundID(id), kind: .revolving, programme: ReportingFacts.happinessProject,
                territory: ReportingFacts.district, nameZh: "幸福工程", nameEn: "Happiness Project",
                openedOn: ReportingFacts.date("2020-02-10")))
        try bench.take(fund, subject: id, sequence: 1)
        try PublicPlan.families(inCommunities: []).apply(bench.connection)
        _ = try bench.connection.run(
            "INSERT INTO exact_unit (territory) VALUES ('350203')")
        let now = try #require(Timestamp("2020-04-15T08:00:00+08:00"))
        try ReportingChecks.write(bench, now: now, everything: false)
        let lent = try bench.connection.run(
            """
            SELECT period_name(span, start), figures[array_position(measures, 'capital_lent_fen')]
            FROM summary
            WHERE territory = '350203' AND 'capital_lent_fen' = ANY (measures)
              AND programme = 'happiness-project'
            ORDER BY span, start
            """
        ).map { "\(try $0.decode(String.self, at: 0)) \(try $0.decode(Int64.self, at: 1))" }
        #expect(
            lent == [
                "2020-02 0", "2020-03 0", "2020-04 0", "2020-Q1 0", "2020-Q2 0", "2020 0", "all 0",
            ])
    }

    // MARK: Help

    /// Takes in a fact that followed from a message.
    private func take(_ fact: any Fact, sequence: Int64, cause: UUID) throws {
        let header = Header(
            id: UUID(), source: "test", type: type(of: fact).type, time: .now(),
            subject: id.uuidString.lowercased(), causationid: cause, sequence: sequence)
        try bench.take(published: [try MessageEncoder().encode(header, fact)])
    }

    private func figure(
        _ measure: String, _ period: String = "all", in territory: String = "350203",
        dimension: String = ""
    ) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT value FROM cell_value
            WHERE measure = \(measure) AND period = \(period) AND territory = \(territory)
              AND dimension = \(dimension)
            """
        ).first?.decode(Int64.self, at: 0)
    }
}
