/// The balance of each account at the end of each business date, which is never below zero on the account's own side.
///
/// A posting may be dated back, and a reversal lies between others, so the balance of now says nothing of the days before.
enum AccountDays {
    static let kinds = """
        -- The accounts, and the side on which each of them is never below zero at the end of any business
        -- date: debits (1) or credits (-1). `Account` names the same.
        CREATE TABLE account_kind (
            name text     PRIMARY KEY,
            side smallint NOT NULL CHECK (side IN (1, -1))
        );

        INSERT INTO account_kind (name, side) VALUES
            ('cash', 1), ('reserved', 1), ('receivable', 1), ('losses', 1), ('premium_expense', 1),
            ('grant_expense', 1), ('allocated', 1), ('capital', -1), ('donation_income', -1);

        CREATE TRIGGER account_kind_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_kind
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        SELECT revoke_rights('account_kind', 'INSERT, UPDATE, DELETE, TRUNCATE');
        """

    static let posting = """
        -- The change of each account on each business date. It follows from transfer.
        CREATE TABLE account_day (
            fund    uuid   NOT NULL,
            account text   COLLATE "C" NOT NULL,
            day     date   NOT NULL,
            fen     bigint NOT NULL,
            PRIMARY KEY (fund, account, day)
        ) WITH (fillfactor = 50);
        SELECT revoke_rights('account_day', 'INSERT, UPDATE, DELETE, TRUNCATE');

        -- The least balance of an account at the end of that day or of any later one, on the account's own
        -- side; nothing if it was never posted to. It goes back from the balance of now, so that only the
        -- days after that day are read, which are few.
        CREATE FUNCTION lowest_balance(of_fund uuid, of_account text, from_day date) RETURNS bigint
        LANGUAGE sql STABLE
        RETURN (
            -- Cut to what a bigint holds: only whether it is below zero matters far from it.
            SELECT greatest(
                a.balance_fen * k.side - greatest(0, coalesce(later.most, 0)), -1e18)::bigint
            FROM account AS a JOIN account_kind AS k ON k.name = a.name
            CROSS JOIN LATERAL (
                SELECT max(since.fen) AS most
                FROM (SELECT k.side * sum(d.fen) OVER (ORDER BY d.day DESC) AS fen
                      FROM account_day AS d
                      WHERE d.fund = of_fund AND d.account = of_account AND d.day > from_day)
                     AS since) AS later
            WHERE a.fund = of_fund AND a.name = of_account);

        -- Makes others who would post to the fund's cash wait until this transaction ends.
        CREATE FUNCTION lock_cash(of_fund uuid) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM 1 FROM account WHERE fund = of_fund AND name = 'cash' FOR UPDATE;
            RETURN FOUND;
        END $$;

        -- Books new transfers. Two transactions that post to one account meet at its row: the first
        -- statement locks it. The later transaction continues when the earlier one has ended, and each of
        -- its further statements sees the result of the earlier one. A statement that adds to accounts only,
        -- such as donations, reads no days.
        CREATE FUNCTION post_transfers() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        DECLARE
            broken text;
        BEGIN
            INSERT INTO account (fund, name, balance_fen)
            SELECT e.fund, e.name, sum(e.fen)::bigint
            FROM (SELECT fund, debit, amount_fen FROM added
                  UNION ALL
                  SELECT fund, credit, -amount_fen FROM added) AS e(fund, name, fen)
            GROUP BY e.fund, e.name ORDER BY e.fund, e.name
            ON CONFLICT (fund, name)
            DO UPDATE SET balance_fen = account.balance_fen + EXCLUDED.balance_fen;

            INSERT INTO account_day (fund, account, day, fen)
            SELECT e.fund, e.account, e.day, sum(e.fen)::bigint
            FROM (SELECT fund, debit, business_date, amount_fen FROM added
                  UNION ALL
                  SELECT fund, credit, business_date, -amount_fen FROM added)
                 AS e(fund, account, day, fen)
            GROUP BY e.fund, e.account, e.day ORDER BY e.fund, e.account, e.day
            ON CONFLICT (fund, account, day)
            DO UPDATE SET fen = account_day.fen + EXCLUDED.fen;

            SELECT l.account INTO broken
            FROM (SELECT e.fund, e.account, min(e.day) AS day
                  FROM (SELECT fund, debit, business_date, amount_fen FROM added
                        UNION ALL
                        SELECT fund, credit, business_date, -amount_fen FROM added)
                       AS e(fund, account, day, fen)
                  JOIN account_kind AS k ON k.name = e.account
                  WHERE e.fen * k.side < 0
                  GROUP BY e.fund, e.account) AS l
            WHERE lowest_balance(l.fund, l.account, l.day) < 0
            ORDER BY l.account <> 'cash', l.account LIMIT 1;
            IF broken IS NOT NULL THEN
                RAISE EXCEPTION 'the % of a fund would be below zero on a business date', broken
                    USING ERRCODE = 'check_violation', TABLE = 'transfer',
                          CONSTRAINT = CASE broken WHEN 'cash' THEN 'fund_never_overlent'
                                       ELSE 'account_never_below_zero' END;
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER post_transfers AFTER INSERT ON transfer
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION post_transfers();
        """
}
