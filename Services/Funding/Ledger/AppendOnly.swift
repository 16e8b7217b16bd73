import ServiceKit

/// Functions with which the schemas of the features protect their tables.
enum AppendOnly {
    static let migration = Migration(
        "0001_append_only",
        """
        -- For tables whose rows stay as they were written. A wrong row is corrected by another one.
        CREATE FUNCTION refuse_change() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only',
                      TABLE = TG_TABLE_NAME;
        END $$;

        -- Revokes rights on a table that the runtime role was given by default.
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
        """)
}
