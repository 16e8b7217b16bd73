import Foundation
import Messages
import Postgres
import ServiceKit

/// A grant out of a budget. The money it moves stands in the ledger, its history in `GrantRecord`.
struct Grant: Aggregate {
    let id: GrantID
    let kind: GrantKind
    let budget: BudgetID
    let fund: FundID
    let programme: Programme
    /// Of a condolence or tuition grant.
    let household: HouseholdID?
    /// Where it was proposed.
    let territory: TerritoryCode
    let amount: Fen
    let note: String?
    var state = GrantState.requested
    /// The business date from which it is in that state.
    var since: BusinessDate
    /// The latest business date of anything that happened to it.
    var lastOn: BusinessDate
    /// Paid and not given back; above 0 exactly while it is paid or acknowledged.
    var kept = Fen.zero
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// Goes over to the state after a step, if the state and the day allow it. No step may be dated
    /// before the one before it; what comes back may come in any order.
    mutating func step(_ step: GrantStep, on day: BusinessDate) throws(Refusal) {
        let next = try state.after(step)
        let isReturn = if case .giveBack = step { true } else { false }
        try day.require(
            from: isReturn ? since : lastOn, else: .dateTooEarly, at: "/businessDate")
        lastOn = max(lastOn, day)
        if next != state { (state, since) = (next, lastOn) }
    }

    static let table = Table<Grant>(
        "grant_award", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("kind", { $0.kind.rawValue }),
            Column("budget", { $0.budget.uuid }), Column("fund", { $0.fund.uuid }),
            Column("programme", { $0.programme }),
            Column("household", optional: { $0.household?.uuid }),
            Column("territory", { $0.territory }), Column("amount_fen", { $0.amount }),
            Column("note", optional: { $0.note }), Column("state", { $0.state.rawValue }),
            Column("since", { $0.since }), Column("last_on", { $0.lastOn }),
            Column("kept_fen", { $0.kept }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Grant(
            id: GrantID(try row.next()), kind: try row.next(enum: GrantKind.self),
            budget: BudgetID(try row.next()), fund: FundID(try row.next()),
            programme: try row.next(), household: try row.next(optional: HouseholdID.self),
            territory: try row.next(), amount: try row.next(),
            note: try row.next(optional: String.self), state: try row.next(enum: GrantState.self),
            since: try row.next(), lastOn: try row.next(), kept: try row.next(),
            sequence: try row.next())
    }
}

/// Where a grant stands.
enum GrantState: String, CaseIterable {
    case requested, endorsed, approved, rejected, paid, acknowledged, returned

    /// The state after a step that may be taken from this one.
    func after(_ step: GrantStep) throws(Refusal) -> GrantState {
        switch (self, step) {
        case (.requested, .endorse): .endorsed
        case (.endorsed, .approve): .approved
        case (.requested, .reject), (.endorsed, .reject), (.approved, .reject): .rejected
        case (.approved, .pay): .paid
        case (.paid, .acknowledge): .acknowledged
        case (.paid, .giveBack(let isAll)), (.acknowledged, .giveBack(let isAll)):
            isAll ? .returned : self
        case (_, .endorse): throw refusal(.grantNotRequested)
        case (_, .approve): throw refusal(.grantNotEndorsed)
        case (_, .reject): throw refusal(.grantNotUnpaid)
        case (_, .pay): throw refusal(.grantNotApproved)
        case (_, .acknowledge), (_, .giveBack): throw refusal(.grantNotPaid)
        }
    }

    private func refusal(_ code: RefusalCode) -> Refusal {
        Refusal(code, at: "/grant", because: self)
    }
}

/// What may be done with a grant after it was requested.
enum GrantStep: Equatable {
    case endorse, approve, reject, pay, acknowledge
    /// Whether all that is left of it comes back.
    case giveBack(all: Bool)
}

/// What came back of a grant, so that its id counts once.
struct GrantReturn: Row {
    let id: GrantReturnID
    let grant: GrantID
    let amount: Fen
    let businessDate: BusinessDate
    /// When it was found to be wrong and was taken back.
    var reversedOn: BusinessDate?

    var key: UUID { id.uuid }

    static let table = Table<GrantReturn>(
        "grant_return", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("grant_award", { $0.grant.uuid }),
            Column("amount_fen", { $0.amount }), Column("business_date", { $0.businessDate }),
            Column("reversed_on", optional: { $0.reversedOn }),
        ]
    ) { row in
        GrantReturn(
            id: GrantReturnID(try row.next()), grant: GrantID(try row.next()),
            amount: try row.next(), businessDate: try row.next(),
            reversedOn: try row.next(optional: BusinessDate.self))
    }
}

/// What happened to a grant, on whose authority and why. Only ever added to.
struct GrantRecord: Record {
    let grant: GrantID
    /// The state that it led to.
    let state: GrantState
    let day: BusinessDate
    let amount: Fen?
    let staff: StaffID?
    let reason: String?
    let cause: UUID

    static let table = RecordTable<GrantRecord>(
        "grant_record",
        columns: [
            Column("grant_award", { $0.grant.uuid }), Column("state", { $0.state.rawValue }),
            Column("day", { $0.day }), Column("amount_fen", optional: { $0.amount }),
            Column("staff", optional: { $0.staff?.uuid }),
            Column("reason", optional: { $0.reason }), Column("cause", { $0.cause }),
        ])
}

extension Grants {
    static let migration = Migration(
        "0031_grants",
        """
        INSERT INTO transfer_kind (kind, debit, credit) VALUES
            ('grant',        'grant_expense', 'cash'),
            ('grant_return', 'cash',          'grant_expense');

        -- GRANT is a word of SQL.
        CREATE TABLE grant_award (
            id         uuid   PRIMARY KEY,
            kind       text   NOT NULL CHECK (kind IN ('condolence', 'tuition', 'programme_spending')),
            budget     uuid   NOT NULL REFERENCES budget DEFERRABLE INITIALLY DEFERRED,
            fund       uuid   NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            programme  text   NOT NULL,
            household  uuid   REFERENCES household DEFERRABLE INITIALLY DEFERRED,
            territory  text   COLLATE "C" NOT NULL,
            amount_fen bigint NOT NULL CHECK (amount_fen > 0),
            note       text   CHECK (char_length(note) <= 500),
            state      text   NOT NULL
                       CHECK (state IN ('requested', 'endorsed', 'approved', 'rejected', 'paid',
                                        'acknowledged', 'returned')),
            since      date   NOT NULL,
            last_on    date   NOT NULL,
            kept_fen   bigint NOT NULL,
            sequence   bigint NOT NULL CHECK (sequence > 0),
            CHECK (last_on >= since),
            CHECK ((household IS NULL) = (kind = 'programme_spending')),
            CHECK (kept_fen BETWEEN 0 AND amount_fen),
            CHECK ((state IN ('paid', 'acknowledged')) = (kept_fen > 0))
        );

        CREATE TABLE grant_return (
            id            uuid   PRIMARY KEY,
            grant_award   uuid   NOT NULL REFERENCES grant_award DEFERRABLE INITIALLY DEFERRED,
            amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
            business_date date   NOT NULL,
            reversed_on   date
        );

        CREATE TABLE grant_record (
            cause       uuid   PRIMARY KEY,
            grant_award uuid   NOT NULL REFERENCES grant_award DEFERRABLE INITIALLY DEFERRED,
            state       text   NOT NULL,
            day         date   NOT NULL,
            amount_fen  bigint,
            staff       uuid,
            reason      text
        );

        CREATE TRIGGER grant_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON grant_record
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE OR REPLACE VIEW ledger_check_spending AS
        SELECT b.fund, 'grant expense is not what the grants say' AS problem
        FROM account_balance AS b
        WHERE b.account = 'grant_expense' AND b.fen <> (
            SELECT coalesce(sum(g.kept_fen), 0) FROM grant_award AS g WHERE g.fund = b.fund)
        UNION ALL
        SELECT b.fund, 'a budget is not what its allotments and grants say'
        FROM budget AS b
        LEFT JOIN (
            SELECT budget, sum(kept_fen) AS paid,
                   coalesce(sum(amount_fen) FILTER (WHERE state = 'approved'), 0) AS reserved
            FROM grant_award GROUP BY budget) AS g ON g.budget = b.id
        LEFT JOIN (
            SELECT budget, sum(amount_fen) AS fen FROM allotment GROUP BY budget) AS a
            ON a.budget = b.id
        WHERE (b.allotted_fen, b.reserved_fen, b.paid_fen)
            IS DISTINCT FROM (a.fen, coalesce(g.reserved, 0), coalesce(g.paid, 0));
        """)
}

extension RefusalCode {
    static let grantExists = RefusalCode("grant_exists", "the id of a grant not requested yet")
    static let unknownGrant = RefusalCode("unknown_grant", "the id of a requested grant")
    static let unknownHousehold = RefusalCode(
        "unknown_household", "the id of a registered household")
    static let grantReturnExists = RefusalCode(
        "grant_return_exists", "the id of a return that was not made yet")
    static let moreThanKept = RefusalCode("more_than_kept", "at most what is left of the grant")
    static let wrongYear = RefusalCode("wrong_year", "a date in the year of the budget")
    static let grantNotRequested = RefusalCode(
        "not_requested", "a grant requested and not yet endorsed")
    static let grantNotEndorsed = RefusalCode("not_endorsed", "an endorsed grant")
    static let grantNotApproved = RefusalCode("not_approved", "an approved grant")
    static let grantNotUnpaid = RefusalCode(
        "not_unpaid", "a grant that is neither paid nor rejected")
    static let grantNotPaid = RefusalCode("not_paid", "a grant paid and not yet given back")
}
