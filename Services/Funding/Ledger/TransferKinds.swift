import ServiceKit

/// The kinds of transfers in the database: each names the two accounts that it moves money between.
/// A feature that moves money in a new way adds its kind in a migration of its own.
enum TransferKinds {
    static let migration = Migration(
        "0010_transfer_kinds",
        """
        CREATE TABLE transfer_kind (
            kind   text PRIMARY KEY,
            debit  text NOT NULL,
            credit text NOT NULL,
            CHECK (debit <> credit)
        );

        INSERT INTO transfer_kind (kind, debit, credit) VALUES
            ('deposit',      'cash',            'capital'),
            ('donation',     'cash',            'donation_income'),
            ('reserve',      'reserved',        'cash'),
            ('release',      'cash',            'reserved'),
            ('disbursement', 'receivable',      'reserved'),
            ('repayment',    'cash',            'receivable'),
            ('write_off',    'losses',          'receivable'),
            ('premium',      'premium_expense', 'cash');

        ALTER TABLE transfer DROP CONSTRAINT transfer_accounts;

        -- Takes the place of that constraint. One look for each statement, however many rows it
        -- adds: a foreign key would lock the row of a kind once for each.
        CREATE FUNCTION check_transfers() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            IF EXISTS (
                SELECT 1 FROM added AS a
                WHERE NOT EXISTS (
                    SELECT 1 FROM transfer_kind AS k
                    WHERE k.kind = a.kind AND k.debit = a.debit AND k.credit = a.credit))
            THEN
                RAISE EXCEPTION 'a transfer does not move between the accounts of its kind'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_accounts',
                          TABLE = 'transfer';
            END IF;
            RETURN NULL;
        END $$;

        -- Before post_transfers: triggers run in the order of their names.
        CREATE TRIGGER check_transfers AFTER INSERT ON transfer
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION check_transfers();

        -- Takes rights on a table back that the runtime role was given by default.
        CREATE FUNCTION revoke_rights(of_table regclass, rights text) RETURNS void
        LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        DECLARE
            granted record;
        BEGIN
            FOR granted IN
                SELECT DISTINCT a.grantee
                FROM pg_class AS c, LATERAL aclexplode(c.relacl) AS a
                WHERE c.oid = of_table AND a.grantee <> c.relowner
            LOOP
                EXECUTE format(
                    'REVOKE %s ON %s FROM %s', rights, of_table,
                    CASE granted.grantee WHEN 0 THEN 'PUBLIC'
                    ELSE quote_ident(pg_get_userbyid(granted.grantee)) END);
            END LOOP;
        END $$;

        -- A kind that was used means the same for ever.
        CREATE TRIGGER transfer_kind_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer_kind
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        SELECT revoke_rights('transfer_kind', 'INSERT, UPDATE, DELETE, TRUNCATE');
        """)
}
