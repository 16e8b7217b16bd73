import Foundation
import Messages
import Support

@testable import Funding
@testable import ServiceSupport

/// Draws the commands of a sequence, a line for each thing that happens.
struct FundingDrawing {
    typealias Samples = FundingSamples

    var random: PropertyRandom
    private(set) var lines: [[PropertyCommand]] = []
    private let first: BusinessDate
    private var line: [PropertyCommand] = []
    private var day: BusinessDate
    /// Postings whose ids are known before they are made.
    private var postings: [UUID] = []

    init(_ random: PropertyRandom) throws {
        self.random = random
        first = try Samples.date("2020-01-01")
        day = first
    }

    private mutating func send(_ command: any Command) {
        line.append(random.sent(command))
    }

    /// A command whose posting has the id of its message.
    private mutating func sendPosting(_ command: any Command) {
        send(command)
        if let last = line.last { postings.append(last.id) }
    }

    private mutating func endLine() {
        lines.append(line)
        line = []
    }

    /// A day after the last one, seldom before it.
    private mutating func next() -> BusinessDate {
        day = random.once(in: 10) ? max(first, day.adding(days: -3)) : random.day(day, within: 12)
        return day
    }

    private mutating func amount(upTo most: Int) -> Fen { Fen(Int64(random.number(in: 1...most))) }

    private mutating func open(_ kind: FundKind, _ programme: String) throws -> FundID {
        let fund = random.id(FundID.self)
        send(
            OpenFund(
                fund: fund, kind: kind, programme: try Samples.programme(programme),
                territory: try Samples.territory(Samples.district), nameZh: "示例", nameEn: "Sample",
                openedOn: first))
        return fund
    }

    private mutating func deposit(_ amount: Fen, to fund: FundID) {
        let deposit = random.id(DepositID.self)
        postings.append(deposit.uuid)
        send(
            DepositToFund(
                deposit: deposit, fund: fund, amountFen: amount,
                businessDate: random.day(first, within: 90)))
    }

    // MARK: What happens

    mutating func lending() throws -> FundID {
        let fund = try open(.revolving, "happiness-project")
        deposit(.yuan(Int64(random.number(in: 10...40)) * 1_000), to: fund)
        endLine()
        if random.once(in: 2) {
            deposit(.yuan(Int64(random.number(in: 5...20)) * 1_000), to: fund)
            endLine()
        }
        for _ in 0..<random.number(in: 1...2) { try loan(from: fund) }
        return fund
    }

    private mutating func loan(from fund: FundID) throws {
        let loan = random.id(LoanID.self)
        let principal = Fen.yuan(Int64(random.number(in: 10...30)) * 1_000)
        day = random.day(first, within: 60)
        send(
            try Samples.apply(
                for: principal, by: random.one(of: FundingSequence.borrowers), to: fund, loan: loan,
                on: next().description))
        send(try Samples.endorse(loan, on: next().description))
        if random.once(in: 8) { send(try Samples.reject(loan, on: next().description)) }
        send(try Samples.approve(loan, on: next().description))
        if random.once(in: 5) { send(WithdrawLoan(loan: loan, withdrawnOn: next())) }
        sendPosting(try Samples.disburse(loan, on: next().description))
        for _ in 0..<random.number(in: 0...2) {
            let repayment = random.id(RepaymentID.self)
            postings.append(repayment.uuid)
            let part =
                random.once(in: 3) ? principal : amount(upTo: Int(principal.rawValue) * 2 / 3)
            send(try Samples.repay(part, of: loan, id: repayment, on: next().description))
        }
        if random.once(in: 4) { sendPosting(try Samples.writeOff(loan, on: next().description)) }
        endLine()
    }

    mutating func granting() throws {
        let (fund, budget) = (try open(.grant, "warm-care"), random.id(BudgetID.self))
        deposit(amount(upTo: 60_000), to: fund)
        for _ in 0..<random.number(in: 1...2) {
            send(
                try Samples.allot(
                    amount(upTo: 60_000), to: budget, of: fund, id: random.id(AllotmentID.self)))
        }
        endLine()
        for _ in 0..<random.number(in: 1...3) {
            let (grant, amount) = (random.id(GrantID.self), self.amount(upTo: 40_000))
            day = random.day(first, within: 60)
            send(
                try Samples.request(amount, from: budget, grant: grant, on: next().description))
            send(try Samples.endorse(grant, on: next().description))
            send(try Samples.approve(grant, on: next().description))
            if random.once(in: 5) { send(try Samples.reject(grant, on: next().description)) }
            sendPosting(try Samples.pay(grant, on: next().description))
            // Always: few of them find their grant paid, and some must be accepted.
            let id = random.id(GrantReturnID.self)
            postings.append(id.uuid)
            let part = random.once(in: 2) ? amount : self.amount(upTo: Int(amount.rawValue))
            send(try Samples.giveBack(part, of: grant, id: id, on: next().description))
            endLine()
        }
    }

    mutating func giving(to other: FundID) throws {
        let fund = try open(.donation, "one-yuan-donation")
        endLine()
        for _ in 0..<random.number(in: 1...2) {
            let (donation, amount) = (random.id(DonationID.self), self.amount(upTo: 100_000))
            postings.append(donation.uuid)
            day = random.day(first, within: 60)
            send(
                try Samples.donate(amount, to: fund, id: donation, on: next().description))
            if random.once(in: 2) {
                send(try Samples.receipt(donation, on: next().description))
            }
            for _ in 0..<random.number(in: 1...3) {
                if random.once(in: 3) {
                    let id = random.id(RefundID.self)
                    postings.append(id.uuid)
                    let part = self.amount(upTo: Int(amount.rawValue))
                    send(try Samples.refund(part, of: donation, id: id, on: next().description))
                } else {
                    let parts = shares(of: amount, fund, other)
                    send(
                        try Samples.allocate(
                            donation, parts, id: random.id(AllocationID.self),
                            on: next().description))
                }
            }
            endLine()
        }
    }

    /// Some of a donation, as amounts, or all of it in shares that cannot be divided evenly.
    private mutating func shares(
        of amount: Fen, _ fund: FundID, _ other: FundID
    ) -> [AllocationLine] {
        if random.once(in: 3) {
            return [3_333, 3_333, 3_334].map { AllocationLine(fund: other, basisPoints: $0) }
        }
        return [fund, other].map {
            AllocationLine(fund: $0, amountFen: self.amount(upTo: Int(amount.rawValue) / 3 + 1))
        }
    }

    mutating func goods(at site: SiteID) throws {
        let place = try Samples.place(site: site)
        for _ in 0..<random.number(in: 1...2) {
            send(
                try Samples.receive(
                    random.number(in: 1...60), of: "mask", at: place,
                    id: random.id(GoodsReceiptID.self)))
            endLine()
        }
        for _ in 0..<random.number(in: 1...4) {
            let issue = random.id(IssueID.self)
            send(
                try Samples.issue(random.number(in: 1...30), of: "mask", from: place, id: issue))
            if random.once(in: 2) {
                send(
                    ReturnGoods(
                        goodsReturn: random.id(GoodsReturnID.self), issue: issue,
                        quantity: random.number(in: 1...20),
                        businessDate: random.day(try Samples.date("2020-02-08"), within: 20)))
            }
            endLine()
        }
        if random.once(in: 3) {
            send(
                WriteOffGoods(
                    writeOff: random.id(GoodsWriteOffID.self), item: "mask",
                    quantity: random.number(in: 1...20), place: place, reason: "wet",
                    businessDate: try Samples.date("2020-03-01")))
            endLine()
        }
    }

    mutating func reversals() throws {
        for _ in 0..<random.number(in: 0...3) {
            let day = random.day(first.adding(days: 60), within: 120)
            send(
                try Samples.reverse(
                    random.one(of: postings), id: random.id(ReversalID.self), on: day.description))
            endLine()
        }
    }
}
