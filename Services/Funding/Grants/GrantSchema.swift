import ServiceKit

/// The tables of grants.
enum GrantSchema {
    static let migration = Migration(
        "0008_grants",
        """
        -- GRANT is a key word of SQL, so the table has a longer name.
        CREATE TABLE grant_award (
            id         uuid   PRIMARY KEY,
            kind       text   NOT NULL CHECK (kind IN ('condolence', 'tuition', 'programme_spending')),
            budget     uuid   NOT NULL REFERENCES budget DEFERRABLE INITIALLY DEFERRED,
            fund       uuid   NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            programme  text   NOT NULL,
            household  uuid   REFERENCES household DEFERRABLE INITIALLY DEFERRED,
            territory  text   COLLATE "C" NOT NULL,
            amount_fen bigint NOT NULL CHECK (amount_fen > 0),
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
        CREATE INDEX grant_place ON grant_award (territory, id);
        CREATE INDEX grant_household ON grant_award (household) WHERE household IS NOT NULL;
        CREATE INDEX grant_undecided ON grant_award (since, id)
        WHERE state IN ('requested', 'endorsed');

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
            staff       uuid
        );

        CREATE TRIGGER grant_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON grant_record
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        CREATE INDEX grant_record_grant ON grant_record (grant_award);
        CREATE INDEX grant_return_grant ON grant_return (grant_award);

        -- The sum of the returns that count at the end of a day.
        CREATE FUNCTION grant_returned(of_grant uuid, on_day date) RETURNS bigint
        LANGUAGE sql STABLE
        RETURN (
            SELECT coalesce(sum(r.amount_fen), 0)::bigint FROM grant_return AS r
            WHERE r.grant_award = of_grant AND r.business_date <= on_day
              AND (r.reversed_on IS NULL OR r.reversed_on > on_day));

        -- A return that is dated before another one was taken back must leave the grant at zero or above on
        -- every day in between. Its grant is locked by whoever adds it.
        CREATE FUNCTION check_grant_returns() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM added AS a
                JOIN grant_award AS g ON g.id = a.grant_award
                JOIN grant_return AS d
                    ON d.grant_award = g.id AND d.business_date >= a.business_date
                WHERE grant_returned(g.id, d.business_date) > g.amount_fen)
            THEN
                RAISE EXCEPTION 'more of a grant would be given back than was paid by a business date'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_never_below_zero',
                          TABLE = 'grant_return';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER check_grant_returns AFTER INSERT ON grant_return
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION check_grant_returns();

        -- The change that each posting made to what a grant has cost.
        CREATE VIEW grant_posting AS
        SELECT t.id AS transfer, coalesce(b.grant_award, g.grant_award) AS grant_award, t.fund,
               t.business_date,
               CASE t.debit WHEN 'grant_expense' THEN t.amount_fen ELSE -t.amount_fen END AS fen
        FROM transfer AS t
        LEFT JOIN reversal AS r ON r.id = t.id
        LEFT JOIN grant_return AS b ON b.id = coalesce(r.transfer, t.id)
        LEFT JOIN grant_record AS g ON g.cause = coalesce(r.transfer, t.id)
        WHERE 'grant_expense' IN (t.debit, t.credit);

        -- The part of ledger_check about grants and budgets.
        CREATE VIEW ledger_check_spending AS
        SELECT b.fund, 'grant expense is not what the grants say' AS problem
        FROM account_balance AS b
        WHERE b.account = 'grant_expense' AND b.fen <> (
            SELECT coalesce(sum(g.kept_fen), 0) FROM grant_award AS g WHERE g.fund = b.fund)
        UNION ALL
        SELECT fund, 'a grant has cost less than nothing on a business date'
        FROM (SELECT fund, sum(fen) OVER (PARTITION BY grant_award ORDER BY business_date) AS fen
              FROM grant_posting) AS d
        WHERE d.fen < 0
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
