import Foundation
import Messages
import Postgres
import ServiceKit

/// The kind of record for which an id was chosen.
///
/// Publishers choose ids, and some things are kept by id alone: keys that seal personal data, and rows that messages wait for. So an
/// id belongs to one kind for ever. The database refuses it for another one, also if two workers meet.
enum RecordKind: String, PostgresValue {
    case person, household, assertion, membership, site, commendation, handover
}

struct RecordID: Record {
    let id: UUID
    let kind: RecordKind

    static let table = RecordTable<RecordID>(
        "record_id", columns: [Column("id", \.id), Column("kind", \.kind)])

    // The first of the tables that hold records.
    static let migration = Migration(
        "0012_record_ids",
        """
        CREATE TABLE record_id (
            id   uuid PRIMARY KEY,
            kind text NOT NULL CHECK (kind IN ('person', 'household', 'assertion', 'membership',
                                               'site', 'commendation', 'handover'))
        );
        COMMENT ON TABLE record_id IS 'each id that was chosen for a record, and its kind';
        SELECT permit_only('record_id', 'SELECT, INSERT');
        """)
}

extension UnitOfWork {
    /// Takes the id of a new record. The database refuses it if a record of another kind has it.
    func claim(_ id: UUID, as kind: RecordKind) { append(RecordID(id: id, kind: kind)) }
}

extension RefusalCode {
    static let idOfOtherKind = RefusalCode(
        "id_of_other_kind", "an id that no record of another kind has")
}
