public import Foundation
public import Messages
public import Postgres

/// The traces of a message in one service's database: how it was decided, where it waits, and which facts followed. It reads
/// tables that every service has, and no message's content.
public struct MessageTrace: Sendable {
    /// A fact in the journal.
    public struct Fact: Sendable {
        public let id: UUID
        public let type: String
        public let subject: String
        public let sequence: Int64
        public let time: Timestamp
        /// Whether the broker has confirmed it.
        public let isPublished: Bool
    }

    /// How a message was decided.
    public struct Decision: Sendable {
        /// The broker's user who sent it; a service for a fact.
        public let publisher: String
        /// `accepted`, `rejected`, `parked`, `applied` or `dead`.
        public let state: String
        public let code: String?
        public let pointer: String?
    }

    /// Facts of one cause that are read at most.
    public static let factLimit: Int64 = 1_000
    private static let publisherLimit: Int64 = 20

    /// One for each publisher who sent a message of that id. None if the service never had it, or if it was purged from the
    /// inbox.
    public let decisions: [Decision]
    /// Why it waits, and how many attempts were made.
    public let parked: (code: String, attempt: Int16, due: Timestamp)?
    /// Why it is a dead letter, and whether an operator has done something about it.
    public let dead: (code: String, state: String)?
    /// Whether the broker does not have its receipt yet.
    public let owesReceipt: Bool
    /// In the order of the journal.
    public let facts: [Fact]

    /// Whether the database knows anything of it.
    public var isEmpty: Bool {
        decisions.isEmpty && parked == nil && dead == nil && !owesReceipt && facts.isEmpty
    }

    /// Reads all of the journal, which has no index over causes. It is meant for operators, not for services.
    public init(of id: UUID, at service: String, in connection: Connection) throws {
        decisions = try connection.run(
            """
            SELECT publisher, state, code, pointer FROM inbox WHERE id = \(id)
            ORDER BY is_fact DESC, publisher LIMIT \(Self.publisherLimit)
            """
        ).map { row in
            var cursor = row.cursor()
            let publisher = try cursor.next(String.self)
            let state = Answer.State(rawValue: try cursor.next(Int16.self))
            return Decision(
                publisher: publisher, state: state.map { "\($0)" } ?? "unknown",
                code: try cursor.next(optional: String.self),
                pointer: try cursor.next(optional: String.self))
        }
        parked = try connection.run(
            "SELECT code, attempt, due_at FROM parked WHERE message_id = \(id) LIMIT 1"
        ).first.map { row in
            var cursor = row.cursor()
            return (
                try cursor.next(String.self), try cursor.next(Int16.self),
                try cursor.next(Timestamp.self)
            )
        }
        dead = try connection.run(
            """
            SELECT code, state FROM dead_letter WHERE message_id = \(id)
            ORDER BY last_at DESC LIMIT 1
            """
        ).first.map { row in
            (try row.decode(String.self, at: 0), try row.decode(String.self, at: 1))
        }
        let receipts = decisions.flatMap {
            let message = DecidedMessage(id: id, publisher: $0.publisher, service: service)
            return [message.receipt, message.parkedReceipt]
        }
        owesReceipt = try !connection.run(
            "SELECT FROM owed_receipt WHERE id = ANY(\(receipts)) LIMIT 1"
        ).isEmpty
        facts = try Self.facts(causedBy: id, or: nil, connection)
    }

    /// A fact by its own id; nil if this service did not record it.
    public static func fact(_ id: UUID, in connection: Connection) throws -> Fact? {
        try facts(causedBy: nil, or: id, connection).first
    }

    private static func facts(
        causedBy cause: UUID?, or id: UUID?, _ connection: Connection
    ) throws -> [Fact] {
        try connection.run(
            """
            SELECT j.id, j.type, j.subject, j.sequence, j.time, j.position <= o.published
            FROM journal j JOIN journal_owner o ON o.owner = j.owner
            WHERE j.cause = \(cause) OR j.id = \(id)
            ORDER BY j.owner, j.position LIMIT \(factLimit)
            """
        ).map { row in
            var cursor = row.cursor()
            return Fact(
                id: try cursor.next(), type: try cursor.next(), subject: try cursor.next(),
                sequence: try cursor.next(), time: try cursor.next(),
                isPublished: try cursor.next())
        }
    }
}
