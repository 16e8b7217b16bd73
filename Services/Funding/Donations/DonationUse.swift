import Foundation
import Messages
import Postgres
import ServiceKit

/// The receipt, allocations, refunds and reversal of a donation.
///
/// The row is made by the first of these, so that receiving a donation, the busiest message of all,
/// stays one row and one transfer. Its sequence continues the donation's: fact 1 was the receiving.
struct DonationUse: Aggregate {
    let id: DonationID
    let fund: FundID
    let amount: Fen
    var allocated = Fen.zero
    var refunded = Fen.zero
    var receiptYear: Int32?
    var receiptNumber: Int32?
    /// The business date on which the donation itself was reversed.
    var reversedOn: BusinessDate?
    var sequence: Int64 = 1

    var key: UUID { id.uuid }
    var left: Fen { reversedOn == nil ? amount - allocated - refunded : .zero }

    static let table = Table(
        "donation_use", key: "id", DonationUse.init,
        Field("id", \.id), Field("fund", \.fund), Field("amount_fen", \.amount),
        Field("allocated_fen", \.allocated), Field("refunded_fen", \.refunded),
        Field("receipt_year", \.receiptYear), Field("receipt_number", \.receiptNumber),
        Field("reversed_on", \.reversedOn), Field("sequence", \.sequence))

    static func find(_ donation: Donation, _ unit: UnitOfWork) throws -> DonationUse {
        try unit.find(DonationUse.self, donation.key)
            ?? DonationUse(id: donation.id, fund: donation.fund, amount: donation.amount)
    }
}

/// The last receipt number of a fund and year; numbers start at 1. The row is locked from the moment
/// when it gives a number to the commit, and is rolled back with the receipt, so there are no gaps.
struct ReceiptBook: Row {
    let fund: FundID
    let year: Int32
    var lastNumber: Int32 = 0

    var key: String { Self.key(fund, Int(year)) }

    static func key(_ fund: FundID, _ year: Int) -> String { "\(fund)/\(year)" }

    static let table = Table(
        "receipt_book", key: Column("id", \.key), ReceiptBook.init,
        Field("fund", \.fund), Field("year", \.year), Field("last_number", \.lastNumber))
}

/// A refund of a part or the whole of a donation. The row makes sure that its id counts once.
struct Refund: Row {
    let id: RefundID
    let donation: DonationID
    let amount: Fen
    let businessDate: BusinessDate
    let staff: StaffID
    /// The business date of its reversal.
    var reversedOn: BusinessDate?

    var key: UUID { id.uuid }

    static let table = Table(
        "refund", key: "id", Refund.init,
        Field("id", \.id), Field("donation", \.donation), Field("amount_fen", \.amount),
        Field("business_date", \.businessDate), Field("staff", \.staff),
        Field("reversed_on", \.reversedOn))
}

/// Numbers the receipts of donations, and refunds donations.
enum DonationUses {
    static func register(in router: inout Router) {
        router.on(
            ReceiptDonation.self,
            keys: {
                $1.need(Donation.self, $0.donation.uuid)
                $1.need(DonationUse.self, $0.donation.uuid)
            }, receipt)
        router.on(
            RefundDonation.self,
            keys: {
                $1.need(Donation.self, $0.donation.uuid)
                $1.need(DonationUse.self, $0.donation.uuid)
                $1.need(Refund.self, $0.refund.uuid)
            }, alone: true, refund)
    }

    static func receipt(_ command: ReceiptDonation, _ unit: UnitOfWork) throws -> Emission {
        let (donation, fund) = try find(command.donation, on: command.businessDate, unit)
        var use = try DonationUse.find(donation, unit)
        guard use.receiptNumber == nil else { throw Refusal(.receiptExists, at: "/donation") }
        guard use.reversedOn == nil, use.refunded < use.amount else {
            throw Refusal(.nothingLeft, at: "/donation")
        }
        let year = command.businessDate.year
        var book =
            try unit.find(ReceiptBook.self, ReceiptBook.key(fund.id, year))
            ?? ReceiptBook(fund: fund.id, year: Int32(year))
        book.lastNumber += 1
        try unit.store(book)
        (use.receiptYear, use.receiptNumber) = (book.year, book.lastNumber)
        let fact = DonationReceipted(
            donation.subject(of: fund), amountFen: donation.amount, year: year,
            number: Int(book.lastNumber), businessDate: command.businessDate)
        return try unit.save(&use, fact)
    }

    static func refund(_ command: RefundDonation, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(Refund.self, command.refund.uuid, else: .refundExists, at: "/refund")
        let (donation, fund) = try find(command.donation, on: command.businessDate, unit)
        try Authority.require(
            command.actor, [.district], over: fund.territory,
            on: command.businessDate, of: command.refund.uuid, unit)
        var use = try DonationUse.find(donation, unit)
        guard command.amountFen <= use.left else {
            throw Refusal(
                .moreThanLeft, at: "/amountFen",
                expected: "at most \(use.left.rawValue) fen, which are left of it")
        }
        try requireLeft(command.amountFen, of: donation, on: command.businessDate, unit)
        try Ledger.requireCash(
            command.amountFen, of: fund.id, from: command.businessDate, at: "/businessDate", unit)
        Ledger.post(
            .refund, command.amountFen, of: fund.id, on: command.businessDate,
            as: command.refund.uuid, unit)
        try unit.store(
            Refund(
                id: command.refund, donation: donation.id, amount: command.amountFen,
                businessDate: command.businessDate, staff: command.actor.staff))
        unit.keep(
            command.reason, "reason", of: command.refund.uuid, about: donation.donor?.uuid)
        use.refunded = use.refunded + command.amountFen
        let fact = DonationRefunded(
            donation.subject(of: fund), refund: command.refund, amountFen: command.amountFen,
            leftFen: use.left, businessDate: command.businessDate, actor: command.actor)
        return try unit.save(&use, fact)
    }

    /// Refuses an amount above what was left of the donation on that day and on every later one. Less may have been left then than
    /// there is now, because a use of it was taken back since.
    static func requireLeft(
        _ amount: Fen, of donation: Donation, on day: BusinessDate,
        at pointer: String = "/amountFen", _ unit: UnitOfWork
    ) throws {
        let lowest: Statement = """
            SELECT min(\(donation.amount) - donation_used(\(donation.key), d.day))::bigint
            FROM (SELECT \(day) UNION
                  SELECT u.day FROM donation_use_day AS u
                  WHERE u.donation = \(donation.key) AND u.day > \(day)) AS d (day)
            """
        try CaseDays.requireLeft(
            amount, of: lowest, from: day, else: .moreThanLeft, at: pointer,
            left: "which were left of it", unit)
    }

    /// A donation with its fund. Refuses a day before the donation was received.
    static func find(
        _ id: DonationID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> (Donation, Fund) {
        guard let donation = try unit.find(Donation.self, id.uuid),
            let fund = try unit.find(Fund.self, donation.fund.uuid)
        else {
            throw Wait(for: id.uuid, else: .unknownDonation, at: "/donation")
        }
        try unit.requireScope(donation.territory, at: "/donation")
        try day.require(from: donation.receivedOn, else: .dateTooEarly, at: "/businessDate")
        return (donation, fund)
    }
}

extension RefusalCode {
    static let unknownDonation = RefusalCode(
        "unknown_donation", "the id of a donation that was received")
    static let receiptExists = RefusalCode("receipt_exists", "a donation without a receipt")
    static let refundExists = RefusalCode(
        "refund_exists", "the id of a refund that was not made yet")
    static let moreThanLeft = RefusalCode("more_than_left", "at most what is left of the donation")
    static let nothingLeft = RefusalCode("nothing_left", "a donation that was not given back")
}
