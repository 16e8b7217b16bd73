import Messages
import ServiceKit
import Support
import Testing

@testable import Funding

/// The rules of loans as plain functions.
@Suite struct FundingLoanRuleTests {
    typealias Samples = FundingSamples

    @Test(
        "A loan is of 10,000 to 30,000 yuan, both bounds inclusive",
        arguments: [
            (Fen.yuan(9_999), false), (Fen(999_999), false), (.yuan(10_000), true),
            (.yuan(20_000), true), (.yuan(30_000), true), (Fen(3_000_001), false),
            (.yuan(30_001), false),
        ])
    func bounds(_ principal: Fen, _ isLent: Bool) throws {
        let (rule, mother) = (try Samples.rule(), try Samples.mother())
        let refusal = refusal { () throws(Refusal) in try rule.require(principal, to: mother) }
        #expect((refusal == nil) == isLent)
        if !isLent {
            #expect(refusal?.code == "principal_out_of_bounds")
            #expect(refusal?.pointer == "/data/principalFen")
            #expect(refusal?.expected == "an amount from 1000000 to 3000000 fen")
        }
    }

    @Test("The programme lends to mothers only")
    func mothers() throws {
        let (rule, man) = (try Samples.rule(), try Samples.mother(sex: .male))
        let refusal = refusal { () throws(Refusal) in try rule.require(.yuan(20_000), to: man) }
        #expect(refusal?.code == "not_eligible")
        #expect(refusal?.pointer == "/data/borrower")
    }

    static let steps: [LoanStep] = [
        .endorse, .approve, .reject, .withdraw, .disburse, .repay(all: false), .repay(all: true),
        .writeOff, .expire, .fallOverdue, .catchUp,
    ]

    /// All transitions there are; every other pair is refused.
    static func next(_ state: LoanState, _ step: LoanStep) -> LoanState? {
        switch (state, step) {
        case (.applied, .endorse): .endorsed
        case (.applied, .reject), (.endorsed, .reject): .rejected
        case (.applied, .withdraw), (.endorsed, .withdraw), (.approved, .withdraw): .withdrawn
        case (.endorsed, .approve): .approved
        case (.approved, .disburse): .active
        case (.approved, .expire): .expired
        case (.active, .fallOverdue), (.overdue, .repay(all: false)): .overdue
        case (.active, .repay(all: false)), (.overdue, .catchUp): .active
        case (.active, .repay(all: true)), (.overdue, .repay(all: true)): .repaid
        case (.active, .writeOff), (.overdue, .writeOff): .writtenOff
        default: nil
        }
    }

    @Test("A loan takes exactly the steps of its state", arguments: LoanState.allCases)
    func transitions(_ state: LoanState) {
        for step in Self.steps {
            #expect((try? state.after(step)) == Self.next(state, step), "\(step) of \(state)")
        }
    }

    @Test("A settled, rejected or withdrawn loan is not open")
    func open() {
        let open = LoanState.allCases.filter(\.isOpen)
        #expect(Set(open) == [.applied, .endorsed, .approved, .active, .overdue])
    }

    /// Takes a step, if it is allowed.
    private func step(
        _ step: LoanStep, of loan: inout Loan, on day: BusinessDate
    ) -> Refusal? {
        refusal { () throws(Refusal) in try loan.step(step, on: day, at: "/day") }
    }

    @Test("A refused step says in which state the loan is")
    func refusedStep() throws {
        var loan = try Samples.loan(.applied)
        let refusal = step(.approve, of: &loan, on: loan.since)
        #expect(refusal?.code == "not_endorsed")
        #expect(refusal?.pointer == "/data/loan")
        #expect(refusal?.expected == "an endorsed loan; this one is applied")
        #expect(loan.state == .applied)
    }

    @Test("No step is dated before the one before it, and the same day is fine")
    func dates() throws {
        var loan = try Samples.loan(.applied, since: "2019-03-05")
        let early = step(.endorse, of: &loan, on: try Samples.date("2019-03-04"))
        #expect(early?.code == "date_too_early")
        #expect(early?.pointer == "/data/day")
        #expect(early?.expected == "a date from 2019-03-05 on")
        #expect(step(.endorse, of: &loan, on: loan.since) == nil)
        #expect(loan.state == .endorsed)
    }

    @Test("Repayments come in any order, but none before the disbursement")
    func repaymentDates() throws {
        var loan = try Samples.loan(.active, since: "2019-03-19", owed: .yuan(20_000))
        let (may, april, march) = (
            try Samples.date("2019-05-01"), try Samples.date("2019-04-01"),
            try Samples.date("2019-03-18")
        )
        #expect(step(.repay(all: false), of: &loan, on: may) == nil)
        #expect(step(.repay(all: false), of: &loan, on: april) == nil)
        #expect(step(.repay(all: false), of: &loan, on: march)?.code == "date_too_early")
        #expect(loan.lastOn == may)
        #expect(step(.writeOff, of: &loan, on: april)?.code == "date_too_early")
        #expect(step(.repay(all: true), of: &loan, on: april) == nil)
        #expect(loan.state == .repaid)
        #expect(loan.since == may)
    }

    @Test("Every kind of transfer moves between two accounts")
    func accounts() {
        for kind in TransferKind.allCases { #expect(kind.debit != kind.credit) }
    }

    @Test("An enrolment run takes exactly the steps of its state", arguments: RunState.allCases)
    func runs(_ state: RunState) {
        let allowed: [RunState: [RunState.Step]] = [
            .draft: [.freeze], .frozen: [.evaluate], .evaluated: [.evaluate, .approve],
            .approved: [.submit], .submitted: [.reconcile], .reconciled: [],
        ]
        for step in RunState.Step.allCases {
            let isAllowed = (try? state.after(step)) != nil
            #expect(isAllowed == allowed[state]?.contains(step), "\(step) of \(state)")
        }
    }
}
