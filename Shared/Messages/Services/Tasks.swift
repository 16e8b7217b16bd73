public import FoundationEssentials

/// Whether a task is still to be done.
public enum TaskState: String, WireEnum {
    case open, settled
}

/// Asks a service for its tasks: what life events demand of somebody, in the order of their territories.
public protocol TaskListing: Query, HasSubject where Subject == TaskSelection {
    init(_ about: TaskSelection)
}

extension TaskListing {
    public func check(_ checks: inout Checks) {
        checks.text(about.kind, "kind", TextLimit.key)
        checks.number(about.limit, "limit", 1...TaskSelection.largestPage)
    }
}

/// Which tasks are asked for.
public struct TaskSelection: Flattened {
    public var state: TaskState
    /// The territory, with everything inside it; nil for all that the publisher may see.
    public var within: TerritoryCode?
    /// Such as `name_successor`.
    public var kind: String?
    /// The last task of the page before; nil for the first page.
    public var after: UUID?
    /// Tasks on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public static let largestPage = 200
    public static let usualPage = 50

    public init(
        _ state: TaskState = .open, within: TerritoryCode? = nil, kind: String? = nil,
        after: UUID? = nil, limit: Int? = nil
    ) {
        self.state = state
        self.within = within
        self.kind = kind
        self.after = after
        self.limit = limit
    }
}

/// Asks registry for its tasks.
public struct ListRegistryTasks: TaskListing {
    public static let type = "registry.tasks.list.v1"

    public var about: TaskSelection

    public init(_ about: TaskSelection) { self.about = about }
}

/// Asks funding for its tasks.
public struct ListFundingTasks: TaskListing {
    public static let type = "funding.tasks.list.v1"

    public var about: TaskSelection

    public init(_ about: TaskSelection) { self.about = about }
}

/// Asks events for its tasks.
public struct ListEventsTasks: TaskListing {
    public static let type = "events.tasks.list.v1"

    public var about: TaskSelection

    public init(_ about: TaskSelection) { self.about = about }
}

/// One page of tasks.
public struct TasksAnswer: Codable, Hashable, Sendable {
    public var tasks: [TaskAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: UUID?

    public init(tasks: [TaskAnswer], next: UUID? = nil) {
        self.tasks = tasks
        self.next = next
    }
}

/// A task. Rules raise it, and settle it when what it asks for is done.
public struct TaskAnswer: Codable, Hashable, Sendable {
    public var task: UUID
    public var kind: String
    /// The record that it is about, such as a household.
    public var subject: UUID
    public var territory: TerritoryCode
    /// The business date of the event that demands it.
    public var raisedOn: BusinessDate
    /// The message that raised it.
    public var raisedBy: UUID
    public var dueOn: BusinessDate?
    public var settledOn: BusinessDate?
    /// The message that settled it.
    public var settledBy: UUID?
    /// True if somebody has dismissed it.
    public var dismissed: Bool

    public init(
        task: UUID, kind: String, subject: UUID, territory: TerritoryCode, raisedOn: BusinessDate,
        raisedBy: UUID, dueOn: BusinessDate? = nil, settledOn: BusinessDate? = nil,
        settledBy: UUID? = nil, dismissed: Bool = false
    ) {
        self.task = task
        self.kind = kind
        self.subject = subject
        self.territory = territory
        self.raisedOn = raisedOn
        self.raisedBy = raisedBy
        self.dueOn = dueOn
        self.settledOn = settledOn
        self.settledBy = settledBy
        self.dismissed = dismissed
    }
}

// MARK: Settling

/// Dismisses a task that nothing will settle by itself.
public protocol TaskSettling: Command, HasSubject where Subject == TaskDismissal {
    associatedtype Settled: TaskSettlement

    init(_ about: TaskDismissal)
}

extension TaskSettling {
    public func check(_ checks: inout Checks) {
        checks.happened(about.settledOn, "settledOn")
        checks.text(about.reason, "reason", TextLimit.reason)
    }
}

/// Which task is dismissed, by whom and why.
public struct TaskDismissal: Flattened {
    public var task: UUID
    public var settledOn: BusinessDate
    public var reason: String
    public var actor: Actor

    public init(task: UUID, settledOn: BusinessDate, reason: String, actor: Actor) {
        self.task = task
        self.settledOn = settledOn
        self.reason = reason
        self.actor = actor
    }
}

/// A task was dismissed. The reason stays in the service.
public protocol TaskSettlement: Fact, HasSubject where Subject == SettledTask {
    init(_ about: SettledTask)
}

/// The task that was dismissed, and by whom.
public struct SettledTask: Flattened {
    public var task: UUID
    public var kind: String
    public var subject: UUID
    public var territory: TerritoryCode
    public var settledOn: BusinessDate
    public var actor: Actor

    public init(
        task: UUID, kind: String, subject: UUID, territory: TerritoryCode,
        settledOn: BusinessDate, actor: Actor
    ) {
        self.task = task
        self.kind = kind
        self.subject = subject
        self.territory = territory
        self.settledOn = settledOn
        self.actor = actor
    }
}

/// Dismisses a task of registry.
public struct SettleRegistryTask: TaskSettling {
    public typealias Settled = RegistryTaskSettled
    public static let type = "registry.task.settle.v1"

    public var about: TaskDismissal

    public init(_ about: TaskDismissal) { self.about = about }
}

/// A task of registry was dismissed.
public struct RegistryTaskSettled: TaskSettlement {
    public static let type = "registry.task.settled.v1"

    public var about: SettledTask

    public init(_ about: SettledTask) { self.about = about }
}

/// Dismisses a task of funding.
public struct SettleFundingTask: TaskSettling {
    public typealias Settled = FundingTaskSettled
    public static let type = "funding.task.settle.v1"

    public var about: TaskDismissal

    public init(_ about: TaskDismissal) { self.about = about }
}

/// A task of funding was dismissed.
public struct FundingTaskSettled: TaskSettlement {
    public static let type = "funding.task.settled.v1"

    public var about: SettledTask

    public init(_ about: SettledTask) { self.about = about }
}

/// Dismisses a task of events.
public struct SettleEventsTask: TaskSettling {
    public typealias Settled = EventsTaskSettled
    public static let type = "events.task.settle.v1"

    public var about: TaskDismissal

    public init(_ about: TaskDismissal) { self.about = about }
}

/// A task of events was dismissed.
public struct EventsTaskSettled: TaskSettlement {
    public static let type = "events.task.settled.v1"

    public var about: SettledTask

    public init(_ about: SettledTask) { self.about = about }
}
