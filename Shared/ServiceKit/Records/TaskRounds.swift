public import Foundation
public import Messages
public import Postgres

/// What a job has found of tasks of one kind: those that stand, and those that need no doing any more.
///
/// It is for rules that no single message can follow, because they compare many records. What a message does by itself, its
/// handler raises and settles.
public struct TaskRound: Sendable {
    let kind: TaskKind
    private var raised = Raised()
    private var settled = Settled()

    private struct Raised: Sendable {
        var ids: [UUID] = []
        var subjects: [UUID] = []
        var territories: [TerritoryCode] = []
        var days: [BusinessDate] = []
        var causes: [UUID] = []
    }

    private struct Settled: Sendable {
        var ids: [UUID] = []
        var causes: [UUID] = []
    }

    public init(_ kind: TaskKind) { self.kind = kind }

    /// Opens a task, or moves it to that territory, when the round is stored. One that somebody has dismissed stays so.
    /// - Parameters:
    ///   - day: the business date of what demands it.
    ///   - cause: the message after which it was found.
    public mutating func raise(
        _ subject: UUID, in territory: TerritoryCode, on day: BusinessDate, because cause: UUID
    ) {
        raised.ids.append(Tasks.id(kind, subject))
        raised.subjects.append(subject)
        raised.territories.append(territory)
        raised.days.append(day)
        raised.causes.append(cause)
    }

    /// Settles a task when the round is stored, if it is open.
    public mutating func settle(_ subject: UUID, because cause: UUID) {
        settled.ids.append(Tasks.id(kind, subject))
        settled.causes.append(cause)
    }

    /// Stores what was found, in the transaction of the job. Each subject must have been named once.
    /// - Parameter today: the day on which tasks are settled.
    public func store(_ connection: Connection, today: BusinessDate) throws {
        if !raised.ids.isEmpty {
            _ = try connection.run(
                """
                INSERT INTO task AS t
                    (id, kind, subject, territory, raised_on, raised_by, is_dismissed, sequence)
                SELECT v.id, \(kind.name), v.subject, v.territory, v.day, v.cause, false, 0
                FROM unnest(\(raised.ids), \(raised.subjects), \(raised.territories),
                            \(raised.days), \(raised.causes))
                     AS v(id, subject, territory, day, cause)
                ORDER BY v.id
                ON CONFLICT (id) DO UPDATE SET
                    territory = excluded.territory,
                    raised_on = CASE WHEN t.settled_on IS NULL THEN t.raised_on
                                     ELSE excluded.raised_on END,
                    raised_by = CASE WHEN t.settled_on IS NULL THEN t.raised_by
                                     ELSE excluded.raised_by END,
                    settled_on = NULL, settled_by = NULL
                WHERE NOT t.is_dismissed
                  AND (t.settled_on IS NOT NULL OR t.territory <> excluded.territory)
                """)
        }
        guard !settled.ids.isEmpty else { return }
        // Locked in their order, as the batches of the workers do.
        _ = try connection.run(
            """
            WITH standing AS MATERIALIZED (
                SELECT id FROM task WHERE id = ANY(\(settled.ids)) AND settled_on IS NULL
                ORDER BY id FOR UPDATE)
            UPDATE task AS t SET settled_on = greatest(t.raised_on, \(today)), settled_by = v.cause
            FROM standing JOIN unnest(\(settled.ids), \(settled.causes)) AS v(id, cause) USING (id)
            WHERE t.id = standing.id
            """)
    }
}

extension UnitOfWork {
    /// Notes that somebody has decided the matter of a task for good: it is not raised again by a round, and need not have
    /// been raised before.
    public func dismiss(
        _ kind: TaskKind, _ subject: UUID, in territory: TerritoryCode, on day: BusinessDate
    ) throws {
        let id = Tasks.id(kind, subject)
        var task =
            try find(OfficeTask.self, id)
            ?? OfficeTask(
                id: id, kind: kind.name, subject: subject, territory: territory, raisedOn: day,
                raisedBy: message.id)
        guard !task.isDismissed else { return }
        (task.settledOn, task.settledBy) = (max(day, task.raisedOn), message.id)
        task.isDismissed = true
        try store(task)
    }
}
