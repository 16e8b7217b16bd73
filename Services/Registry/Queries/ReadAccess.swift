import Foundation
import Messages
import Postgres
import ServiceKit

/// One answer about a person or household: to whom, by which query, and when. Never changed or
/// deleted.
struct ReadAccess: Record {
    /// A person or a household.
    let subject: UUID
    let publisher: String
    let type: String
    let message: UUID
    let readAt: Timestamp

    init(of subject: UUID, by unit: UnitOfWork) {
        self.subject = subject
        publisher = unit.publisher
        type = unit.message.type
        message = unit.message.id
        readAt = unit.now
    }

    static let table = RecordTable<ReadAccess>(
        "read_access",
        columns: [
            Column("subject", \.subject), Column("publisher", \.publisher), Column("type", \.type),
            Column("message", \.message), Column("read_at", \.readAt),
        ])
}
