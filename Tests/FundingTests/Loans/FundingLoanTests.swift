import Foundation
import Messages
import People
import ServiceKit
import Support
import Testing

@testable import Funding

/// The steps of a loan, over rows in memory: what is refused before the ledger is asked, and the
/// steps that need not ask it. The others are tested on a database in `FundingLendingTests`.
@Suite struct FundingLoanTests {
    typealias Samples = FundingSamples
    let bench = HandlerBench(Funding.definition)

    init() throws { try Samples.putOffices(into: bench.source) }

    private func put(_ loan: Loan) -> LoanID {
        bench.source.put(loan)
        return loan.id
    }

    // MARK: The application

    private func refusal(
        _ fund: Fund, _ borrower: Person, principal: Fen = .yuan(20_000),
        from territory: String = Samples.community, territories: [TerritoryCode]? = nil
    ) throws -> Refusal? {
        bench.source.put(fund)
        bench.source.put(borrower)
        bench.source.put(try Samples.rule())
        let command = try Samples.apply(
            for: principal, by: borrower.id, to: fund.id, from: territory)
        return try bench.handle(command, territories: territories).refusal
    }

    @Test("A loan is lent from a revolving fund", arguments: FundKind.allCases)
    func fundKind(_ kind: FundKind) throws {
        guard kind != .revolving else { return }
        let refusal = try refusal(Samples.fund(kind), Samples.mother())
        #expect(refusal?.code == "wrong_fund_kind")
        #expect(refusal?.pointer == "/data/fund")
    }

    @Test("A closed fund lends no more")
    func closed() throws {
        let refusal = try refusal(Samples.fund(state: .closed), Samples.mother())
        #expect(refusal?.code == "fund_closed")
    }

    @Test("A fund lends in its territory only")
    func outsideFund() throws {
        let refusal = try refusal(Samples.fund(territory: "350205"), Samples.mother())
        #expect(refusal?.code == "outside_fund")
    }

    @Test("A fund of a programme without a rule lends nothing")
    func noRule() throws {
        let refusal = try refusal(Samples.fund(programme: "warm-home"), Samples.mother())
        #expect(refusal?.code == "no_loan_rule")
    }

    @Test(
        "Only a community proposes a loan",
        arguments: ["3502", "350203", "350203007", "350203007901001"])
    func level(_ territory: String) throws {
        let refusal = try refusal(Samples.fund(), Samples.mother(), from: territory)
        #expect(refusal?.code == "wrong_level")
        #expect(refusal?.pointer == "/data/actor/territory")
        #expect(refusal?.expected == "the code of a community")
    }

    @Test("A community proposes its own people only")
    func otherCommunity() throws {
        let refusal = try refusal(
            Samples.fund(), Samples.mother(in: "350203007902"), from: "350203007901")
        #expect(refusal?.code == "outside_territory")
    }

    @Test("A publisher speaks for a community in its territory only")
    func outOfScope() throws {
        let scope = [try Samples.territory("350203008")]
        let refusal = try refusal(Samples.fund(), Samples.mother(), territories: scope)
        #expect(refusal?.code == "out_of_scope")
    }

    @Test("A loan is refused to a man, and for an amount that is not lent")
    func rule() throws {
        let man = try refusal(Samples.fund(), Samples.mother(sex: .male))
        #expect(man?.code == "not_eligible")
        let much = try refusal(Samples.fund(), Samples.mother(), principal: .yuan(30_001))
        #expect(much?.code == "principal_out_of_bounds")
    }

    @Test("An application waits for its fund, then for the borrower")
    func waits() throws {
        let (fund, borrower) = (try Samples.fund(), PersonID(UUID()))
        let command = try Samples.apply(by: borrower, to: fund.id)
        let first = try #require(try bench.handle(command).wait)
        #expect(first.id == fund.id.uuid)
        #expect(first.otherwise.code == "unknown_fund")
        try bench.handle(Samples.open(fund))
        let second = try #require(try bench.handle(command).wait)
        #expect(second.id == borrower.uuid)
        #expect(second.otherwise.code == "unknown_borrower")
        #expect(second.otherwise.pointer == "/data/borrower")
    }

    @Test("An id of a loan is used once")
    func exists() throws {
        let loan = put(try Samples.loan(.repaid))
        let command = try Samples.apply(by: PersonID(UUID()), to: FundID(UUID()), loan: loan)
        #expect(try bench.handle(command).refusal?.code == "loan_exists")
    }

    // MARK: Authority

    @Test(
        "The subdistrict endorses",
        arguments: [
            ("350203007", nil), ("350203", "wrong_level"), ("350203007901", "wrong_level"),
            ("350203008", "outside_territory"),
        ] as [(String, String?)])
    func endorse(_ territory: String, _ code: String?) throws {
        let loan = put(try Samples.loan(.applied))
        let outcome = try bench.handle(try Samples.endorse(loan, by: territory))
        #expect(outcome.refusal?.code == code)
        #expect((outcome.fact(LoanEndorsed.self)?.loan == loan) == (code == nil))
    }

    @Test(
        "The district approves",
        arguments: [
            ("350203007", "wrong_level"), ("3502", "wrong_level"), ("350205", "outside_territory"),
        ])
    func approve(_ territory: String, _ code: String) throws {
        let loan = put(try Samples.loan(.endorsed))
        let outcome = try bench.handle(try Samples.approve(loan, by: territory))
        #expect(outcome.refusal?.code == code)
        #expect(outcome.refusal?.pointer == "/data/actor/territory")
    }

    @Test(
        "The subdistrict or the district rejects",
        arguments: [
            ("350203007", nil), ("350203", nil), ("350203007901", "wrong_level"),
            ("350205", "outside_territory"),
        ] as [(String, String?)])
    func reject(_ territory: String, _ code: String?) throws {
        let loan = put(try Samples.loan(.applied))
        let outcome = try bench.handle(try Samples.reject(loan, by: territory))
        #expect(outcome.refusal?.code == code)
        #expect(outcome.isAccepted == (code == nil))
    }

    @Test("The district writes off", arguments: [("350203", true), ("350203007", false)])
    func writeOff(_ territory: String, _ may: Bool) throws {
        let loan = put(try Samples.loan(.active, owed: .yuan(7_000)))
        let outcome = try bench.handle(try Samples.writeOff(loan, by: territory))
        #expect(outcome.fact(LoanWrittenOff.self)?.amountFen == (may ? .yuan(7_000) : nil))
        #expect(outcome.refusal?.code == (may ? nil : "wrong_level"))
    }

    @Test("A publisher takes steps of loans in its territory only")
    func scope() throws {
        let scope = [try Samples.territory("350203008")]
        let loan = put(try Samples.loan(.approved))
        let outcome = try bench.handle(try Samples.disburse(loan), territories: scope)
        #expect(outcome.refusal?.code == "out_of_scope")
        #expect(outcome.refusal?.pointer == "/data/loan")
        let applied = put(try Samples.loan(.applied))
        let community = [try Samples.territory(Samples.community)]
        let endorsed = try bench.handle(try Samples.endorse(applied), territories: community)
        #expect(endorsed.refusal?.pointer == "/data/actor/territory")
    }

    // MARK: States

    @Test("Every step of a loan that is not known yet waits for it")
    func unknown() throws {
        let loan = LoanID(UUID())
        let day = try Samples.date("2019-03-12")
        let commands: [any Command] = [
            try Samples.endorse(loan), try Samples.approve(loan), try Samples.reject(loan),
            WithdrawLoan(loan: loan, withdrawnOn: day), try Samples.disburse(loan),
            try Samples.repay(.yuan(1), of: loan), try Samples.writeOff(loan),
        ]
        for command in commands {
            let wait = try #require(try bench.handle(command).wait)
            #expect(wait.id == loan.uuid)
            #expect(wait.otherwise.code == "unknown_loan")
        }
    }

    @Test("A step out of turn is refused")
    func outOfTurn() throws {
        let applied = put(try Samples.loan(.applied))
        let approved = put(try Samples.loan(.approved))
        let rejected = put(try Samples.loan(.rejected))
        let cases: [(any Command, String)] = [
            (try Samples.approve(applied), "not_endorsed"),
            (try Samples.disburse(applied), "not_approved"),
            (try Samples.repay(.yuan(1), of: applied), "not_active"),
            (try Samples.writeOff(applied), "not_active"),
            (try Samples.reject(approved), "not_undecided"),
            (try Samples.endorse(approved), "not_applied"),
            (
                WithdrawLoan(loan: rejected, withdrawnOn: try Samples.date("2019-04-01")),
                "not_withdrawable"
            ),
        ]
        for (command, code) in cases {
            let refusal = try bench.handle(command).refusal
            #expect(refusal?.code == code)
            #expect(refusal?.pointer == "/data/loan")
        }
    }

    @Test("A step is not dated before the one before it")
    func tooEarly() throws {
        let loan = put(try Samples.loan(.approved, since: "2019-03-12"))
        let outcome = try bench.handle(try Samples.disburse(loan, on: "2019-03-11"))
        #expect(outcome.refusal?.code == "date_too_early")
        #expect(outcome.refusal?.pointer == "/data/businessDate")
        #expect(outcome.refusal?.expected == "a date from 2019-03-12 on")
    }

    @Test(
        "A loan may be withdrawn until it is paid out",
        arguments: [LoanState.applied, .endorsed, .approved])
    func withdraw(_ state: LoanState) throws {
        let loan = put(try Samples.loan(state))
        let day = try Samples.date("2019-03-20")
        let outcome = try bench.handle(WithdrawLoan(loan: loan, withdrawnOn: day))
        #expect(outcome.fact(LoanWithdrawn.self)?.withdrawnOn == day)
    }

    // MARK: Money

    @Test("Paying out makes the principal owed")
    func disburse() throws {
        let borrower = try Samples.mother()
        bench.source.put(borrower)
        let loan = put(try Samples.loan(.approved, by: borrower.id))
        let fact = try bench.handle(try Samples.disburse(loan)).fact(LoanDisbursed.self)
        #expect(fact?.principalFen == .yuan(20_000))
        let row = try #require(try bench.unit.find(Loan.self, loan.uuid))
        #expect(row.state == .active)
        #expect(row.outstanding == .yuan(20_000))
    }

    @Test("A loan is repaid when nothing is owed any more")
    func repay() throws {
        let loan = put(try Samples.loan(.active, owed: .yuan(20_000)))
        let part = try bench.handle(try Samples.repay(.yuan(12_000), of: loan))
        #expect(part.fact(LoanRepaid.self)?.outstandingFen == .yuan(8_000))
        #expect(try bench.unit.find(Loan.self, loan.uuid)?.state == .active)
        let much = try bench.handle(try Samples.repay(Fen(800_001), of: loan))
        #expect(much.refusal?.code == "more_than_owed")
        #expect(much.refusal?.pointer == "/data/amountFen")
        let rest = try bench.handle(try Samples.repay(.yuan(8_000), of: loan))
        #expect(rest.fact(LoanRepaid.self)?.outstandingFen == .zero)
        #expect(rest.emissions.map(\.sequence) == [3])
        #expect(try bench.unit.find(Loan.self, loan.uuid)?.state == .repaid)
        let more = try bench.handle(try Samples.repay(.yuan(1), of: loan))
        #expect(more.refusal?.code == "not_active")
    }

    @Test("A repayment counts once")
    func repaymentTwice() throws {
        let loan = put(try Samples.loan(.active, owed: .yuan(20_000)))
        let command = try Samples.repay(.yuan(1_000), of: loan)
        #expect(try bench.handle(command).isAccepted)
        let again = try bench.handle(command)
        #expect(again.refusal?.code == "repayment_exists")
        #expect(try bench.unit.find(Loan.self, loan.uuid)?.outstanding == .yuan(19_000))
    }

    @Test("The loan's sequence counts its facts, and its territory is the community's")
    func sequence() throws {
        let loan = put(try Samples.loan(.applied))
        let endorsed = try bench.handle(try Samples.endorse(loan))
        #expect(endorsed.emissions.map(\.sequence) == [2])
        #expect(endorsed.emissions.map(\.subject) == [loan.description])
        #expect(endorsed.fact(LoanEndorsed.self)?.territory.rawValue == Samples.community)
    }
}
