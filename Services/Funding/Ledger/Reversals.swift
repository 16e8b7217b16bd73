import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// The reversal of a transfer. Its own transfer has the id of the reversal and the kind of the reversed
/// one, and moves the money the other way round. Its only fact is number 1.
struct Reversal: Aggregate {
    let id: UUID
    /// The transfer that it reverses.
    let transfer: UUID
    /// The deposit, donation, loan, grant, run or policy that it puts right: its history shows the reversal.
    let subject: UUID
    let businessDate: BusinessDate
    let staff: StaffID
    var sequence: Int64 = 0

    var key: UUID { id }

    static let table = Table(
        "reversal", key: "id", Reversal.init,
        Field("id", \.id), Field("transfer", \.transfer), Field("subject", \.subject),
        Field("business_date", \.businessDate),
        Field("staff", \.staff), Field(always: 1))
}

/// A transfer as it is in the ledger.
struct Posting {
    let id: UUID
    let fund: FundID
    let kind: TransferKind
    let amount: Fen
    let businessDate: BusinessDate
    let cause: UUID
    let isReversal: Bool
    let isReversed: Bool

    /// Locks the fund's cash until the transaction ends. So of two reversals of one posting, the later
    /// one sees the earlier.
    static func find(_ id: UUID, _ unit: UnitOfWork) throws -> Posting? {
        _ = try unit.query("SELECT lock_cash(t.fund) FROM transfer AS t WHERE t.id = \(id)")
        let rows = try unit.query(
            """
            SELECT t.id, t.fund, t.kind, t.amount_fen, t.business_date, t.cause,
                   EXISTS (SELECT 1 FROM reversal AS r WHERE r.id = t.id),
                   EXISTS (SELECT 1 FROM reversal AS r WHERE r.transfer = t.id)
            FROM transfer AS t WHERE t.id = \(id)
            """)
        return try rows.first.map { row in
            var row = row.cursor()
            return Posting(
                id: try row.next(), fund: FundID(try row.next()),
                kind: try row.next(), amount: try row.next(),
                businessDate: try row.next(), cause: try row.next(), isReversal: try row.next(),
                isReversed: try row.next())
        }
    }

    fileprivate func requireReversible(on day: BusinessDate) throws(Refusal) {
        if isReversal { throw Refusal(.isReversal, at: "/transfer") }
        if isReversed { throw Refusal(.alreadyReversed, at: "/transfer") }
        try day.require(from: businessDate, else: .dateTooEarly, at: "/businessDate")
    }
}

/// Corrects the ledger. A posting is never edited: another one reverses it, and its record goes back to
/// the state before it.
///
/// A reversal is refused if the fund has lent or spent the money since, or if a later step of the same
/// loan, grant, donation or policy builds on the posting.
enum Reversals {
    static func register(in router: inout Router) {
        router.on(
            ReverseTransfer.self, keys: { $1.need(Reversal.self, $0.reversal.uuid) }, alone: true,
            reverse)
    }

    static func reverse(_ command: ReverseTransfer, _ unit: UnitOfWork) throws -> [Emission] {
        try unit.requireNew(
            Reversal.self, command.reversal.uuid, else: .reversalExists, at: "/reversal")
        // The posting of a reversal has the reversal's id.
        let known = try unit.query("SELECT 1 FROM transfer WHERE id = \(command.reversal.uuid)")
        guard known.isEmpty else { throw Refusal(.transferExists, at: "/reversal") }
        guard let posting = try Posting.find(command.transfer.uuid, unit),
            let fund = try unit.find(Fund.self, posting.fund.uuid)
        else {
            throw Wait(for: command.transfer.uuid, else: .unknownTransfer, at: "/transfer")
        }
        try unit.requireScope(fund.territory, at: "/transfer")
        try Authority.require(
            command.actor, [.district], over: fund.territory,
            on: command.businessDate, of: nil, unit)
        try posting.requireReversible(on: command.businessDate)
        let effect = try ReversalEffect.undo(posting, command, fund, unit)
        try Authority.requireOther(command.actor, than: effect.decided, unit)
        return try effect.postings.enumerated().map { index, part in
            let id = index == 0 ? command.reversal.uuid : unit.id(of: "reversal \(index)")
            try post(part, as: id, command, effect, unit)
            return try record(part, as: id, command, effect, unit)
        }
    }

    private static func post(
        _ posting: Posting, as id: UUID, _ command: ReverseTransfer, _ effect: ReversalEffect,
        _ unit: UnitOfWork
    ) throws {
        if posting.kind.debit == .cash && !effect.givesCash(to: posting.fund) {
            try Ledger.requireCash(
                posting.amount, of: posting.fund, from: command.businessDate, at: "/businessDate",
                unit)
        }
        unit.append(
            Transfer(
                id: id, fund: posting.fund, kind: posting.kind, amount: posting.amount,
                businessDate: command.businessDate, cause: unit.message.id, isReversal: true))
    }

    private static func record(
        _ posting: Posting, as id: UUID, _ command: ReverseTransfer, _ effect: ReversalEffect,
        _ unit: UnitOfWork
    ) throws -> Emission {
        var reversal = Reversal(
            id: id, transfer: posting.id, subject: effect.subject,
            businessDate: command.businessDate,
            staff: command.actor.staff)
        try unit.keepReason(
            command.reason, of: reversal.key, about: Set([effect.about].compactMap(\.self)))
        let fact = TransferReversed(
            reversal: ReversalID(id), transfer: TransferID(posting.id), kind: posting.kind,
            cause: posting.cause, subject: effect.subject, record: effect.record,
            fund: posting.fund, programme: effect.programme, territory: effect.territory,
            amountFen: posting.amount, postedOn: posting.businessDate,
            businessDate: command.businessDate, basis: effect.basis, actor: command.actor)
        return try unit.save(&reversal, fact)
    }
}

extension Reversals {
    /// The reversals of postings of a deposit, donation, loan, grant, run or policy: its history shows them.
    @Sendable static func related(_ record: UUID, _ unit: UnitOfWork) throws -> RelatedFacts {
        RelatedFacts(
            subjects: try unit.query("SELECT id FROM reversal WHERE subject = \(record)")
                .map { try $0.decode(UUID.self, at: 0).wireText })
    }
}

extension RefusalCode {
    static let reversalExists = RefusalCode(
        "reversal_exists", "the id of a reversal that was not made yet")
    static let unknownTransfer = RefusalCode(
        "unknown_transfer", "the id of a posting of the ledger")
    static let isReversal = RefusalCode(
        "is_reversal", "a posting that is no reversal: what was taken back is posted anew")
    static let alreadyReversed = RefusalCode(
        "already_reversed", "a posting that was not taken back yet")
}
