public import Foundation
internal import Messages
internal import Postgres

/// One answer to a query: to whom, by which query, and when. Never changed or deleted.
public struct ReadAccess: Record {
    /// The person, household or other record that it was about; nil for a list that names no person.
    let subject: UUID?
    let publisher: String
    let type: String
    let message: UUID
    let readAt: Timestamp

    public init(of subject: UUID?, by unit: UnitOfWork) {
        self.subject = subject
        publisher = unit.publisher
        type = unit.message.type
        message = unit.message.id
        readAt = unit.now
    }

    public static let table = RecordTable<ReadAccess>(
        "read_access",
        columns: [
            Column("subject", \.subject), Column("publisher", \.publisher), Column("type", \.type),
            Column("message", \.message), Column("read_at", \.readAt),
        ])

    public static func migration(_ name: String) -> Migration {
        Migration(
            name,
            """
            CREATE TABLE read_access (
                subject   uuid,
                publisher text        NOT NULL,
                type      text        NOT NULL,
                message   uuid        NOT NULL,
                read_at   timestamptz NOT NULL
            );
            CREATE INDEX read_access_subject ON read_access (subject, read_at);
            COMMENT ON TABLE read_access IS 'each query that was answered: its reader, whom it was about, and the time';
            CREATE TRIGGER read_access_append_only
                BEFORE UPDATE OR DELETE OR TRUNCATE ON read_access
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
            """)
    }
}

extension UnitOfWork {
    /// Notes that the query's answer is about these records, each once; about none of them, if it is a list.
    public func logReading(of subjects: [UUID]) {
        guard !subjects.isEmpty else { return append(ReadAccess(of: nil, by: self)) }
        for subject in Set(subjects) { append(ReadAccess(of: subject, by: self)) }
    }
}
