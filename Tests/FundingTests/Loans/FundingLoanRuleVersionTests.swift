import Foundation
import Messages
import People
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

@Suite("Versions of what programmes lend, on a real database")
struct FundingLoanRuleVersionTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    private func apply(
        for yuan: Int64, to fund: FundID, on day: String, sex: Sex = .female
    ) throws -> ApplyForLoan {
        let borrower = try Samples.mother(sex: sex)
        let fact = try Samples.registered(borrower)
        try world.bench.take(fact, subject: fact.household.uuid, sequence: 1)
        return try Samples.apply(for: .yuan(yuan), by: borrower.id, to: fund, on: day)
    }

    private func version(of loan: LoanID) throws -> Int32? {
        try world.bench.connection.run(
            "SELECT rule_version FROM loan WHERE id = \(loan.uuid)"
        ).first?.decode(Int32.self, at: 0)
    }

    @Test func `no rule is in the schema: a new database lends nothing`() throws {
        let bench = try ServiceBench(Funding.definition)
        for table in [
            "loan_rule", "loan_rule_version", "family_rule", "family_rule_version",
            "family_rule_category",
        ] {
            let rows = try bench.connection.run(Statement(trusted: "SELECT FROM \(table)", []))
            #expect(rows.isEmpty, "\(table)")
        }
    }

    @Test func `a programme lends from the day on from which it has a rule, and no earlier`() throws
    {
        let fund = try world.openFund(programme: "small-loans")
        #expect(
            try world.refusal(apply(for: 20_000, to: fund, on: "2020-06-01"))
                == "no_loan_rule /data/fund")
        let rule = try Samples.loanRule(version: 1, from: "2020-01-01", programme: "small-loans")
        try world.accept(rule)
        let fact = try #require(world.facts(LoanRuleDefined.self).last)
        #expect(fact.programme.rawValue == "small-loans")
        #expect(fact.maximumFen == .yuan(30_000))
        #expect(world.bench.facts.last?.header.subject == "small-loans")
        #expect(world.bench.facts.last?.header.sequence == 1)
        try world.accept(apply(for: 20_000, to: fund, on: "2020-06-01"))
        #expect(
            try world.refusal(apply(for: 20_000, to: fund, on: "2019-12-31"))
                == "no_loan_rule /data/fund")
    }

    @Test func `a new version counts from its day on, and earlier days keep theirs`() throws {
        let fund = try world.openFund()
        try world.accept(
            try Samples.loanRule(version: 2, from: "2021-01-01", 5_000...50_000, to: nil))
        let (before, after) = (
            try apply(for: 30_000, to: fund, on: "2020-12-31"),
            try apply(for: 50_000, to: fund, on: "2021-01-01", sex: .male)
        )
        try world.accept(before)
        try world.accept(after)
        #expect(try version(of: before.loan) == 1)
        #expect(try version(of: after.loan) == 2)
        #expect(
            try world.refusal(apply(for: 30_001, to: fund, on: "2020-12-31"))
                == "principal_out_of_bounds /data/principalFen")
        #expect(
            try world.refusal(apply(for: 20_000, to: fund, on: "2020-12-31", sex: .male))
                == "not_eligible /data/borrower")
    }

    @Test func `a loan keeps the version that it was applied for under`() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        try world.accept(
            try Samples.loanRule(
                version: 2, from: "2019-01-01", 50_000...90_000, to: .male, terms: 6...6,
                approvalDays: 1))
        try world.accept(try Samples.approve(loan, on: "2019-03-12"))
        func age(_ day: String) throws -> AgeLoans {
            AgeLoans(ageing: AgeingID(UUID()), fund: fund, asOf: try Samples.date(day))
        }
        try world.accept(try age("2019-06-10"))
        #expect(world.facts(LoanExpired.self).isEmpty, "90 days, as its version says")
        try world.accept(try age("2019-06-11"))
        #expect(world.facts(LoanExpired.self).map(\.loan) == [loan])
    }

    @Test func `versions only go up, and none is ever changed`() throws {
        let again = try Samples.loanRule(version: 1, from: "2021-01-01")
        #expect(try world.refusal(again) == "version_exists /data/version")
        try world.accept(try Samples.loanRule(version: 3, from: "2021-01-01"))
        let between = try Samples.loanRule(version: 2, from: "2021-01-01")
        #expect(try world.refusal(between) == "version_exists /data/version")
        let change = world.violation("UPDATE loan_rule_version SET maximum_fen = 1")
        #expect(change?.constraint == "loan_rule_version_append_only")
    }

    @Test func `the same definition again is answered as the first time`() throws {
        let (id, command) = (UUID(), try Samples.loanRule(version: 2, from: "2021-01-01"))
        let now = Timestamp.now()
        #expect(try world.bench.decide(command, id: id, time: now).status == "accepted")
        #expect(try world.bench.decide(command, id: id, time: now).status == "duplicate")
        #expect(world.facts(LoanRuleDefined.self).count == 1)
    }

    @Test func `a publisher of one territory sets no rule for all`() throws {
        let bench = HandlerBench(Funding.definition)
        let refusal = try bench.handle(
            Samples.loanRule(version: 1, from: "2021-01-01"), publisher: "subdistrict",
            territories: [Samples.territory("350203007")]
        ).refusal
        #expect(refusal?.code == "out_of_scope")
    }
}
