import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Postings that were accepted with a wrong day are taken back on the day on which that is found.
@Suite struct FundingMistypedDayTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    let today = Timestamp.now().businessDay
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover() }

    @Test(
        "Whatever was posted as of today or tomorrow is taken back today, and leaves nothing",
        arguments: TransferKind.allCases, [0, 1])
    func takenBack(_ kind: TransferKind, daysAhead: Int) throws {
        let day = today.adding(days: daysAhead)
        let (fund, command) = try prepare(kind, on: day)
        let before = try balances(of: fund)
        try world.accept(command)
        #expect(try balances(of: fund) != before)
        let posting = try world.transfer(kind, of: fund)
        if daysAhead > 0 {
            let early = try world.bench.decide(
                try Samples.reverse(posting, on: today.description))
            #expect(early.code == "date_too_early")
            #expect(early.expected == "a date from \(day) on", "a day that is accepted today")
        }
        try world.accept(try Samples.reverse(posting, on: day.description))
        #expect(try balances(of: fund) == before)
        try world.expectSoundBooks()
    }

    /// The balances of a fund that are not 0.
    private func balances(of fund: FundID) throws -> [String: Int64] {
        let rows = try world.bench.connection.run(
            "SELECT name, balance_fen FROM account WHERE fund = \(fund.uuid) AND balance_fen <> 0")
        return Dictionary(
            uniqueKeysWithValues: try rows.map {
                (try $0.decode(String.self, at: 0), try $0.decode(Int64.self, at: 1))
            })
    }

    /// The command that leads to a posting of that kind, and its fund.
    private func prepare(
        _ kind: TransferKind, on day: BusinessDate
    ) throws -> (fund: FundID, command: any Command) {
        switch kind {
        case .deposit, .reserve, .release, .disbursement, .repayment, .writeOff:
            try lend(kind, on: day)
        case .donation, .refund, .allocation, .endowment: try give(kind, on: day)
        case .grant, .grantReturn: try spend(kind, on: day)
        case .premium, .premiumReturn: try insure(kind, on: day)
        }
    }

    private func lend(
        _ kind: TransferKind, on day: BusinessDate
    ) throws -> (fund: FundID, command: any Command) {
        let fund = try world.openFund()
        if kind == .deposit {
            return (fund, try Samples.deposit(.yuan(500), to: fund, on: day.description))
        }
        try world.accept(try Samples.deposit(.yuan(20_000), to: fund))
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        let approval = kind == .reserve ? day : today.adding(days: -20)
        let approve = try Samples.approve(loan, on: approval.description)
        if kind == .reserve { return (fund, approve) }
        try world.accept(approve)
        if kind == .release { return (fund, WithdrawLoan(loan: loan, withdrawnOn: day)) }
        let paidOut = kind == .disbursement ? day : today.adding(days: -10)
        let disburse = try Samples.disburse(loan, on: paidOut.description)
        if kind == .disbursement { return (fund, disburse) }
        try world.accept(disburse)
        let end: any Command =
            kind == .repayment
            ? try Samples.repay(.yuan(20_000), of: loan, on: day.description)
            : try Samples.writeOff(loan, on: day.description)
        return (fund, end)
    }

    private func give(
        _ kind: TransferKind, on day: BusinessDate
    ) throws -> (fund: FundID, command: any Command) {
        let fund = try world.openFund(.donation, programme: "one-yuan-donation")
        if kind == .donation {
            return (fund, try Samples.donate(to: fund, on: day.description))
        }
        let donation = try world.donation(of: .yuan(100), to: fund)
        if kind == .refund {
            return (fund, try Samples.refund(.yuan(40), of: donation, on: day.description))
        }
        let care = try world.openFund(.grant, programme: "warm-care")
        let line = AllocationLine(fund: care, amountFen: .yuan(40))
        return (
            kind == .allocation ? fund : care,
            try Samples.allocate(donation, [line], on: day.description)
        )
    }

    private func spend(
        _ kind: TransferKind, on day: BusinessDate
    ) throws -> (fund: FundID, command: any Command) {
        let (fund, budget) = try world.budget(of: .yuan(1_000), cash: .yuan(1_000))
        if kind == .grant {
            let grant = try world.endorsedGrant(of: .yuan(1_000), from: budget)
            try world.accept(try Samples.approve(grant))
            return (fund, try Samples.pay(grant, on: day.description))
        }
        let grant = try world.paidGrant(of: .yuan(1_000), from: budget)
        return (fund, try Samples.giveBack(.yuan(1_000), of: grant, on: day.description))
    }

    private func insure(
        _ kind: TransferKind, on day: BusinessDate
    ) throws -> (fund: FundID, command: any Command) {
        if kind == .premium {
            _ = try cover.families(1)
            let run = try cover.submittedRun()
            return (cover.fund, try cover.reconcile(run, on: day.description))
        }
        let (run, insured) = try cover.insuredFamily()
        return (
            cover.fund,
            try cover.terminate(run, insured, from: "2020-10-01", paid: day.description)
        )
    }
}
