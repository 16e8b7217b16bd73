internal import Foundation
internal import Logging
internal import Messages
internal import Postgres

/// Messages that may be what has ended a process, each tried alone and written down before.
///
/// When a process ends, the broker delivers again all that was on its way to it. One of these messages may be the cause, the
/// others are innocent. So each is decided in a transaction of its own, and a row of `trial` says so from before it is read until
/// that transaction commits. A process that ends meanwhile leaves the row behind. Whoever gets the message next sets it aside:
/// that is its third delivery at the latest.
///
/// The broker's count of deliveries is not asked. It rises for innocent messages too, and a publisher may write such a header.
struct Trials {
    /// What the dead letter says was found.
    static let reason = "a message in whose handling a process ended"

    /// What is known of a message before it is tried.
    enum Finding: Equatable {
        case open
        /// A process has ended while it was tried. Whether it could be read: if not, reading it may be the cause.
        case deadly(isReadable: Bool)
    }

    /// A process lives as long as its memory: what it tried itself has not ended it.
    static let thisProcess = UUID()

    let connection: Connection
    let process: UUID
    let logger: Logger

    /// Looks at a message. A suspect one is put on trial before it is read.
    func examine(_ intake: Intake, by examination: Examination, _ now: Timestamp) throws -> Examined
    {
        guard intake.isSuspect else { return examination.examine(intake, now: now) }
        let digest = examination.digest(intake)
        guard case .deadly(let isReadable) = try begin(digest) else {
            let examined = examination.examine(intake, now: now)
            try noteReadable(digest)
            return examined
        }
        var intake = intake
        intake.deadReason = intake.deadReason ?? Self.reason
        intake.isUnreadable = !isReadable
        logger.critical(
            "a message that has ended a process is set aside",
            metadata: [
                // Publishers may write anything there, such as a name.
                "type": "\(Examination.plausible(intake.routingKey) ?? "")",
                "publisher": "\(intake.publisher ?? "")",
            ])
        return examination.examine(intake, now: now)
    }

    /// Seconds for which a message is left to another process that is trying it. A process that has just ended may have left a
    /// session that the server still has to notice.
    private static let patience = 5

    private static let isTriedElsewhere = PostgresError(
        sqlState: .lockNotAvailable, message: "another process tries this message")

    /// Writes down that a message is about to be tried.
    /// - Throws: `HeldBatch` while another process tries it.
    func begin(_ digest: [UInt8]) throws -> Finding {
        let results = try connection.pipeline(Self.own(Self.begin(digest, process)))
        guard var row = results[2].first?.cursor() else {
            throw HeldBatch(cause: Self.isTriedElsewhere)
        }
        let hasEnded = try row.next(Bool.self)
        return hasEnded ? .deadly(isReadable: try row.next(Bool.self)) : .open
    }

    /// Notes that the message could be read.
    func noteReadable(_ digest: [UInt8]) throws {
        _ = try connection.pipeline(
            Self.own("UPDATE trial SET is_readable = true WHERE digest = \(digest)"))
    }

    /// A transaction of its own. A row outlives the process without waiting for the disk; if the server ends too, then the
    /// message is not to blame.
    private static func own(_ statement: Statement) -> [Statement] {
        ["BEGIN", "SET LOCAL synchronous_commit = off", statement, "COMMIT"]
    }

    /// A row is evidence if another process wrote it, whose session is gone although the server was not started since. Nothing
    /// comes back if that session is there.
    private static func begin(_ digest: [UInt8], _ process: UUID) -> Statement {
        """
        INSERT INTO trial AS t (digest, process, session, began_at)
        VALUES (\(digest), \(process), pg_backend_pid(), clock_timestamp())
        ON CONFLICT (digest) DO UPDATE
        SET has_ended = t.has_ended OR (
                t.process <> EXCLUDED.process AND t.began_at > pg_postmaster_start_time()
                AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = t.session)),
            process = EXCLUDED.process, session = EXCLUDED.session, began_at = EXCLUDED.began_at
        WHERE t.process = EXCLUDED.process
           OR t.began_at < clock_timestamp() - make_interval(secs => \(Int32(patience)))
           OR NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = t.session)
        RETURNING has_ended, is_readable
        """
    }

    /// Forgets messages that never came again.
    static func purge(before time: Timestamp) -> Statement {
        "DELETE FROM trial WHERE began_at < \(time)"
    }

    /// Part of the transaction that decides them.
    static func end(_ digests: [[UInt8]]) -> Statement {
        "DELETE FROM trial WHERE digest = ANY(\(digests))"
    }
}
