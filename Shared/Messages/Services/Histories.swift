public import FoundationEssentials

/// Asks a service for the facts of a record: what has become of it, step by step.
public protocol HistoryQuery: Query, HasSubject where Subject == HistorySelection {
    init(_ about: HistorySelection)
}

extension HistoryQuery {
    public func check(_ checks: inout Checks) {
        checks.number(about.limit, "limit", 1...HistorySelection.largestPage)
    }
}

/// Which history is asked for.
public struct HistorySelection: Flattened {
    /// The id of any record: a person, a household, a loan, a session, an assertion.
    public var record: UUID
    /// The last fact of the page before; nil for the first page.
    public var after: UUID?
    /// Facts on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public static let largestPage = 200
    public static let usualPage = 50

    public init(record: UUID, after: UUID? = nil, limit: Int? = nil) {
        self.record = record
        self.after = after
        self.limit = limit
    }
}

/// Asks registry for the facts of a record.
public struct GetRegistryHistory: HistoryQuery {
    public static let type = "registry.history.get.v1"

    public var about: HistorySelection

    public init(_ about: HistorySelection) { self.about = about }
}

/// Asks funding for the facts of a record.
public struct GetFundingHistory: HistoryQuery {
    public static let type = "funding.history.get.v1"

    public var about: HistorySelection

    public init(_ about: HistorySelection) { self.about = about }
}

/// Asks events for the facts of a record.
public struct GetEventsHistory: HistoryQuery {
    public static let type = "events.history.get.v1"

    public var about: HistorySelection

    public init(_ about: HistorySelection) { self.about = about }
}

/// One page of a record's history, in the order in which the service recorded it.
public struct HistoryAnswer: Codable, Hashable, Sendable {
    public var record: UUID
    public var entries: [HistoryEntry]
    /// What was written freely about these records, such as the reason of a cancellation; for the operator only.
    public var texts: [HistoryText]?
    /// `after` of the next page; nil on the last page.
    public var next: UUID?

    public init(
        record: UUID, entries: [HistoryEntry], texts: [HistoryText]? = nil, next: UUID? = nil
    ) {
        self.record = record
        self.entries = entries
        self.texts = texts
        self.next = next
    }
}

/// A fact of a record, and how it came to be.
public struct HistoryEntry: Codable, Hashable, Sendable {
    /// The message id of the fact.
    public var fact: UUID
    public var type: String
    /// The record whose fact it is: the one that was asked for, or one that belongs to it.
    public var subject: String
    /// Number of the fact among those of its subject.
    public var sequence: Int64
    /// The publisher of the message that led to it. Missing in a journal that was written before publishers were kept.
    public var publisher: String?
    /// The membership of the staff member or officer who took the step.
    public var actor: UUID?
    /// The business date of the step: of the fact, or of the recording if the command names no day.
    public var on: BusinessDate?
    public var recordedAt: Timestamp
    /// The id of the message that led to it.
    public var cause: UUID
    /// What the command that led to it said freely, such as a reason; for the operator only.
    public var texts: [HistoryText]?

    public init(
        fact: UUID, type: String, subject: String, sequence: Int64, publisher: String? = nil,
        actor: UUID? = nil, on: BusinessDate? = nil, recordedAt: Timestamp, cause: UUID,
        texts: [HistoryText]? = nil
    ) {
        self.fact = fact
        self.type = type
        self.subject = subject
        self.sequence = sequence
        self.publisher = publisher
        self.actor = actor
        self.on = on
        self.recordedAt = recordedAt
        self.cause = cause
        self.texts = texts
    }
}

/// A free text of a record or of a command.
public struct HistoryText: Codable, Hashable, Sendable {
    /// The record, or the command.
    public var record: UUID
    /// Field of the command.
    public var field: String
    public var text: String

    public init(record: UUID, field: String, text: String) {
        self.record = record
        self.field = field
        self.text = text
    }
}
