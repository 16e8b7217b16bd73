import ServiceKit

extension Ledger {
    static let migration = Migration(
        "0002_ledger",
        """
        CREATE TABLE transfer (
            id            uuid   PRIMARY KEY,
            fund          uuid   NOT NULL,
            debit         text   NOT NULL,
            credit        text   NOT NULL,
            amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
            business_date date   NOT NULL,
            kind          text   NOT NULL,
            cause         uuid   NOT NULL,
            CONSTRAINT transfer_accounts CHECK (
                CASE kind
                WHEN 'deposit'      THEN debit = 'cash'            AND credit = 'capital'
                WHEN 'donation'     THEN debit = 'cash'            AND credit = 'donation_income'
                WHEN 'reserve'      THEN debit = 'reserved'        AND credit = 'cash'
                WHEN 'release'      THEN debit = 'cash'            AND credit = 'reserved'
                WHEN 'disbursement' THEN debit = 'receivable'      AND credit = 'reserved'
                WHEN 'repayment'    THEN debit = 'cash'            AND credit = 'receivable'
                WHEN 'write_off'    THEN debit = 'losses'          AND credit = 'receivable'
                WHEN 'premium'      THEN debit = 'premium_expense' AND credit = 'cash'
                ELSE false
                END)
        );

        -- Each transfer as its two entries.
        CREATE VIEW entry AS
            SELECT id AS transfer, fund, debit AS account, amount_fen, business_date, kind, cause
            FROM transfer
            UNION ALL
            SELECT id, fund, credit, -amount_fen, business_date, kind, cause FROM transfer;

        -- Follows from transfer. Its foreign key holds for transfers too, and is checked only for
        -- the first one of an account.
        CREATE TABLE account (
            fund        uuid   NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            name        text   COLLATE "C" NOT NULL,
            balance_fen bigint NOT NULL,
            PRIMARY KEY (fund, name)
        ) WITH (fillfactor = 50);

        -- By how much free cash changes on a business date. Follows from transfer.
        CREATE TABLE fund_day (
            fund     uuid   NOT NULL,
            day      date   NOT NULL,
            cash_fen bigint NOT NULL,
            PRIMARY KEY (fund, day)
        ) WITH (fillfactor = 50);

        -- The least free cash at the end of that day or of any later one.
        CREATE FUNCTION lowest_cash(of_fund uuid, from_day date) RETURNS bigint
        LANGUAGE sql STABLE
        RETURN (
            SELECT least(opening.fen, opening.fen + later.lowest)::bigint
            FROM (SELECT coalesce(sum(d.cash_fen), 0) AS fen
                  FROM fund_day AS d WHERE d.fund = of_fund AND d.day <= from_day) AS opening,
                 (SELECT min(running.fen) AS lowest
                  FROM (SELECT sum(d.cash_fen) OVER (ORDER BY d.day) AS fen
                        FROM fund_day AS d
                        WHERE d.fund = of_fund AND d.day > from_day) AS running) AS later);

        -- Makes others who would post to the fund's cash wait until this transaction ends.
        CREATE FUNCTION lock_cash(of_fund uuid) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM 1 FROM account WHERE fund = of_fund AND name = 'cash' FOR UPDATE;
            RETURN FOUND;
        END $$;

        -- Books new transfers. Two transactions that post to one fund meet at its cash account,
        -- whose row the first statement locks; the later one goes on when the earlier one is over,
        -- and each of its further statements sees what that one has left. So nothing is checked
        -- against the past.
        CREATE FUNCTION post_transfers() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        DECLARE
            paying record;
        BEGIN
            INSERT INTO account (fund, name, balance_fen)
            SELECT e.fund, e.name, sum(e.fen)::bigint
            FROM (SELECT fund, debit, amount_fen FROM added
                  UNION ALL
                  SELECT fund, credit, -amount_fen FROM added) AS e(fund, name, fen)
            GROUP BY e.fund, e.name ORDER BY e.fund, e.name
            ON CONFLICT (fund, name)
            DO UPDATE SET balance_fen = account.balance_fen + EXCLUDED.balance_fen;

            INSERT INTO fund_day (fund, day, cash_fen)
            SELECT a.fund, a.business_date,
                   sum(CASE WHEN a.debit = 'cash' THEN a.amount_fen ELSE -a.amount_fen END)::bigint
            FROM added AS a WHERE 'cash' IN (a.debit, a.credit)
            GROUP BY a.fund, a.business_date ORDER BY a.fund, a.business_date
            ON CONFLICT (fund, day)
            DO UPDATE SET cash_fen = fund_day.cash_fen + EXCLUDED.cash_fen;

            FOR paying IN
                SELECT a.fund, min(a.business_date) AS from_day
                FROM added AS a WHERE a.credit = 'cash' GROUP BY a.fund
            LOOP
                IF lowest_cash(paying.fund, paying.from_day) < 0 THEN
                    RAISE EXCEPTION 'the free cash of a fund would be negative on a business date'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'fund_never_overlent',
                              TABLE = 'transfer';
                END IF;
            END LOOP;
            RETURN NULL;
        END $$;

        CREATE TRIGGER post_transfers AFTER INSERT ON transfer
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION post_transfers();

        -- A wrong transfer is corrected by another one that reverses it.
        CREATE FUNCTION refuse_change() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only',
                      TABLE = TG_TABLE_NAME;
        END $$;

        CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        -- Balances change through transfers only. Rights that the runtime role was given by default
        -- are taken back.
        DO $$
        DECLARE
            granted record;
        BEGIN
            FOR granted IN
                SELECT DISTINCT c.relname, a.grantee
                FROM pg_class AS c, LATERAL aclexplode(c.relacl) AS a
                WHERE c.oid IN ('transfer'::regclass, 'account'::regclass, 'fund_day'::regclass)
                  AND a.grantee <> c.relowner
            LOOP
                EXECUTE format(
                    'REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM %s', granted.relname,
                    CASE granted.grantee WHEN 0 THEN 'PUBLIC'
                    ELSE quote_ident(pg_get_userbyid(granted.grantee)) END);
                IF granted.relname <> 'transfer' THEN
                    EXECUTE format(
                        'REVOKE INSERT ON %I FROM %s', granted.relname,
                        CASE granted.grantee WHEN 0 THEN 'PUBLIC'
                        ELSE quote_ident(pg_get_userbyid(granted.grantee)) END);
                END IF;
            END LOOP;
        END $$;
        """)
}
