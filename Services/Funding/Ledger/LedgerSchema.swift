import ServiceKit

/// The tables of the ledger: transfers and their reversals, balances and their days. The database itself
/// books each transfer and refuses one that breaks the rules.
enum LedgerSchema {
    static let migration = Migration(
        "0004_ledger",
        [AccountDays.kinds, kinds, transfers, AccountDays.posting, reversals, views]
            .joined(separator: "\n\n"))

    private static let kinds = """
        -- The kinds of transfers, each with the two accounts between which it moves money.
        -- `TransferKind` says the same. A kind that was used means the same for ever.
        CREATE TABLE transfer_kind (
            kind   text PRIMARY KEY,
            debit  text NOT NULL,
            credit text NOT NULL,
            CHECK (debit <> credit)
        );

        INSERT INTO transfer_kind (kind, debit, credit) VALUES
            ('deposit',        'cash',            'capital'),
            ('donation',       'cash',            'donation_income'),
            ('refund',         'donation_income', 'cash'),
            ('allocation',     'allocated',       'cash'),
            ('endowment',      'cash',            'capital'),
            ('reserve',        'reserved',        'cash'),
            ('release',        'cash',            'reserved'),
            ('disbursement',   'receivable',      'reserved'),
            ('repayment',      'cash',            'receivable'),
            ('write_off',      'losses',          'receivable'),
            ('grant',          'grant_expense',   'cash'),
            ('grant_return',   'cash',            'grant_expense'),
            ('premium',        'premium_expense', 'cash'),
            ('premium_return', 'cash',            'premium_expense');

        CREATE TRIGGER transfer_kind_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer_kind
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        SELECT revoke_rights('transfer_kind', 'INSERT, UPDATE, DELETE, TRUNCATE');
        """

    private static let transfers = """
        CREATE TABLE transfer (
            id            uuid   PRIMARY KEY,
            fund          uuid   NOT NULL,
            debit         text   NOT NULL,
            credit        text   NOT NULL,
            amount_fen    bigint NOT NULL CHECK (amount_fen > 0),
            business_date date   NOT NULL,
            kind          text   NOT NULL,
            cause         uuid   NOT NULL
        );
        -- The statement of a fund is read in this order.
        CREATE INDEX transfer_statement ON transfer (fund, business_date, id);

        CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        -- The two entries of each transfer.
        CREATE VIEW entry AS
            SELECT id AS transfer, fund, debit AS account, amount_fen, business_date, kind, cause
            FROM transfer
            UNION ALL
            SELECT id, fund, credit, -amount_fen, business_date, kind, cause FROM transfer;

        -- The balances follow from transfer. The foreign key holds for transfers too, and is checked only for
        -- the first one of an account.
        CREATE TABLE account (
            fund        uuid   NOT NULL REFERENCES fund DEFERRABLE INITIALLY DEFERRED,
            name        text   COLLATE "C" NOT NULL,
            balance_fen bigint NOT NULL,
            PRIMARY KEY (fund, name),
            -- 10 trillion yuan: sums over some thousand accounts fit a bigint.
            CONSTRAINT account_within_bounds CHECK (abs(balance_fen) <= 1000000000000000)
        ) WITH (fillfactor = 50);

        -- The runtime role adds transfers. Only the trigger below changes balances.
        SELECT revoke_rights('transfer', 'UPDATE, DELETE, TRUNCATE'),
               revoke_rights('account', 'INSERT, UPDATE, DELETE, TRUNCATE');
        """

    private static let reversals = """
        CREATE TABLE reversal (
            id            uuid PRIMARY KEY REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
            transfer      uuid NOT NULL REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
            subject       uuid NOT NULL,
            business_date date NOT NULL,
            staff         uuid NOT NULL,
            CONSTRAINT reversal_once UNIQUE (transfer),
            CHECK (id <> transfer)
        );
        CREATE INDEX reversal_subject ON reversal (subject);
        COMMENT ON COLUMN reversal.subject IS 'the deposit, donation, loan, grant, run or policy that it puts right';

        CREATE TRIGGER reversal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reversal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

        -- A transfer moves money between the accounts of its kind. A reversal moves it the other way
        -- round: the whole amount of a transfer of the same fund, on its day or later. It is checked
        -- once for each statement, however many rows that adds: a foreign key to transfer_kind would
        -- lock the row of a kind once for each transfer.
        CREATE FUNCTION check_transfers() RETURNS trigger
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
            -- Reversals are rare: most statements have returned after reading the small table above.
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

        -- This trigger runs before post_transfers, because triggers run in the order of their names.
        CREATE TRIGGER check_transfers AFTER INSERT ON transfer
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION check_transfers();
        """

    private static let views = """
        -- The identity of a revolving fund at the end of a day: cash, reserved money, money owed and
        -- losses together are the net capital. The difference is 0.
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

        -- The balance of each account of each fund. It is 0 if nothing was posted.
        CREATE VIEW account_balance AS
            SELECT f.id AS fund, f.kind AS fund_kind, n.name AS account,
                   coalesce(a.balance_fen, 0) AS fen
            FROM fund AS f
            CROSS JOIN (SELECT debit AS name FROM transfer_kind
                        UNION SELECT credit FROM transfer_kind) AS n
            LEFT JOIN account AS a ON a.fund = f.id AND a.name = n.name;

        -- The part of ledger_check that holds for every fund.
        CREATE VIEW ledger_check_balances AS
        WITH posted AS (
            SELECT fund, account, sum(amount_fen) AS fen FROM entry GROUP BY fund, account)
        SELECT NULL::uuid AS fund, 'the balances do not sum to zero' AS problem
        FROM account HAVING sum(balance_fen) <> 0
        UNION ALL
        SELECT fund, 'the balances of a fund do not sum to zero'
        FROM account GROUP BY fund HAVING sum(balance_fen) <> 0
        UNION ALL
        SELECT coalesce(a.fund, p.fund), 'a balance is not the sum of its entries'
        FROM account AS a FULL JOIN posted AS p ON p.fund = a.fund AND p.account = a.name
        WHERE a.balance_fen IS DISTINCT FROM p.fen
        UNION ALL
        SELECT coalesce(d.fund, e.fund), 'the days of an account are not the sums of its entries'
        FROM account_day AS d FULL JOIN (
            SELECT fund, account, business_date, sum(amount_fen) AS fen FROM entry
            GROUP BY fund, account, business_date) AS e
            ON e.fund = d.fund AND e.account = d.account AND e.business_date = d.day
        WHERE d.fen IS DISTINCT FROM e.fen
        UNION ALL
        SELECT fund, 'an account is below zero on a business date: ' || name
        FROM account AS a WHERE lowest_balance(a.fund, a.name, '-infinity') < 0;
        """
}
