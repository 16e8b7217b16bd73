public import Foundation
public import Messages
internal import Postgres

/// What somebody must do because of what has happened, such as to name the new head of a household.
public struct TaskKind: Hashable, Sendable {
    public let name: String

    public init(_ name: String) { self.name = name }
}

/// A task. It has one row for its kind and subject, however often it is raised and settled.
struct OfficeTask: Aggregate {
    let id: UUID
    let kind: String
    let subject: UUID
    var territory: TerritoryCode
    var raisedOn: BusinessDate
    /// The message that raised it last.
    var raisedBy: UUID
    var dueOn: BusinessDate?
    /// Nil while it is open.
    var settledOn: BusinessDate?
    /// The message that settled it.
    var settledBy: UUID?
    /// Whether somebody has dismissed it.
    var isDismissed = false
    /// Counts dismissals: raising and settling by rule emit no facts.
    var sequence: Int64 = 0

    var key: UUID { id }
    var isOpen: Bool { settledOn == nil }

    static let table = Table(
        "task", key: "id", OfficeTask.init,
        Field("id", \.id), Field("kind", \.kind), Field("subject", \.subject),
        Field("territory", \.territory), Field("raised_on", \.raisedOn),
        Field("raised_by", \.raisedBy), Field("due_on", \.dueOn), Field("settled_on", \.settledOn),
        Field("settled_by", \.settledBy), Field("is_dismissed", \.isDismissed),
        Field("sequence", \.sequence))

    var answer: TaskAnswer {
        TaskAnswer(
            task: id, kind: kind, subject: subject, territory: territory, raisedOn: raisedOn,
            raisedBy: raisedBy, dueOn: dueOn, settledOn: settledOn, settledBy: settledBy,
            dismissed: isDismissed)
    }
}

// MARK: The rules' side

extension UnitOfWork {
    /// Opens a task, if it is not open: something has happened that demands it.
    /// - Parameter day: the business date of what has happened.
    /// - Returns: whether it was not open.
    @discardableResult
    public func raise(
        _ kind: TaskKind, _ subject: UUID, in territory: TerritoryCode, on day: BusinessDate,
        due dueOn: BusinessDate? = nil
    ) throws -> Bool {
        let id = Tasks.id(kind, subject)
        let held = try find(OfficeTask.self, id)
        if let held, held.isOpen, held.territory == territory { return false }
        var task =
            held
            ?? OfficeTask(
                id: id, kind: kind.name, subject: subject, territory: territory, raisedOn: day,
                raisedBy: message.id)
        task.territory = territory
        if !task.isOpen || held == nil {
            (task.raisedOn, task.raisedBy, task.dueOn) = (day, message.id, dueOn)
            (task.settledOn, task.settledBy, task.isDismissed) = (nil, nil, false)
        }
        try store(task)
        return held?.isOpen != true
    }

    /// Opens a task if something demands it now, and settles it if nothing does. A rule that calls this after each change, with
    /// what holds then, leaves the same tasks open in whatever order messages come. A task that was dismissed stays so, unless
    /// the day has become another one.
    /// - Parameters:
    ///   - since: the business date from which on it is demanded; nil if it is not.
    ///   - day: the business date on which it is settled then.
    /// - Returns: whether it was opened.
    @discardableResult
    public func demand(
        _ kind: TaskKind, _ subject: UUID, in territory: TerritoryCode,
        since: BusinessDate?, due dueOn: BusinessDate? = nil, settledOn day: BusinessDate
    ) throws -> Bool {
        guard let since else {
            try settle(kind, subject, on: day)
            return false
        }
        let held = try find(OfficeTask.self, Tasks.id(kind, subject))
        guard var task = held, task.isOpen else {
            if let held, held.isDismissed, held.raisedOn == since { return false }
            return try raise(kind, subject, in: territory, on: since, due: dueOn)
        }
        guard (task.territory, task.raisedOn, task.dueOn) != (territory, since, dueOn) else {
            return false
        }
        (task.territory, task.raisedOn, task.dueOn) = (territory, since, dueOn)
        try store(task)
        return false
    }

    /// Lets an open task follow what was corrected or has moved. One that is settled or was dismissed stays as it is.
    /// - Parameters:
    ///   - old: the business date that demanded it until now. A task of another day was demanded by something else, and keeps its
    ///     day. Nil if none is known.
    ///   - day: the business date that demands it now.
    public func follow(
        _ kind: TaskKind, _ subject: UUID, in territory: TerritoryCode, from old: BusinessDate?,
        to day: BusinessDate?
    ) throws {
        guard var task = try find(OfficeTask.self, Tasks.id(kind, subject)), task.isOpen else {
            return
        }
        let since = task.raisedOn == old ? day ?? task.raisedOn : task.raisedOn
        guard (task.territory, task.raisedOn) != (territory, since) else { return }
        (task.territory, task.raisedOn) = (territory, since)
        try store(task)
    }

    /// Settles a task, if it is open: what it asks for is done, or needs no doing any more.
    /// - Returns: whether it was ever raised.
    @discardableResult
    public func settle(_ kind: TaskKind, _ subject: UUID, on day: BusinessDate) throws -> Bool {
        guard var task = try find(OfficeTask.self, Tasks.id(kind, subject)) else { return false }
        guard task.isOpen else { return true }
        (task.settledOn, task.settledBy) = (max(day, task.raisedOn), message.id)
        try store(task)
        return true
    }
}

extension Keys {
    /// The row of a task that the message may settle.
    public mutating func needTask(_ kind: TaskKind, _ subject: UUID) {
        need(OfficeTask.self, Tasks.id(kind, subject))
    }
}

/// The tasks of a service: a table, a query, a command and a gauge.
public enum Tasks {
    /// The id of a task: it follows from its kind and subject.
    public static func id(_ kind: TaskKind, _ subject: UUID) -> UUID {
        DerivedID.task(kind.name, of: subject)
    }

    /// - Parameters:
    ///   - whom: the person or household whom a task is about, if the subject is a record of theirs: the reason of a dismissal goes
    ///     with their erasure.
    ///   - requireOfficer: refuses an actor who does not hold the office on that day.
    public static func register<Listing: TaskListing, Settling: TaskSettling>(
        in router: inout Router, _ listing: Listing.Type, _ settling: Settling.Type,
        kinds: [TaskKind],
        whom:
            @escaping @Sendable (
                _ kind: TaskKind, _ subject: UUID, _ unit: UnitOfWork
            ) throws -> UUID = { _, subject, _ in subject },
        requireOfficer:
            @escaping @Sendable (
                _ actor: Actor, _ day: BusinessDate, _ unit: UnitOfWork
            ) throws -> Void
    ) {
        router.on(listing) { try TaskList(kinds: kinds).answer($0.about, $1) }
        router.on(
            settling, keys: { $1.need(OfficeTask.self, $0.about.task) },
            { try dismiss($0, $1, whom, requireOfficer) })
    }

    private static func dismiss<Settling: TaskSettling>(
        _ command: Settling, _ unit: UnitOfWork,
        _ whom: (TaskKind, UUID, UnitOfWork) throws -> UUID,
        _ requireOfficer: (Actor, BusinessDate, UnitOfWork) throws -> Void
    ) throws -> Emission {
        let about = command.about
        guard var task = try unit.find(OfficeTask.self, about.task) else {
            throw Refusal(unit.isUnlimited ? .unknownTask : .outOfScope, at: "/task")
        }
        try unit.requireScope(task.territory, at: "/task")
        try unit.requireScope(about.actor.territory, at: "/actor/territory")
        guard try unit.standing(task.territory).allSatisfy(about.actor.territory.contains) else {
            throw Refusal(
                .outsideTaskTerritory, at: "/actor/territory",
                expected: "the code of a territory that contains \(task.territory)")
        }
        guard task.isOpen else { throw Refusal(.taskSettled, at: "/task") }
        try about.settledOn.require(from: task.raisedOn, else: .settledTooEarly, at: "/settledOn")
        guard about.settledOn <= unit.days.latest else {
            throw Refusal(
                .settledInFuture, at: "/settledOn", expected: "\(unit.days.latest) at the latest")
        }
        try requireOfficer(about.actor, about.settledOn, unit)
        (task.settledOn, task.settledBy, task.isDismissed) = (
            about.settledOn, unit.message.id, true
        )
        unit.keep(
            about.reason, "reason", of: unit.message.id,
            about: try whom(TaskKind(task.kind), task.subject, unit))
        let fact = Settling.Settled(
            SettledTask(
                task: task.id, kind: task.kind, subject: task.subject, territory: task.territory,
                settledOn: about.settledOn, actor: about.actor))
        return try unit.save(&task, fact)
    }

    /// Counts the open tasks of each kind.
    public static func job(_ kinds: [TaskKind]) -> Job {
        Job("tasks", every: .seconds(10)) { context in
            let rows = try context.connection.run(
                "SELECT kind, count(*) FROM task WHERE settled_on IS NULL GROUP BY kind")
            var counts = Dictionary(kinds.map { ($0.name, Int64(0)) }, uniquingKeysWith: max)
            for row in rows {
                counts[try row.decode(String.self, at: 0)] = try row.decode(Int64.self, at: 1)
            }
            for (kind, count) in counts {
                context.measure("nuanxin_tasks_open", count, by: [("kind", kind)])
            }
        }
    }

    public static func migration(_ name: String) -> Migration {
        Migration(
            name,
            """
            -- What life events demand of somebody, until it is done. The id follows from kind and subject.
            CREATE TABLE task (
                id           uuid    PRIMARY KEY,
                kind         text    NOT NULL,
                subject      uuid    NOT NULL,
                territory    text    COLLATE "C" NOT NULL,
                raised_on    date    NOT NULL,
                raised_by    uuid    NOT NULL,
                due_on       date,
                settled_on   date    CHECK (settled_on >= raised_on),
                settled_by   uuid,
                is_dismissed boolean NOT NULL,
                sequence     bigint  NOT NULL CHECK (sequence >= 0),
                CHECK ((settled_on IS NULL) = (settled_by IS NULL)),
                CHECK (settled_on IS NOT NULL OR NOT is_dismissed)
            );
            CREATE INDEX task_open ON task (territory, id) WHERE settled_on IS NULL;
            CREATE INDEX task_settled ON task (territory, id) WHERE settled_on IS NOT NULL;
            """)
    }
}

extension RefusalCode {
    static let unknownTask = RefusalCode("unknown_task", "the id of a task")
    static let taskSettled = RefusalCode("task_settled", "a task that is open")
    static let settledTooEarly = RefusalCode(
        "settled_too_early", "a date on or after the one on which the task was raised")
    static let settledInFuture = RefusalCode("settled_in_future", "a day that has come")
    static let outsideTaskTerritory = RefusalCode(
        "outside_territory", "a territory that contains the task's")
    static let unknownTaskKind = RefusalCode("unknown_task_kind", "a kind of task of this service")
}
