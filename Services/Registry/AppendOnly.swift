import ServiceKit

/// The trigger function of tables whose rows are never changed or deleted: decisions about consent,
/// seats of councils, and reads of personal data.
enum AppendOnly {
    static let migration = Migration(
        "0001_append_only",
        """
        CREATE FUNCTION refuse_change() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END $$;
        """)
}
