public import Foundation
public import Messages

/// Why a rule said no: a stable code, and what would be right.
public struct RefusalCode: Sendable, Hashable {
    public let code: String
    public let expected: String

    public init(_ code: String, _ expected: String) {
        self.code = code
        self.expected = expected
    }
}

/// Refuses one message: the code, where, and what would be right there.
///
/// A rule throws it, and the decider catches it and drops what the message has changed.
public struct Refusal: Error, Sendable, Hashable, Codable {
    public let code: String
    /// JSON Pointer into the document.
    public let pointer: String
    public let expected: String

    private static let data = "/data"

    /// - Parameters:
    ///   - pointer: JSON Pointer inside `data`, such as `/loan`; empty for all of it.
    ///   - expected: in place of what the code says.
    public init(_ code: RefusalCode, at pointer: String, expected: String? = nil) {
        self.code = code.code
        self.pointer = Self.data + pointer
        self.expected = expected ?? code.expected
    }

    /// Refuses to do something with what is in another state.
    public init(
        _ code: RefusalCode, at pointer: String, because state: some RawRepresentable<String>
    ) {
        self.init(
            code, at: pointer, expected: "\(code.expected); this one is \(state.rawValue)")
    }

    init(code: String, pointer: String, expected: String) {
        self.code = code
        self.pointer = pointer
        self.expected = expected
    }
}

/// Puts one message off: it cannot be decided before a row with that id exists here.
///
/// A handler throws it, and the decider catches it, drops what the message has changed and parks it. It is
/// decided when the row is inserted, or refused as said when the retry schedule is over.
public struct Wait: Error, Sendable {
    public let id: UUID
    public let otherwise: Refusal

    /// - Parameter pointer: JSON Pointer inside `data`, where the message names the row.
    public init(for id: UUID, else code: RefusalCode, at pointer: String) {
        self.init(for: id, otherwise: Refusal(code, at: pointer))
    }

    init(for id: UUID, otherwise refusal: Refusal) {
        self.id = id
        otherwise = refusal
    }
}

extension BusinessDate {
    /// Refuses this day if it is before `earliest`.
    public func require(
        from earliest: BusinessDate, else code: RefusalCode, at pointer: @autoclosure () -> String
    ) throws(Refusal) {
        guard self >= earliest else {
            throw Refusal(code, at: pointer(), expected: "a date from \(earliest) on")
        }
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
