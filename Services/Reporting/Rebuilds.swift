import Foundation
import Messages
import Postgres
import ServiceKit

/// The last time that reporting began anew.
struct Rebuild: Aggregate {
    var reason: String
    var startedAt: Timestamp
    /// Until then nothing is published: half of the figures would be wrong.
    var heldUntil: Timestamp
    var sequence: Int64 = 0

    /// There is one.
    static let name = "cells"
    var key: String { Self.name }

    static let table = Table<Rebuild>(
        "rebuild", key: "name",
        columns: [
            Column("name", { $0.key }), Column("reason", { $0.reason }),
            Column("started_at", { $0.startedAt }), Column("held_until", { $0.heldUntil }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        _ = try row.next(String.self)
        return Rebuild(
            reason: try row.next(String.self), startedAt: try row.next(Timestamp.self),
            heldUntil: try row.next(Timestamp.self), sequence: try row.next(Int64.self))
    }
}

/// Makes all figures anew from the journals of the other services.
enum Rebuilds {
    /// Without a fact for this long, in microseconds, the figures are taken to be whole again.
    private static let quiet: Int64 = 5_000_000
    /// The first facts may take this long to arrive.
    private static let patience: Int64 = 15_000_000

    static func quiet(from now: Timestamp) -> Timestamp {
        Timestamp(microseconds: now.microseconds + quiet)
    }

    /// Forgets what facts have brought and asks for all of them again: of all territories, so only the operator may.
    ///
    /// Batches of other workers hold a lock of `inbox` from their first statement to their commit, so the
    /// exclusive lock waits until they are done, and later ones begin with nothing. From then on a fact
    /// counts once, whether it comes live, replayed or both ways: the inbox drops the second one, and so
    /// does its version. What services record before they see `RebuildStarted` is in the replay; what they
    /// record after it reaches reporting after this.
    static func start(_ command: RebuildCells, _ unit: UnitOfWork) throws -> Outcome {
        guard unit.isUnlimited else { return .rejected(.outOfScope, at: "") }
        for statement in forget { try unit.execute(statement) }
        var rebuild =
            try unit.find(Rebuild.self, Rebuild.name)
            ?? Rebuild(reason: command.reason, startedAt: unit.now, heldUntil: unit.now)
        rebuild.reason = command.reason
        rebuild.startedAt = unit.now
        rebuild.heldUntil = Timestamp(microseconds: unit.now.microseconds + patience)
        try unit.save(&rebuild)
        return .accepted(RebuildStarted(reason: command.reason), of: rebuild)
    }

    private static let forget: [Statement] = [
        Summaries.lock,
        "LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE",
        "UPDATE intake SET changed_at = now(), method_at = now()",
        "DELETE FROM delta",
        "DELETE FROM cell",
        "DELETE FROM contribution",
        "DELETE FROM session",
        "DELETE FROM person_alias",
        // Facts that were applied (4) or buried (5) may come again; what was decided of commands stays.
        "DELETE FROM inbox WHERE state IN (4, 5)",
    ]

    static let migration = Migration(
        "0008_rebuild",
        """
        CREATE TABLE rebuild (
            name       text        PRIMARY KEY,
            reason     text        NOT NULL,
            started_at timestamptz NOT NULL,
            held_until timestamptz NOT NULL,
            sequence   bigint      NOT NULL
        );
        """)
}
