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
    /// The sequence of the fact that says so; 0 if none does. A later one says more.
    var version: Int64 = 0

    var key: UUID { id }

    static let table = Table(
        "session", key: "id", lock: .share, Ground.init,
        Field("id", \.id), Field("is_cancelled", \.isCancelled), Field("version", \.version))
}

/// Contributions of a cancelled session do not count, in whatever order they come, unless it was opened again. Nor do those that
/// follow from a posting that was taken back.
enum Grounds {
    static func counts(_ ground: UUID?, _ unit: UnitOfWork) throws -> Bool {
        guard let ground else { return true }
        if let held = try unit.find(Ground.self, ground) { return !held.isCancelled }
        try unit.store(Ground(id: ground))
        return true
    }

    static func cancel(_ fact: SessionCancelled, _ unit: UnitOfWork) throws {
        guard
            try change(fact.session.uuid, isCancelled: true, unit.message.sequence ?? 1, unit)
        else { return }
        try takeBack(fact.session.uuid, unit)
    }

    /// What was contributed on the ground of the session counts again, except what is void by itself.
    static func reopen(_ fact: SessionReopened, _ unit: UnitOfWork) throws {
        let session = fact.session.uuid
        if try change(session, isCancelled: false, unit.message.sequence ?? 1, unit) {
            let counted = try unit.execute(
                """
                UPDATE contribution SET counts = true
                WHERE session = \(session) AND NOT counts AND NOT is_void AND is_dated
                  AND (cause IS NULL OR position(cause::text IN reversed) = 0)
                RETURNING source, territory, day, programme, dimension, times, amount
                """)
            for row in counted { unit.append(try Delta(row, sign: 1)) }
        }
        try Contributions.take(fact.entries, unit)
    }

    /// Takes back all that followed from a posting. Nothing makes it good: money that is paid again is another posting.
    static func cancel(_ posting: UUID, _ unit: UnitOfWork) throws {
        guard try change(posting, isCancelled: true, .max, unit) else { return }
        try takeBack(posting, unit)
    }

    /// Notes whether a ground counts, if no later fact has said so. It runs in a transaction of its own, so that contributions of
    /// the same batch are found.
    ///
    /// It inserts a missing row first. A missing row cannot be locked: another worker could insert it a moment later, and
    /// its contributions would be missed.
    /// - Returns: whether it counts otherwise than before.
    private static func change(
        _ ground: UUID, isCancelled: Bool, _ version: Int64, _ unit: UnitOfWork
    ) throws -> Bool {
        try unit.execute(
            """
            INSERT INTO session (id, is_cancelled) VALUES (\(ground), false)
            ON CONFLICT (id) DO UPDATE SET is_cancelled = session.is_cancelled
            """)
        let held = try unit.find(Ground.self, ground) ?? Ground(id: ground)
        guard version > held.version else { return false }
        try unit.store(Ground(id: ground, isCancelled: isCancelled, version: version))
        return held.isCancelled != isCancelled
    }

    private static func takeBack(_ ground: UUID, _ unit: UnitOfWork) throws {
        let taken = try unit.execute(
            """
            UPDATE contribution SET counts = false
            WHERE session = \(ground) AND counts
            RETURNING source, territory, day, programme, dimension, times, amount
            """)
        for row in taken { unit.append(try Delta(row, sign: -1)) }
    }
}
