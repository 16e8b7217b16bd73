public import Foundation
public import Messages

/// What a handler decided about a message.
public enum Outcome: Sendable {
    /// It takes effect, and these facts follow from it.
    case accepted([Emission])
    /// A rule says no. Nothing of it takes effect.
    case refused(Refusal)
    /// It cannot be decided before a row with that id exists here. It is parked and decided when the row
    /// is inserted, or refused as said when the retry schedule is over.
    case waits(for: UUID, otherwise: Refusal)
    /// What a query asked for. It goes into the receipt and is kept nowhere: a query that comes again
    /// is answered anew.
    case answered(any Codable & Sendable)
    /// A fact was taken in.
    case applied
    /// A fact that changes nothing here: an older one than what is held, or none of ours.
    case ignored

    /// Accepted, with one fact of an aggregate that was just saved.
    public static func accepted<A: Aggregate>(_ fact: some Fact, of row: A) -> Outcome {
        .accepted([Emission(fact, of: row)])
    }

    /// - Parameter pointer: JSON Pointer inside `data`, such as `/loan`; empty for all of it.
    public static func rejected(
        _ code: RefusalCode, at pointer: String, expected: String? = nil
    ) -> Outcome {
        .refused(Refusal(code, at: pointer, expected: expected))
    }

    public static func waiting(
        for id: UUID, else code: RefusalCode, at pointer: String
    ) -> Outcome {
        .waits(for: id, otherwise: Refusal(code, at: pointer))
    }
}

/// A fact on its way to the journal.
public struct Emission: Sendable {
    public let fact: any Fact
    /// The aggregate's key, and which of its facts this is.
    public let subject: String
    public let sequence: Int64

    public init<A: Aggregate>(_ fact: any Fact, of row: A) {
        self.fact = fact
        subject = (row.key as? UUID)?.uuidString.lowercased() ?? "\(row.key)"
        sequence = row.sequence
    }
}

/// Why a rule said no: a stable code, and what would be right.
public struct RefusalCode: Sendable, Hashable {
    public let code: String
    public let expected: String

    public init(_ code: String, _ expected: String) {
        self.code = code
        self.expected = expected
    }
}

/// A refusal of one message: the code, where, and what would be right there.
public struct Refusal: Sendable, Hashable, Codable {
    public let code: String
    /// JSON Pointer into the document.
    public let pointer: String
    public let expected: String

    private static let data = "/data"

    /// The same of a message that has the data of this one in a field.
    public func inside(_ field: String) -> Refusal {
        Refusal(
            RefusalCode(code, expected), at: field + pointer.dropFirst(Self.data.utf8.count))
    }

    public init(_ code: RefusalCode, at pointer: String, expected: String? = nil) {
        self.code = code.code
        self.pointer = Self.data + pointer
        self.expected = expected ?? code.expected
    }

    init(code: String, pointer: String, expected: String) {
        self.code = code
        self.pointer = pointer
        self.expected = expected
    }
}

extension RefusalCode {
    public static let outOfScope = RefusalCode(
        "out_of_scope", "a message type and a territory that were granted to this publisher")
    static let replyToMissing = RefusalCode(
        "reply_to_missing", "the property reply_to: a query is asked for its answer")
    public static let conflict = RefusalCode(
        "conflict", "a new id: this one was used for another message")
    public static let constraintViolated = RefusalCode(
        "constraint_violated", "values that keep the rules of the database")
}
