import ServiceKit

/// The function by which schemas of the features keep the runtime role from changing their tables.
enum TableRights {
    static let migration = Migration(
        "0001_table_rights",
        """
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
