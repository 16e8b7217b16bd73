import Foundation
import Messages
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Every correction of funding, which is the reversal of a posting: of each kind twice, early, out of scope, after a merge and after an
/// erasure.
@Suite struct CorrectionWalkTests {
    typealias Samples = FundingSamples

    /// Postings by the command that leads to them.
    static let kinds: [TransferKind] = [
        .deposit, .donation, .refund, .allocation, .reserve, .release, .disbursement, .repayment,
        .writeOff, .grant, .grantReturn,
    ]
    static let loans: [TransferKind] = [
        .reserve, .release, .disbursement, .repayment, .writeOff,
    ]
    /// Those whose postings have the id of a record, which its publisher chooses.
    static let named: [TransferKind] = [.deposit, .donation, .refund, .repayment, .grantReturn]

    private let world: FundingWorld
    private let borrower: PersonID

    init() throws {
        world = try FundingWorld()
        borrower = try world.mother()
    }

    @Test("Every correction is walked through")
    func complete() {
        // Who withdraws an application puts nothing right.
        let corrections = CorrectionTypes.all(
            of: Catalogue.fundingCommands, byOfficers: false, without: [WithdrawLoan.self])
        #expect(corrections == [ReverseTransfer.type])
    }

    @Test("Twice, it takes effect once", arguments: kinds)
    func twice(_ kind: TransferKind) throws {
        let posting = try post(kind)
        let reversal = try Samples.reverse(posting)
        try world.expectOnce(reversal)
        #expect(try world.refusal(reversal) == "reversal_exists /data/reversal")
        let again = try Samples.reverse(posting)
        #expect(try world.refusal(again) == "already_reversed /data/transfer")
        try world.expectSoundBooks()
    }

    @Test("Before its posting, it waits and is taken in once", arguments: named)
    func early(_ kind: TransferKind) throws {
        let (_, last, id) = try prepare(kind)
        let posting = try #require(id)
        try world.expectWait(try Samples.reverse(posting)) { try world.accept(last) }
        let again = try Samples.reverse(posting)
        #expect(try world.refusal(again) == "already_reversed /data/transfer")
        try world.expectSoundBooks()
    }

    @Test("Out of scope, it has no effect", arguments: kinds)
    func outOfScope(_ kind: TransferKind) throws {
        let posting = try post(kind)
        try world.bench.take(
            PublisherGranted(
                publisher: "elsewhere", territories: [Samples.territory("350203009")],
                types: ["funding.*"]),
            subject: UUID(), sequence: 1, as: "registry")
        let count = try world.count("SELECT count(*) FROM transfer")
        let answer = try world.bench.decide(Samples.reverse(posting), publisher: "elsewhere")
        #expect(answer.code == "out_of_scope")
        let foreign = try Samples.reverse(posting, by: "350205")
        #expect(try world.refusal(foreign) == "outside_territory /data/actor/territory")
        #expect(try world.count("SELECT count(*) FROM transfer") == count)
        try world.accept(try Samples.reverse(posting))
    }

    @Test("After a merge of the borrower, the posting is taken back", arguments: loans)
    func merged(_ kind: TransferKind) throws {
        let posting = try post(kind)
        let survivor = try world.mother()
        try world.bench.take(
            Samples.merged(borrower, into: survivor), subject: survivor.uuid, sequence: 2)
        try world.accept(try Samples.reverse(posting))
        try world.expectSoundBooks()
    }

    @Test("After an erasure of the borrower, it is taken back and names nobody", arguments: loans)
    func erased(_ kind: TransferKind) throws {
        let posting = try post(kind)
        try world.bench.take(
            Samples.erased(borrower), subject: borrower.uuid, sequence: 2)
        try world.accept(try Samples.reverse(posting))
        #expect(try world.bench.texts(about: borrower.uuid).isEmpty)
        try world.expectSoundBooks()
    }

    @Test("A reversal with the id of a posting is refused where it has the id")
    func taken() throws {
        let posting = try post(.deposit)
        let reversal = try Samples.reverse(posting, id: ReversalID(posting))
        #expect(try world.refusal(reversal) == "transfer_exists /data/reversal")
    }

    // MARK: Postings

    /// - Returns: the id of the posting.
    private func post(_ kind: TransferKind) throws -> UUID {
        let (fund, last, _) = try prepare(kind)
        try world.accept(last)
        return try world.transfer(kind, of: fund)
    }

    /// - Returns: the fund, the command that posts, and the id of the posting, if it is the publisher's.
    private func prepare(
        _ kind: TransferKind
    ) throws -> (fund: FundID, last: any Command, id: UUID?) {
        switch kind {
        case .donation, .refund, .allocation: try gift(kind)
        case .grant, .grantReturn: try grant(kind)
        case .deposit:
            try deposit(to: world.openFund())
        default: try loan(kind)
        }
    }

    private func deposit(to fund: FundID) throws -> (FundID, any Command, UUID?) {
        let command = try Samples.deposit(.yuan(50_000), to: fund)
        return (fund, command, command.deposit.uuid)
    }

    private func gift(_ kind: TransferKind) throws -> (FundID, any Command, UUID?) {
        let fund = try world.openFund(.donation, programme: "one-yuan-donation")
        let donation = try Samples.donate(to: fund)
        guard kind != .donation else { return (fund, donation, donation.donation.uuid) }
        try world.accept(donation)
        guard kind == .allocation else {
            let refund = try Samples.refund(.yuan(10), of: donation.donation)
            return (fund, refund, refund.refund.uuid)
        }
        let care = try world.openFund(.grant, programme: "warm-care")
        let line = AllocationLine(fund: care, amountFen: .yuan(40))
        return (fund, try Samples.allocate(donation.donation, [line]), nil)
    }

    private func loan(_ kind: TransferKind) throws -> (FundID, any Command, UUID?) {
        let fund = try world.openFund()
        try world.accept(try deposit(to: fund).1)
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund, by: borrower)
        let approval = try Samples.approve(loan)
        guard kind != .reserve else { return (fund, approval, nil) }
        try world.accept(approval)
        guard kind != .release else {
            let day = try Samples.date("2019-03-20")
            return (fund, WithdrawLoan(loan: loan, withdrawnOn: day), nil)
        }
        let disbursement = try Samples.disburse(loan)
        guard kind != .disbursement else { return (fund, disbursement, nil) }
        try world.accept(disbursement)
        guard kind == .repayment else { return (fund, try Samples.writeOff(loan), nil) }
        let repayment = try Samples.repay(.yuan(5_000), of: loan)
        return (fund, repayment, repayment.repayment.uuid)
    }

    private func grant(_ kind: TransferKind) throws -> (FundID, any Command, UUID?) {
        let (fund, budget) = try world.budget(of: .yuan(1_000), cash: .yuan(1_000))
        let grant = try world.endorsedGrant(of: .yuan(100), from: budget)
        try world.accept(try Samples.approve(grant))
        let payment = try Samples.pay(grant)
        guard kind == .grantReturn else { return (fund, payment, nil) }
        try world.accept(payment)
        let back = try Samples.giveBack(.yuan(40), of: grant)
        return (fund, back, back.grantReturn.uuid)
    }
}
