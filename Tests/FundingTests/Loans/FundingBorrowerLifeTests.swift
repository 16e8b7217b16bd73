import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// Moves, deaths and erasures of borrowers whose loans are under way, on a database.
@Suite struct FundingBorrowerLifeTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    /// A loan of a member of a family, endorsed on 5 March 2019.
    private func endorsed(
        by borrower: PersonID, approvedOn day: String? = nil
    ) throws -> (fund: FundID, loan: LoanID) {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund, by: borrower)
        if let day { try world.accept(try Samples.approve(loan, on: day)) }
        return (fund, loan)
    }

    @Test(
        "A loan is approved and paid out on the borrower's day of death for the last time",
        arguments: [("2019-03-18", true), ("2019-03-19", false)])
    func deadBorrower(_ died: String, _ isGone: Bool) throws {
        let refused = isGone ? "person_gone /data/loan" : nil
        let (one, other) = (try world.mother(), try world.mother())
        let approved = try endorsed(by: one, approvedOn: "2019-03-12")
        let waiting = try endorsed(by: other)
        for person in [one, other] {
            try world.bench.take(
                try Samples.died(person, on: died), subject: person.uuid, sequence: 1)
        }
        #expect(
            try world.refusal(try Samples.disburse(approved.loan, on: "2019-03-19")) == refused)
        #expect(
            try world.refusal(try Samples.approve(waiting.loan, on: "2019-03-19")) == refused)
        #expect(try world.balance(.receivable, of: approved.fund) == (isGone ? 0 : 2_000_000))
        try world.expectSoundBooks()
        // Its reserved money is free again once it is withdrawn.
        guard isGone else { return }
        let day = try Samples.date("2019-03-20")
        try world.accept(WithdrawLoan(loan: approved.loan, withdrawnOn: day))
        #expect(try world.balance(.cash, of: approved.fund) == 5_000_000)
        try world.expectSoundBooks()
    }

    @Test("A loan is not paid out to whom has moved out or was erased since; who moved gets it")
    func goneBorrower() throws {
        let people = try (0..<3).map { _ in try world.mother() }
        let loans = try people.map { try endorsed(by: $0, approvedOn: "2019-03-12").loan }
        try world.bench.take(
            try Samples.moved(people[0], to: nil, nil), subject: people[0].uuid, sequence: 1)
        try world.bench.take(
            try Samples.erased(people[1]), subject: people[1].uuid, sequence: 1)
        try world.bench.take(
            try Samples.moved(people[2], to: "350203008901", nil), subject: people[2].uuid,
            sequence: 1)
        #expect(
            try loans.map { try world.refusal(try Samples.disburse($0, on: "2019-05-01")) }
                == ["person_gone /data/loan", "person_gone /data/loan", nil])
    }

    @Test("A death that was recorded under another id of the borrower counts")
    func deadUnderOtherID() throws {
        let (one, other) = (try world.mother(), try world.mother())
        let loan = try endorsed(by: other, approvedOn: "2019-03-12").loan
        try world.bench.take(
            try Samples.merged(other, into: one), subject: one.uuid, sequence: 1)
        try world.bench.take(
            try Samples.died(one, on: "2019-03-18"), subject: one.uuid, sequence: 2)
        #expect(
            try world.refusal(try Samples.disburse(loan, on: "2019-03-19"))
                == "person_gone /data/loan")
    }
}
