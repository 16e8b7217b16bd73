import ServiceKit

/// The tables of loans, their rules and their repayments.
enum LoanSchema {
    static let migration = Migration(
        "0007_loans",
        [rules, loans, schedule, LoanDays.schema, oneOpenLoan, check].joined(separator: "\n\n"))

    private static let rules = """
        CREATE TABLE loan_rule (
            programme           text    PRIMARY KEY,
            version             integer NOT NULL CHECK (version > 0),
            minimum_fen         bigint  NOT NULL CHECK (minimum_fen > 0),
            maximum_fen         bigint  NOT NULL CHECK (maximum_fen >= minimum_fen),
            borrower_sex        text    CHECK (borrower_sex IN ('male', 'female')),
            term_months         integer NOT NULL DEFAULT 12 CHECK (term_months > 0),
            maximum_term_months integer NOT NULL DEFAULT 36 CHECK (maximum_term_months >= 1),
            approval_days       integer NOT NULL DEFAULT 90 CHECK (approval_days > 0),
            valid_from          date    NOT NULL DEFAULT '1900-01-01',
            sequence            bigint  NOT NULL DEFAULT 0 CHECK (sequence >= 0),
            CHECK (term_months <= maximum_term_months)
        );
        COMMENT ON TABLE loan_rule IS 'the last version of what each programme lends';

        CREATE TABLE loan_rule_version (
            programme           text    NOT NULL REFERENCES loan_rule DEFERRABLE INITIALLY DEFERRED,
            version             integer NOT NULL CHECK (version > 0),
            valid_from          date    NOT NULL,
            minimum_fen         bigint  NOT NULL CHECK (minimum_fen > 0),
            maximum_fen         bigint  NOT NULL CHECK (maximum_fen >= minimum_fen),
            borrower_sex        text    CHECK (borrower_sex IN ('male', 'female')),
            term_months         integer NOT NULL CHECK (term_months > 0),
            maximum_term_months integer NOT NULL CHECK (maximum_term_months >= term_months),
            approval_days       integer NOT NULL CHECK (approval_days > 0),
            PRIMARY KEY (programme, version)
        );

        CREATE TRIGGER loan_rule_version_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON loan_rule_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """

    private static let loans = """
        CREATE TABLE loan (
            id              uuid    PRIMARY KEY,
            fund            uuid    NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            programme       text    NOT NULL,
            borrower        uuid    NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            territory       text    COLLATE "C" NOT NULL CHECK (char_length(territory) = 12),
            principal_fen   bigint  NOT NULL CHECK (principal_fen > 0),
            rule_version    integer NOT NULL,
            state           text    NOT NULL
                            CHECK (state IN ('applied', 'endorsed', 'approved', 'active', 'overdue',
                                             'repaid', 'rejected', 'withdrawn', 'expired',
                                             'written_off')),
            since           date    NOT NULL,
            last_on         date    NOT NULL CHECK (last_on >= since),
            outstanding_fen bigint  NOT NULL,
            sequence        bigint  NOT NULL CHECK (sequence > 0),
            term_months     integer NOT NULL DEFAULT 12 CHECK (term_months > 0),
            disbursed_on    date,
            usable_until    date,
            corrected_on    date,
            -- When its row was changed last: its papers may still be coming in (`LoanAgeingJob`).
            changed_at      timestamptz NOT NULL DEFAULT now(),
            CHECK (outstanding_fen BETWEEN 0 AND principal_fen),
            CONSTRAINT loan_owed CHECK ((state IN ('active', 'overdue')) = (outstanding_fen > 0)),
            CONSTRAINT loan_approval_lapses
                CHECK (state <> 'approved' OR coalesce(usable_until >= since, false)),
            CONSTRAINT loan_disbursed CHECK (
                (state IN ('active', 'overdue', 'repaid', 'written_off')) = (disbursed_on IS NOT NULL))
        );
        CREATE INDEX loan_place ON loan (territory, id);
        CREATE INDEX loan_borrower ON loan (borrower);
        CREATE INDEX loan_undecided ON loan (since, id) WHERE state IN ('applied', 'endorsed');

        CREATE TABLE repayment (
            id            uuid   PRIMARY KEY,
            loan          uuid   NOT NULL REFERENCES loan DEFERRABLE INITIALLY DEFERRED,
            amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
            business_date date   NOT NULL,
            reversed_on   date
        );
        CREATE INDEX repayment_loan ON repayment (loan);

        CREATE TABLE loan_record (
            cause      uuid   PRIMARY KEY,
            loan       uuid   NOT NULL REFERENCES loan DEFERRABLE INITIALLY DEFERRED,
            state      text   NOT NULL,
            day        date   NOT NULL,
            amount_fen bigint,
            staff      uuid,
            -- The order in which they were recorded.
            number     bigint NOT NULL GENERATED ALWAYS AS IDENTITY
        );
        -- The disbursement of a loan is looked for by the loan.
        CREATE INDEX loan_record_loan ON loan_record (loan);

        CREATE TRIGGER loan_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON loan_record
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE TABLE ageing (
            id    uuid PRIMARY KEY,
            fund  uuid NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            as_of date NOT NULL
        );
        """

    private static let schedule = """
        -- The sum of the instalments due before a day. They are monthly and equal in whole fen; the
        -- last one takes the remainder of the division. `LoanSchedule` says the same.
        CREATE FUNCTION instalments_due(
            principal_fen bigint, term_months integer, disbursed_on date, day date) RETURNS bigint
        LANGUAGE sql IMMUTABLE
        RETURN (
            SELECT CASE count(*) WHEN term_months THEN principal_fen
                   ELSE count(*) * (principal_fen / term_months) END
            FROM generate_series(1, term_months) AS number
            WHERE (disbursed_on + make_interval(months => number))::date < day);

        -- The sum of the repayments that count at the end of a day.
        CREATE FUNCTION loan_paid(of_loan uuid, on_day date) RETURNS bigint
        LANGUAGE sql STABLE
        RETURN (
            SELECT coalesce(sum(p.amount_fen), 0)::bigint FROM repayment AS p
            WHERE p.loan = of_loan AND p.business_date <= on_day
              AND (p.reversed_on IS NULL OR p.reversed_on > on_day));

        -- The part of a loan that is due and not paid at the end of a day.
        CREATE FUNCTION loan_overdue(of_loan loan, day date) RETURNS bigint
        LANGUAGE sql STABLE
        RETURN greatest(0, instalments_due(
            of_loan.principal_fen, of_loan.term_months, of_loan.disbursed_on, day)
            - loan_paid(of_loan.id, day));
        """

    private static let oneOpenLoan = """
        CREATE UNIQUE INDEX loan_one_open_per_borrower ON loan (fund, borrower)
        WHERE state IN ('applied', 'endorsed', 'approved', 'active', 'overdue');

        -- The unique index of the same name covers one id; this covers all ids of a person. If two
        -- persons with an open loan each turn out to be one, both loans stay, but no other is opened.
        CREATE FUNCTION check_one_open_loan() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM loan AS l
                WHERE l.fund = NEW.fund AND l.id <> NEW.id
                  AND l.borrower = ANY (ARRAY(SELECT same_person(NEW.borrower)))
                  AND l.state IN ('applied', 'endorsed', 'approved', 'active', 'overdue'))
            THEN
                RAISE EXCEPTION 'the borrower has an open loan of this fund'
                    USING ERRCODE = 'unique_violation',
                          CONSTRAINT = 'loan_one_open_per_borrower', TABLE = 'loan';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER loan_opened AFTER INSERT ON loan FOR EACH ROW
        WHEN (NEW.state IN ('applied', 'endorsed', 'approved', 'active', 'overdue'))
        EXECUTE FUNCTION check_one_open_loan();
        CREATE TRIGGER loan_reopened AFTER UPDATE OF state ON loan FOR EACH ROW
        WHEN (NEW.state IN ('applied', 'endorsed', 'approved', 'active', 'overdue')
              AND OLD.state NOT IN ('applied', 'endorsed', 'approved', 'active', 'overdue'))
        EXECUTE FUNCTION check_one_open_loan();
        """

    private static let check = """
        -- The change that each posting made to the money owed on a loan.
        CREATE VIEW loan_posting AS
        SELECT t.id AS transfer, coalesce(p.loan, l.loan) AS loan, t.fund, t.business_date,
               CASE t.debit WHEN 'receivable' THEN t.amount_fen ELSE -t.amount_fen END AS fen
        FROM transfer AS t
        LEFT JOIN reversal AS r ON r.id = t.id
        LEFT JOIN repayment AS p ON p.id = coalesce(r.transfer, t.id)
        LEFT JOIN loan_record AS l ON l.cause = coalesce(r.transfer, t.id)
        WHERE 'receivable' IN (t.debit, t.credit);

        -- The part of ledger_check about loans.
        CREATE VIEW ledger_check_lending AS
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
        SELECT fund, 'a loan owes less than nothing on a business date'
        FROM (SELECT fund, sum(fen) OVER (PARTITION BY loan ORDER BY business_date) AS fen
              FROM loan_posting) AS d
        WHERE d.fen < 0
        UNION ALL
        SELECT b.fund, 'what is reserved is not what the approved loans say'
        FROM account_balance AS b
        WHERE b.account = 'reserved' AND b.fen <> (
            SELECT coalesce(sum(l.principal_fen), 0) FROM loan AS l
            WHERE l.fund = b.fund AND l.state = 'approved');
        """
}
