import ServiceKit

extension Queries {
    static let migration = Migration(
        "0011_queries",
        """
        CREATE TABLE read_access (
            subject   uuid        NOT NULL,
            publisher text        NOT NULL,
            type      text        NOT NULL,
            message   uuid        NOT NULL,
            read_at   timestamptz NOT NULL
        );
        CREATE INDEX read_access_subject ON read_access (subject, read_at);
        COMMENT ON TABLE read_access IS 'each query that read personal data: its reader, the person or household, and the time';
        CREATE TRIGGER read_access_append_only
            BEFORE UPDATE OR DELETE OR TRUNCATE ON read_access
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        SELECT permit_only('read_access', 'SELECT, INSERT');
        """)
}
