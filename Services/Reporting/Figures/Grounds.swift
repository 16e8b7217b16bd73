import Foundation
import Messages
import Postgres
import ServiceKit

/// What contributions stand on, a session or a posting, and whether they count. Every batch with a contribution of it
/// shares the lock of this row, and the cancellation waits for all of them, so that none slips through between two workers.
///
/// The table has its name from the time when there were sessions only.
struct Ground: Row {
    let id: UUID
    var isCancelled = false

    var key: UUID { id }

    static let table = Table<Ground>(
        "session", key: "id", lock: .share,
        columns: [Column("id", { $0.id }), Column("is_cancelled", { $0.isCancelled })]
    ) { row in
        Ground(id: try row.next(UUID.self), isCancelled: try row.next(Bool.self))
    }
}

/// A cancelled session counts nothing, whatever was or will be recorded for it; nor does what follows from a posting
/// that was taken back.
enum Grounds {
    static func counts(_ ground: UUID?, _ unit: UnitOfWork) throws -> Bool {
        guard let ground else { return true }
        if let held = try unit.find(Ground.self, ground) { return !held.isCancelled }
        try unit.store(Ground(id: ground))
        return true
    }

    static func cancel(_ fact: SessionCancelled, _ unit: UnitOfWork) throws {
        try cancel(fact.session.uuid, unit)
    }

    /// Takes back what was contributed on that ground. Alone in its transaction, so that the contributions
    /// of the same batch are among what it finds.
    ///
    /// The row is made first if it is not there. A lock of a row that nobody has made yet locks nothing: made by
    /// another worker a moment later, it would be found below with its contributions still to come.
    static func cancel(_ ground: UUID, _ unit: UnitOfWork) throws {
        try unit.execute(
            """
            INSERT INTO session (id, is_cancelled) VALUES (\(ground), false)
            ON CONFLICT (id) DO UPDATE SET is_cancelled = session.is_cancelled
            """)
        if try unit.find(Ground.self, ground)?.isCancelled == true { return }
        try unit.store(Ground(id: ground, isCancelled: true))
        let taken = try unit.execute(
            """
            UPDATE contribution SET counts = false
            WHERE session = \(ground) AND counts
            RETURNING source, territory, day, programme, dimension, times, amount
            """)
        for row in taken { unit.append(try Delta(takingBack: row)) }
    }
}
