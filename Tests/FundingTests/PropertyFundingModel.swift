import Foundation
import Messages

@testable import ServiceSupport

/// The books after some commands were accepted: sums over them, which do not depend on their order, written
/// apart from the service. A loan or grant of the sequences is approved once and disbursed or
/// paid once, so whether a withdrawal or rejection has released something does not depend on it either.
struct FundingModel {
    private struct Posting {
        let fund: FundID
        let debit: String
        let credit: String
        let amount: Int64
        let day: BusinessDate
    }

    private(set) var funds: [FundID] = []
    private(set) var sites: Set<SiteID> = []
    private(set) var problems: [String] = []
    /// By name, as the test's query names what is stored.
    private(set) var figures: [String: Int64] = [:]

    private var postings: [UUID: Posting] = [:]
    private var unposted: [Posting] = []
    private var reversals: [(of: UUID, on: BusinessDate)] = []
    private let commands: [PropertyCommand]
    private let reversed: Set<UUID>

    init(_ accepted: [PropertyCommand]) {
        commands = accepted
        let taken = accepted.compactMap { ($0.command as? ReverseTransfer)?.transfer.uuid }
        reversed = Set(taken)
        if reversed.count < taken.count { problems.append("a posting was reversed twice") }
        funds = all(OpenFund.self).map(\.fund)
        for item in commands { post(item) }
        for command in all(ReverseTransfer.self) { reverse(command) }
        addLoans()
        addBudgets()
        addDonations()
        addStock()
        addBalances()
    }

    private func all<C: Command>(_ type: C.Type) -> [C] {
        commands.compactMap { $0.command as? C }
    }

    /// Whether it was done and not taken back.
    private func isLive(_ isIt: (any Command) -> Bool) -> Bool {
        commands.contains { isIt($0.command) && !reversed.contains($0.id) }
    }

    private mutating func expect(_ holds: Bool, _ problem: @autoclosure () -> String) {
        if !holds { problems.append(problem()) }
    }

    // MARK: Postings

    private mutating func post(_ item: PropertyCommand) {
        switch item.command {
        case let it as DepositToFund:
            post(it.deposit.uuid, it.fund, "cash", "capital", it.amountFen, it.businessDate)
        case let it as ReceiveDonation:
            post(it.donation.uuid, it.fund, "cash", "donation_income", it.amountFen, it.receivedOn)
        case let it as RefundDonation:
            guard let fund = donation(it.donation)?.fund else { return }
            post(it.refund.uuid, fund, "donation_income", "cash", it.amountFen, it.businessDate)
        case let it as AllocateDonation: allocate(it)
        case let it as PayGrant:
            guard let (amount, fund) = grant(it.grant) else { return }
            post(item.id, fund, "grant_expense", "cash", amount, it.businessDate)
        case let it as ReturnGrant:
            guard let (_, fund) = grant(it.grant) else { return }
            post(
                it.grantReturn.uuid, fund, "cash", "grant_expense", it.amountFen, it.businessDate)
        default: postLoan(item)
        }
    }

    private mutating func postLoan(_ item: PropertyCommand) {
        switch item.command {
        case let it as ApproveLoan:
            guard let loan = loan(it.loan) else { return }
            post(item.id, loan.fund, "reserved", "cash", loan.principalFen, it.approvedOn)
        case let it as WithdrawLoan:
            guard let loan = loan(it.loan),
                all(ApproveLoan.self).contains(where: { $0.loan == it.loan })
            else { return }
            post(item.id, loan.fund, "cash", "reserved", loan.principalFen, it.withdrawnOn)
        case let it as DisburseLoan:
            guard let loan = loan(it.loan) else { return }
            post(item.id, loan.fund, "receivable", "reserved", loan.principalFen, it.businessDate)
        case let it as RepayLoan:
            guard let loan = loan(it.loan) else { return }
            post(
                it.repayment.uuid, loan.fund, "cash", "receivable", it.amountFen, it.businessDate)
        case let it as WriteOffLoan:
            // Nothing is repaid afterwards, so the loan's final debt is written off. One that was taken back
            // has left nothing.
            guard let loan = loan(it.loan) else { return }
            let lost = reversed.contains(item.id) ? .zero : loan.principalFen - repaid(it.loan)
            post(item.id, loan.fund, "losses", "receivable", lost, it.businessDate)
        default: break
        }
    }

    private mutating func allocate(_ command: AllocateDonation) {
        guard let donation = donation(command.donation) else { return }
        for line in command.lines {
            // Shares go to one fund and are all of the donation: their sum is known, whoever gets the odd fen.
            guard let amount = line.amountFen else { continue }
            allocate(amount.rawValue, donation.fund, line.fund, command.businessDate)
        }
        guard let fund = command.lines.first(where: { $0.basisPoints != nil })?.fund else { return }
        allocate(donation.amountFen.rawValue, donation.fund, fund, command.businessDate)
    }

    private mutating func allocate(
        _ amount: Int64, _ from: FundID, _ into: FundID, _ day: BusinessDate
    ) {
        unposted += [
            Posting(fund: from, debit: "allocated", credit: "cash", amount: amount, day: day),
            Posting(fund: into, debit: "cash", credit: "capital", amount: amount, day: day),
        ]
    }

    private mutating func post(
        _ id: UUID, _ fund: FundID, _ debit: String, _ credit: String, _ amount: Fen,
        _ day: BusinessDate
    ) {
        postings[id] = Posting(
            fund: fund, debit: debit, credit: credit, amount: amount.rawValue, day: day)
    }

    private mutating func reverse(_ command: ReverseTransfer) {
        guard let posting = postings[command.transfer.uuid] else {
            return problems.append("\(command.transfer) was reversed and never posted")
        }
        expect(command.businessDate >= posting.day, "\(command.transfer) was reversed too early")
        unposted.append(
            Posting(
                fund: posting.fund, debit: posting.credit, credit: posting.debit,
                amount: posting.amount, day: command.businessDate))
    }

    private mutating func addBalances() {
        var days: [FundID: [BusinessDate: Int64]] = [:]
        for posting in Array(postings.values) + unposted {
            for (account, fen) in [
                (posting.debit, posting.amount), (posting.credit, -posting.amount),
            ] {
                figures["account \(posting.fund) \(account)", default: 0] += fen
                if account == "cash" {
                    days[posting.fund, default: [:]][posting.day, default: 0] += fen
                }
            }
        }
        for (fund, changes) in days {
            var cash: Int64 = 0
            for (day, fen) in changes.sorted(by: { $0.key < $1.key }) {
                cash += fen
                expect(cash >= 0, "\(fund) has \(cash) fen on \(day)")
                figures["cash \(fund) \(day)"] = fen
            }
        }
        figures = figures.filter { name, fen in
            fen != 0 || !(name.hasPrefix("account ") || name.hasPrefix("cash "))
        }
    }

    // MARK: Loans

    private func loan(_ id: LoanID) -> ApplyForLoan? {
        all(ApplyForLoan.self).first { $0.loan == id }
    }

    private func repaid(_ id: LoanID) -> Fen {
        all(RepayLoan.self).filter { $0.loan == id && !reversed.contains($0.repayment.uuid) }
            .reduce(.zero) { $0 + $1.amountFen }
    }

    private mutating func addLoans() {
        var borrowers: Set<PersonID> = []
        for loan in all(ApplyForLoan.self) {
            let (state, owed) = stand(loan)
            figures["loan \(loan.loan) \(state)"] = owed
            expect(owed >= 0, "\(loan.loan) owes \(owed) fen")
            if ["applied", "endorsed", "approved", "active"].contains(state) {
                expect(
                    borrowers.insert(loan.borrower).inserted, "\(loan.borrower) has two open loans")
            }
        }
    }

    private func stand(_ loan: ApplyForLoan) -> (state: String, owed: Int64) {
        let id = loan.loan
        if isLive({ ($0 as? RejectLoan)?.loan == id }) { return ("rejected", 0) }
        if isLive({ ($0 as? WithdrawLoan)?.loan == id }) { return ("withdrawn", 0) }
        if isLive({ ($0 as? WriteOffLoan)?.loan == id }) { return ("written_off", 0) }
        if isLive({ ($0 as? DisburseLoan)?.loan == id }) {
            let owed = (loan.principalFen - repaid(id)).rawValue
            return (owed == 0 ? "repaid" : "active", owed)
        }
        if isLive({ ($0 as? ApproveLoan)?.loan == id }) { return ("approved", 0) }
        return (isLive { ($0 as? EndorseLoan)?.loan == id } ? "endorsed" : "applied", 0)
    }

    // MARK: Budgets

    private func grant(_ id: GrantID) -> (amount: Fen, fund: FundID)? {
        guard let request = all(RequestGrant.self).first(where: { $0.grant == id }),
            let allotment = all(AllotBudget.self).first(where: { $0.budget == request.budget })
        else { return nil }
        return (request.amountFen, allotment.fund)
    }

    private mutating func addBudgets() {
        for allotment in all(AllotBudget.self) {
            figures["budget \(allotment.budget) allotted", default: 0] +=
                allotment.amountFen.rawValue
            for name in ["reserved", "paid"] {
                figures["budget \(allotment.budget) \(name)", default: 0] += 0
            }
        }
        for request in all(RequestGrant.self) {
            let id = request.grant
            let back = all(ReturnGrant.self)
                .filter { $0.grant == id && !reversed.contains($0.grantReturn.uuid) }
                .reduce(.zero) { $0 + $1.amountFen }
            if isLive({ ($0 as? PayGrant)?.grant == id }) {
                let kept = (request.amountFen - back).rawValue
                expect(kept >= 0, "\(id) has given back more than it was")
                figures["budget \(request.budget) paid", default: 0] += kept
            } else if isLive({ ($0 as? ApproveGrant)?.grant == id }),
                !isLive({ ($0 as? RejectGrant)?.grant == id })
            {
                figures["budget \(request.budget) reserved", default: 0] +=
                    request.amountFen.rawValue
            }
        }
        for budget in Set(all(AllotBudget.self).map(\.budget)) {
            let fen = ["allotted", "reserved", "paid"].map {
                figures["budget \(budget) \($0)"] ?? 0
            }
            expect(fen[1] + fen[2] <= fen[0], "\(budget) is exceeded: \(fen)")
        }
    }

    // MARK: Donations and goods

    private func donation(_ id: DonationID) -> ReceiveDonation? {
        all(ReceiveDonation.self).first { $0.donation == id }
    }

    private mutating func addDonations() {
        for donation in all(ReceiveDonation.self) {
            let id = donation.donation
            let refunds = all(RefundDonation.self).filter {
                $0.donation == id && !reversed.contains($0.refund.uuid)
            }
            var left = reversed.contains(id.uuid) ? 0 : donation.amountFen.rawValue
            left -= refunds.reduce(0) { $0 + $1.amountFen.rawValue }
            for allocation in all(AllocateDonation.self) where allocation.donation == id {
                let amounts = allocation.lines.compactMap(\.amountFen)
                left -=
                    amounts.isEmpty
                    ? donation.amountFen.rawValue : amounts.reduce(0) { $0 + $1.rawValue }
            }
            expect(left >= 0, "\(id) was spent twice: \(left) fen are left")
            figures["donation \(id)"] = left
        }
    }

    private mutating func addStock() {
        var changes: [(place: Place, quantity: Int)] = []
        changes += all(ReceiveGoods.self).map { ($0.place, $0.quantity) }
        changes += all(WriteOffGoods.self).map { ($0.place, -$0.quantity) }
        for issue in all(IssueGoods.self) {
            let back = all(ReturnGoods.self).filter { $0.issue == issue.issue }
                .reduce(0) { $0 + $1.quantity }
            expect(back <= issue.quantity, "of \(issue.issue) more came back than was given out")
            changes.append((issue.place, back - issue.quantity))
        }
        for change in changes {
            guard let site = change.place.site else { continue }
            sites.insert(site)
            figures["stock \(site)", default: 0] += Int64(change.quantity)
        }
        for site in sites {
            let left = figures["stock \(site)"] ?? 0
            expect(left >= 0, "\(site) has \(left) pieces")
        }
    }
}
