import Foundation
import Messages
import Postgres
import ServiceKit

/// A session or posting on which contributions depend, and whether it counts. A batch with such a contribution takes a shared
/// lock on the row, and a cancellation waits for all of them, so that no contribution is missed between two workers.
///
/// The table is named `session` although it also has postings.
struct Ground: Row {
    let id: UUID
    var isCancelled = false

    var key: UUID { id }

    static let table = Table(
        "session", key: "id", lock: .share, Ground.init,
        Field("id", \.id), Field("is_cancelled", \.isCancelled))
}

/// Contributions of a cancelled session never count, in whatever order they come. Nor do those that follow from a posting that
/// was taken back.
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

    /// Takes back all contributions on that ground. It runs in a transaction of its own, so that it finds the contributions
    /// of the same batch.
    ///
    /// It inserts a missing row first. A missing row cannot be locked: another worker could insert it a moment later, and
    /// its contributions would be missed.
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
