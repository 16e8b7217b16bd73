import Foundation
import Messages
import Postgres
import ServiceKit

/// The accounts of a fund. The balance of an account is what was debited less what was credited, so
/// what a fund has is positive and where it came from is negative.
enum Account: String, CaseIterable {
    /// Money that is free to be paid out.
    case cash
    /// Money in the bank that is promised to an approved loan.
    case reserved
    /// What borrowers owe.
    case receivable
    /// What was written off.
    case losses
    case premiumExpense = "premium_expense"
    case grantExpense = "grant_expense"
    /// Donated money that was handed on to other funds.
    case allocated
    /// What was put into the fund.
    case capital
    case donationIncome = "donation_income"
}

/// The same stands in the table `transfer_kind`, which the schema checks transfers against.
extension TransferKind {
    /// Where the money goes.
    var debit: Account {
        switch self {
        case .deposit, .donation, .release, .repayment, .premiumReturn, .grantReturn, .endowment:
            .cash
        case .reserve: .reserved
        case .disbursement: .receivable
        case .writeOff: .losses
        case .premium: .premiumExpense
        case .grant: .grantExpense
        case .refund: .donationIncome
        case .allocation: .allocated
        }
    }

    /// Where it comes from.
    var credit: Account {
        switch self {
        case .deposit, .endowment: .capital
        case .donation: .donationIncome
        case .reserve, .premium, .grant, .refund, .allocation: .cash
        case .release, .disbursement: .reserved
        case .repayment, .writeOff: .receivable
        case .premiumReturn: .premiumExpense
        case .grantReturn: .grantExpense
        }
    }
}

/// One movement of money between two accounts of a fund. It has one amount, so it sums to zero
/// whatever it says. Never changed and never deleted: the schema refuses.
struct Transfer: Record {
    /// The deposit's, donation's or repayment's; or that of the message that caused it.
    let id: UUID
    let fund: FundID
    let kind: TransferKind
    let amount: Fen
    let businessDate: BusinessDate
    /// The message that caused it.
    let cause: UUID
    /// Whether it takes another one back, and so goes the other way round.
    var isReversal = false

    private var debit: Account { isReversal ? kind.credit : kind.debit }
    private var credit: Account { isReversal ? kind.debit : kind.credit }

    static let table = RecordTable<Transfer>(
        "transfer",
        columns: [
            Column("id", { $0.id }), Column("fund", { $0.fund.uuid }),
            Column("debit", { $0.debit.rawValue }),
            Column("credit", { $0.credit.rawValue }),
            Column("amount_fen", { $0.amount }), Column("business_date", { $0.businessDate }),
            Column("kind", { $0.kind.rawValue }), Column("cause", { $0.cause }),
        ])
}

/// The double-entry ledger. Balances follow from transfers by a trigger, in the same statement, so
/// they cannot disagree with them; and no transfer is stored that would make a fund's free cash
/// negative on any business date.
enum Ledger {
    static func post(
        _ kind: TransferKind, _ amount: Fen, of fund: FundID, on day: BusinessDate, as id: UUID,
        _ unit: UnitOfWork
    ) {
        precondition(amount > .zero, "a transfer moves money")
        unit.append(
            Transfer(
                id: id, fund: fund, kind: kind, amount: amount, businessDate: day,
                cause: unit.message.id))
    }

    /// Refuses to pay out more than the least free cash that the fund has on `day` or any later
    /// business date.
    ///
    /// Other transactions that pay out of the fund wait until this one ends. It sees nothing that
    /// is posted in the same batch: only for handlers registered `alone`.
    static func requireCash(
        _ amount: Fen, of fund: FundID, from day: BusinessDate, at pointer: String,
        _ unit: UnitOfWork
    ) throws {
        _ = try unit.query("SELECT lock_cash(\(fund.uuid))")
        let lowest = try unit.query("SELECT lowest_cash(\(fund.uuid), \(day))")
        let free = try lowest.first?.decode(Fen.self, at: 0) ?? .zero
        guard free >= amount else { throw Refusal(.fundExhausted, at: pointer) }
    }
}

extension RefusalCode {
    static let fundExhausted = RefusalCode(
        "fund_exhausted", "an amount that the fund has free on that day and on every later one")
    static let transferExists = RefusalCode(
        "transfer_exists", "an id that no other posting of the ledger has")
}
