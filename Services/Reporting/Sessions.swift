import Foundation
import Messages
import Postgres
import ServiceKit

/// Whether a session counts. Every batch with a contribution of a session shares the lock of this row, and
/// the cancellation waits for all of them, so that none slips through between two workers.
struct HeldSession: Row {
    let id: SessionID
    var isCancelled = false

    var key: UUID { id.uuid }

    static let table = Table<HeldSession>(
        "session", key: "id", lock: .share,
        columns: [Column("id", { $0.id }), Column("is_cancelled", { $0.isCancelled })]
    ) { row in
        HeldSession(id: try row.next(SessionID.self), isCancelled: try row.next(Bool.self))
    }
}

/// A cancelled session counts nothing, whatever was or will be recorded for it.
enum Sessions {
    static func counts(_ session: SessionID?, _ unit: UnitOfWork) throws -> Bool {
        guard let session else { return true }
        if let held = try unit.find(HeldSession.self, session.uuid) { return !held.isCancelled }
        try unit.store(HeldSession(id: session))
        return true
    }

    /// Takes back what the session has contributed. Alone in its transaction, so that the contributions
    /// of the same batch are among what it finds.
    ///
    /// The row is made first if it is not there. A lock of a row that nobody has made yet locks nothing: made by
    /// another worker a moment later, it would be found below with its contributions still to come.
    static func cancel(_ fact: SessionCancelled, _ unit: UnitOfWork) throws -> Outcome {
        try unit.execute(
            """
            INSERT INTO session (id, is_cancelled) VALUES (\(fact.session), false)
            ON CONFLICT (id) DO UPDATE SET is_cancelled = session.is_cancelled
            """)
        let held = try unit.find(HeldSession.self, fact.session.uuid)
        if held?.isCancelled == true { return .ignored }
        try unit.store(HeldSession(id: fact.session, isCancelled: true))
        let taken = try unit.execute(
            """
            UPDATE contribution SET counts = false
            WHERE session = \(fact.session) AND counts
            RETURNING source, territory, day, programme, dimension, times, amount
            """)
        for row in taken { unit.append(try Delta(takingBack: row)) }
        return .applied
    }
}
