public import FoundationEssentials

/// Why a document is no message: a stable code, where, what was found and what would be right.
///
/// It never holds the value of a string field, which may be personal data.
public struct MessageError: Error, Sendable, Hashable {
    /// All codes by which the services refuse a message, business rules apart.
    public enum Code: String, CaseIterable, Sendable {
        case notJSON = "not_json"
        case wrongEnvelope = "wrong_envelope"
        case unknownType = "unknown_type"
        case unknownVersion = "unknown_version"
        case missingField = "missing_field"
        case mistypedField = "mistyped_field"
        case invalidValue = "invalid_value"
        case tooLarge = "too_large"
        case timeInFuture = "time_in_future"
        case timeTooOld = "time_too_old"
        case userIDMissing = "user_id_missing"
        case replyToForeign = "reply_to_foreign"
        case replyToMissing = "reply_to_missing"
        case conflict
        case outOfScope = "out_of_scope"
        case constraintViolated = "constraint_violated"
        case handlerFailed = "handler_failed"
        case deliveryLimit = "delivery_limit"
        case unroutable
    }

    public let code: Code
    /// JSON Pointer (RFC 6901) into the document; empty for all of it.
    public let pointer: String
    /// Such as `a string` or `the number -3`.
    public let found: String
    /// What would be right there.
    public let expected: String
    /// The message's id, if that much could be read.
    public var id: UUID?

    public init(
        code: Code, pointer: String, found: String, expected: String, id: UUID? = nil
    ) {
        self.code = code
        self.pointer = pointer
        self.found = found
        self.expected = expected
        self.id = id
    }
}

extension MessageError: CustomStringConvertible {
    public var description: String {
        "\(code.rawValue) at \"\(pointer)\": found \(found), expected \(expected)"
    }
}
