import Foundation
import Messages
import Postgres
import ServiceKit

/// A posting that takes another one back: its own transfer has its id, goes the other way round, and
/// says the same kind. It says one thing once, so its only fact is number 1.
struct Reversal: Aggregate {
    let id: UUID
    /// The transfer that it takes back.
    let transfer: UUID
    let businessDate: BusinessDate
    let staff: StaffID
    let reason: String
    var sequence: Int64 = 0

    var key: UUID { id }

    static let table = Table<Reversal>(
        "reversal", key: "id",
        columns: [
            Column("id", { $0.id }), Column("transfer", { $0.transfer }),
            Column("business_date", { $0.businessDate }), Column("staff", { $0.staff.uuid }),
            Column("reason", { $0.reason }),
        ]
    ) { row in
        Reversal(
            id: try row.next(), transfer: try row.next(), businessDate: try row.next(),
            staff: StaffID(try row.next()), reason: try row.next(), sequence: 1)
    }
}

/// A transfer as it stands in the ledger.
struct Posting {
    let id: UUID
    let fund: FundID
    let kind: TransferKind
    let amount: Fen
    let businessDate: BusinessDate
    let cause: UUID
    let isReversal: Bool
    let isReversed: Bool

    /// Others who would post to the fund's cash wait from now on, so that of two reversals of one
    /// posting the later one sees the earlier.
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
                kind: try row.next(enum: TransferKind.self), amount: try row.next(),
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

/// Corrects the ledger: a posting is never edited but taken back by another one, together with what
/// followed from it. What a fund has lent or spent since is not taken back with it: where that needs
/// the money, or something later of the same loan, grant, donation or policy builds on it, the
/// reversal is refused.
enum Reversals {
    static func register(in router: inout Router) {
        router.on(
            ReverseTransfer.self, keys: { $1.need(Reversal.self, $0.reversal.uuid) }, alone: true,
            reverse)
    }

    static func reverse(_ command: ReverseTransfer, _ unit: UnitOfWork) throws -> [Emission] {
        try unit.requireNew(
            Reversal.self, command.reversal.uuid, else: .reversalExists, at: "/reversal")
        guard let posting = try Posting.find(command.transfer.uuid, unit),
            let fund = try unit.find(Fund.self, posting.fund.uuid)
        else {
            throw Wait(for: command.transfer.uuid, else: .unknownTransfer, at: "/transfer")
        }
        try Authority.require(command.actor, [.district], over: fund.territory, unit)
        try posting.requireReversible(on: command.businessDate)
        let undone = try Undone.undo(posting, command, fund, unit)
        return try undone.postings.enumerated().map { index, part in
            let id = index == 0 ? command.reversal.uuid : unit.id(of: "reversal \(index)")
            try post(part, as: id, command, undone, unit)
            return try record(part, as: id, command, undone, unit)
        }
    }

    private static func post(
        _ posting: Posting, as id: UUID, _ command: ReverseTransfer, _ undone: Undone,
        _ unit: UnitOfWork
    ) throws {
        if posting.kind.debit == .cash && !undone.givesCash(to: posting.fund) {
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
        _ posting: Posting, as id: UUID, _ command: ReverseTransfer, _ undone: Undone,
        _ unit: UnitOfWork
    ) throws -> Emission {
        var reversal = Reversal(
            id: id, transfer: posting.id, businessDate: command.businessDate,
            staff: command.actor.staff, reason: command.reason)
        let fact = TransferReversed(
            reversal: ReversalID(id), transfer: TransferID(posting.id), kind: posting.kind,
            cause: posting.cause, subject: undone.subject, record: undone.record,
            fund: posting.fund, programme: undone.programme, territory: undone.territory,
            amountFen: posting.amount, postedOn: posting.businessDate,
            businessDate: command.businessDate, basis: undone.basis)
        return try unit.save(&reversal, fact)
    }

    static let migration = Migration(
        "0037_reversals",
        """
        CREATE TABLE reversal (
            id            uuid PRIMARY KEY REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
            transfer      uuid NOT NULL REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
            business_date date NOT NULL,
            staff         uuid NOT NULL,
            reason        text NOT NULL,
            CONSTRAINT reversal_once UNIQUE (transfer),
            CHECK (id <> transfer)
        );

        CREATE TRIGGER reversal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reversal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        -- A transfer moves between the accounts of its kind; or the other way round, if it takes
        -- just such a one back, whole, in the same fund, on that day or later.
        CREATE OR REPLACE FUNCTION check_transfers() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT 1 FROM added AS a
                WHERE NOT EXISTS (
                    SELECT 1 FROM transfer_kind AS k
                    WHERE k.kind = a.kind AND k.debit = a.debit AND k.credit = a.credit))
            THEN
                RETURN NULL;
            END IF;
            -- Only now, for what is rare: the busiest statement stays with the small table above.
            IF EXISTS (
                SELECT 1 FROM added AS a
                WHERE NOT EXISTS (
                        SELECT 1 FROM transfer_kind AS k
                        WHERE k.kind = a.kind AND k.debit = a.debit AND k.credit = a.credit)
                  AND NOT EXISTS (
                        SELECT 1 FROM reversal AS r JOIN transfer AS t ON t.id = r.transfer
                        WHERE r.id = a.id AND t.fund = a.fund AND t.kind = a.kind
                          AND t.debit = a.credit AND t.credit = a.debit
                          AND t.amount_fen = a.amount_fen AND t.business_date <= a.business_date
                          AND NOT EXISTS (SELECT 1 FROM reversal AS x WHERE x.id = t.id)))
            THEN
                RAISE EXCEPTION 'a transfer does not move between the accounts of its kind'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_accounts',
                          TABLE = 'transfer';
            END IF;
            RETURN NULL;
        END $$;

        -- What each posting has changed in what borrowers owe, by loan.
        CREATE VIEW loan_posting AS
        SELECT t.id AS transfer, coalesce(p.loan, l.loan) AS loan, t.fund, t.business_date,
               CASE t.debit WHEN 'receivable' THEN t.amount_fen ELSE -t.amount_fen END AS fen
        FROM transfer AS t
        LEFT JOIN reversal AS r ON r.id = t.id
        LEFT JOIN repayment AS p ON p.id = coalesce(r.transfer, t.id)
        LEFT JOIN loan_record AS l ON l.cause = coalesce(r.transfer, t.id)
        WHERE 'receivable' IN (t.debit, t.credit);

        -- The identity of a revolving fund at the end of a day: what it has, in cash or reserved, what
        -- it is owed and what it lost are what was put into it. The difference is 0.
        CREATE FUNCTION fund_identity(
            of_fund uuid, on_day date, OUT cash_fen bigint, OUT reserved_fen bigint,
            OUT receivable_fen bigint, OUT losses_fen bigint, OUT net_capital_fen bigint,
            OUT difference_fen bigint)
        LANGUAGE sql STABLE
        BEGIN ATOMIC
            SELECT cash, reserved, receivable, losses, capital,
                   cash + reserved + receivable + losses - capital
            FROM (
                SELECT coalesce(sum(amount_fen) FILTER (WHERE account = 'cash'), 0)::bigint,
                       coalesce(sum(amount_fen) FILTER (WHERE account = 'reserved'), 0)::bigint,
                       coalesce(sum(amount_fen) FILTER (WHERE account = 'receivable'), 0)::bigint,
                       coalesce(sum(amount_fen) FILTER (WHERE account = 'losses'), 0)::bigint,
                       -coalesce(sum(amount_fen) FILTER (WHERE account = 'capital'), 0)::bigint
                FROM entry WHERE fund = of_fund AND business_date <= on_day
            ) AS sums (cash, reserved, receivable, losses, capital);
        END;

        CREATE OR REPLACE VIEW ledger_check_lending AS
        SELECT fund, 'reserved money or what is owed is below zero' AS problem
        FROM account_balance WHERE account IN ('reserved', 'receivable') AND fen < 0
        UNION ALL
        SELECT fund, 'cash, what is owed and losses are not the net capital'
        FROM account_balance
        WHERE fund_kind = 'revolving'
          AND account IN ('cash', 'reserved', 'receivable', 'losses', 'capital')
        GROUP BY fund HAVING sum(fen) <> 0
        UNION ALL
        SELECT f.id, 'the entries of a fund do not leave its net capital whole'
        FROM fund AS f, LATERAL fund_identity(f.id, 'infinity') AS i
        WHERE f.kind = 'revolving' AND i.difference_fen <> 0
        UNION ALL
        SELECT b.fund, 'what is owed is not what the loans say'
        FROM account_balance AS b
        WHERE b.account = 'receivable' AND b.fen <> (
            SELECT coalesce(sum(l.outstanding_fen), 0) FROM loan AS l WHERE l.fund = b.fund)
        UNION ALL
        SELECT l.fund, 'what a loan owes is not what its postings say'
        FROM loan AS l LEFT JOIN (
            SELECT loan, sum(fen) AS fen FROM loan_posting GROUP BY loan) AS p ON p.loan = l.id
        WHERE l.outstanding_fen <> coalesce(p.fen, 0)
        UNION ALL
        SELECT b.fund, 'what is reserved is not what the approved loans say'
        FROM account_balance AS b
        WHERE b.account = 'reserved' AND b.fen <> (
            SELECT coalesce(sum(l.principal_fen), 0) FROM loan AS l
            WHERE l.fund = b.fund AND l.state = 'approved');
        """)
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
    static let laterFirst = RefusalCode(
        "later_first", "a posting on which no later one builds: take those back first")
    static let notReversible = RefusalCode(
        "not_reversible", "a posting of a fund, donation, loan, grant or policy")
}
