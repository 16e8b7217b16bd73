public import Foundation

/// Deletes reporting's cells and builds them again from the journals of the other services.
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

/// Reporting is empty, and the other services replay their journals to it. The fact's sequence is
/// the number of the rebuild.
public struct RebuildStarted: Fact {
    public static let type = "reporting.rebuild.started.v1"

    public var reason: String

    public init(reason: String) {
        self.reason = reason
    }
}

/// A service has sent facts of its journal again for a rebuild. The last such fact of a service has
/// `isLast`. A rebuild ends when each service has sent its last one and all facts that were named
/// are applied.
public protocol JournalSent: Fact, HasSubject where Subject == ReplayedFacts {
    init(_ about: ReplayedFacts)
}

extension JournalSent {
    /// Largest number of facts in one message.
    public static var limit: Int { 2_000 }

    public func check(_ checks: inout Checks) {
        checks.count(about.facts, "facts", 0...Self.limit)
    }
}

/// Facts that a service has sent again.
public struct ReplayedFacts: Flattened {
    /// The sequence of the `RebuildStarted` that asked for them.
    public var rebuild: Int64
    /// Ids of the facts.
    public var facts: [UUID]
    /// True if they are the last ones.
    public var isLast: Bool

    public init(rebuild: Int64, facts: [UUID], isLast: Bool) {
        self.rebuild = rebuild
        self.facts = facts
        self.isLast = isLast
    }
}

/// Registry has sent facts of its journal again, for a rebuild.
public struct RegistryJournalSent: JournalSent {
    public static let type = "registry.journal.sent.v1"

    public var about: ReplayedFacts

    public init(_ about: ReplayedFacts) {
        self.about = about
    }
}

/// Funding has sent facts of its journal again, for a rebuild.
public struct FundingJournalSent: JournalSent {
    public static let type = "funding.journal.sent.v1"

    public var about: ReplayedFacts

    public init(_ about: ReplayedFacts) {
        self.about = about
    }
}

/// Events has sent facts of its journal again, for a rebuild.
public struct EventsJournalSent: JournalSent {
    public static let type = "events.journal.sent.v1"

    public var about: ReplayedFacts

    public init(_ about: ReplayedFacts) {
        self.about = about
    }
}
