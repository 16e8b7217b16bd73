import Foundation
import Messages
import Postgres
import ServiceKit

/// The accounts of a fund. A balance is the debits less the credits, so assets and expenses are positive,
/// capital and income are negative.
enum Account: String, CaseIterable, PostgresValue {
    /// Money that may be paid out.
    case cash
    /// Money in the bank that is promised to an approved loan.
    case reserved
    /// Money that borrowers owe.
    case receivable
    /// Loans that were written off.
    case losses
    case premiumExpense = "premium_expense"
    case grantExpense = "grant_expense"
    /// Donated money that was allocated to funds, this one included.
    case allocated
    /// Deposits and allocated donations.
    case capital
    case donationIncome = "donation_income"
}

/// The two accounts of each kind. The table `transfer_kind` says the same; the schema checks transfers
/// against it.
extension TransferKind {
    /// The account to which the money goes.
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

    /// The account from which it comes.
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

/// One movement of money between two accounts of a fund. It has a single amount, so its debit and credit
/// always sum to zero. Rows are never changed or deleted: the schema refuses that.
struct Transfer: Record {
    /// The id of the deposit, donation, repayment or other record; otherwise that of the message.
    let id: UUID
    let fund: FundID
    let kind: TransferKind
    let amount: Fen
    let businessDate: BusinessDate
    /// The message that caused it.
    let cause: UUID
    /// Whether it reverses another transfer, and so moves money the other way round.
    var isReversal = false

    private var debit: Account { isReversal ? kind.credit : kind.debit }
    private var credit: Account { isReversal ? kind.debit : kind.credit }

    static let table = RecordTable<Transfer>(
        "transfer",
        columns: [
            Column("id", \.id), Column("fund", \.fund), Column("debit", \.debit),
            Column("credit", \.credit), Column("amount_fen", \.amount),
            Column("business_date", \.businessDate), Column("kind", \.kind),
            Column("cause", \.cause),
        ])
}

/// The double-entry ledger. A trigger updates balances in the statement that adds transfers, so they
/// always agree. It refuses transfers after which an account of a fund would be below zero on any business date.
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

    /// Refuses an amount above the lowest free cash of the fund on `day` or any later business date.
    ///
    /// Other transactions that post to the fund's cash wait until this one ends. Only for handlers
    /// registered `alone`: transfers of the same batch are not in the database yet.
    static func requireCash(
        _ amount: Fen, of fund: FundID, from day: BusinessDate, at pointer: String,
        _ unit: UnitOfWork
    ) throws {
        _ = try unit.query("SELECT lock_cash(\(fund.uuid))")
        let lowest = try unit.query(
            "SELECT coalesce(lowest_balance(\(fund.uuid), 'cash', \(day)), 0)")
        let free = try lowest.first?.decode(Fen.self, at: 0) ?? .zero
        guard free >= amount else { throw Refusal(.fundExhausted, at: pointer) }
    }
}

extension RefusalCode {
    static let fundExhausted = RefusalCode(
        "fund_exhausted", "an amount that the fund has free on that day and on every later one")
    static let belowZero = RefusalCode(
        "below_zero", "a day from which on no account of the fund is below zero on any day")
    static let transferExists = RefusalCode(
        "transfer_exists", "an id that no other posting of the ledger has")
}
