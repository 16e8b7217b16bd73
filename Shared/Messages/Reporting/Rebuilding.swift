public import Foundation

/// Has reporting forget its cells and make them anew from the journals of the other services.
public struct RebuildCells: Command {
    public static let type = "reporting.cells.rebuild.v1"

    public var reason: String

    public init(reason: String) {
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// Reporting is empty and asks the services that see this to replay their journals to it. Its sequence numbers the rebuild.
public struct RebuildStarted: Fact {
    public static let type = "reporting.rebuild.started.v1"

    public var reason: String

    public init(reason: String) {
        self.reason = reason
    }
}

/// A service has sent facts of its journal again for a rebuild. The last one says that these were all; a rebuild ends when
/// each service has said so, and all that they named has been applied.
public protocol JournalSent: Fact {
    /// The sequence of `RebuildStarted`.
    var rebuild: Int64 { get }
    /// Of the facts that were sent again.
    var facts: [UUID] { get }
    /// Whether these are the last ones.
    var isLast: Bool { get }

    init(rebuild: Int64, facts: [UUID], isLast: Bool)
}

extension JournalSent {
    /// How many facts one message names at most.
    public static var limit: Int { 2_000 }

    public func check(_ checks: inout Checks) {
        checks.count(facts, "facts", 0...Self.limit)
    }
}

/// Registry has sent facts of its journal again, for a rebuild.
public struct RegistryJournalSent: JournalSent {
    public static let type = "registry.journal.sent.v1"

    /// The sequence of the fact that asked for it.
    public var rebuild: Int64
    /// Of the facts that were sent again.
    public var facts: [UUID]
    /// Whether these are the last ones.
    public var isLast: Bool

    public init(rebuild: Int64, facts: [UUID], isLast: Bool) {
        self.rebuild = rebuild
        self.facts = facts
        self.isLast = isLast
    }
}

/// Funding has sent facts of its journal again, for a rebuild.
public struct FundingJournalSent: JournalSent {
    public static let type = "funding.journal.sent.v1"

    /// The sequence of the fact that asked for it.
    public var rebuild: Int64
    /// Of the facts that were sent again.
    public var facts: [UUID]
    /// Whether these are the last ones.
    public var isLast: Bool

    public init(rebuild: Int64, facts: [UUID], isLast: Bool) {
        self.rebuild = rebuild
        self.facts = facts
        self.isLast = isLast
    }
}

/// Events has sent facts of its journal again, for a rebuild.
public struct EventsJournalSent: JournalSent {
    public static let type = "events.journal.sent.v1"

    /// The sequence of the fact that asked for it.
    public var rebuild: Int64
    /// Of the facts that were sent again.
    public var facts: [UUID]
    /// Whether these are the last ones.
    public var isLast: Bool

    public init(rebuild: Int64, facts: [UUID], isLast: Bool) {
        self.rebuild = rebuild
        self.facts = facts
        self.isLast = isLast
    }
}
