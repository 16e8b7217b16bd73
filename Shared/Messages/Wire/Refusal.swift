public import FoundationEssentials

/// A code by which messages and requests are refused, and what would be right where it is given.
public struct RefusalCode: Sendable, Hashable {
    public let code: String
    public let expected: String

    public init(_ code: String, _ expected: String) {
        self.code = code
        self.expected = expected
    }
}

/// The codes that depend on a message itself and on its delivery. Those of business rules stand with their rules.
extension RefusalCode {
    public static let notJSON = RefusalCode("not_json", "a JSON document")
    public static let repeatedName = RefusalCode(
        "repeated_name", "each name once in an object")
    public static let wrongEnvelope = RefusalCode("wrong_envelope", "a CloudEvents 1.0 document")
    public static let unknownType = RefusalCode("unknown_type", "a type of the catalogue")
    public static let unknownVersion = RefusalCode(
        "unknown_version", "a version of the type that is in the catalogue")
    public static let missingField = RefusalCode("missing_field", "a value")
    public static let mistypedField = RefusalCode("mistyped_field", "a value of another JSON type")
    public static let invalidValue = RefusalCode("invalid_value", "a valid value")
    public static let dateOutOfBounds = RefusalCode(
        "date_out_of_bounds", "a date that the message's own time allows")
    public static let tooLarge = RefusalCode("too_large", "a smaller body")
    public static let timeInFuture = RefusalCode("time_in_future", "a time that has come")
    public static let timeTooOld = RefusalCode("time_too_old", "a later time")
    public static let userIDMissing = RefusalCode(
        "user_id_missing", "the property user_id: the broker user's name")
    public static let replyToForeign = RefusalCode(
        "reply_to_foreign", "the publisher's own queue of receipts as reply_to, or none")
    public static let replyToMissing = RefusalCode(
        "reply_to_missing", "the property reply_to: a query is asked for its answer")
    public static let conflict = RefusalCode(
        "conflict", "a new id: this one was used for another message")
    public static let outOfScope = RefusalCode(
        "out_of_scope",
        "a message type and a territory that the operator has granted to this publisher")
    /// Nothing is kept of such a message, so it may be sent again unchanged.
    public static let publisherOverQuota = RefusalCode(
        "publisher_over_quota",
        "fewer messages of this publisher that wait; send this one again later, unchanged")
    public static let constraintViolated = RefusalCode(
        "constraint_violated", "values that keep the rules of the database")
    public static let handlerFailed = RefusalCode(
        "handler_failed", "a service that can handle it")
    public static let deliveryLimit = RefusalCode(
        "delivery_limit", "a message that does not end the service that handles it")
    /// Nothing is kept of such a message, so it may be sent again unchanged, but for the property.
    public static let expired = RefusalCode(
        "expired", "no property expiration: the broker dropped the message before its turn came")
    public static let unroutable = RefusalCode(
        "unroutable", "a routing key that is a known message type")

    /// All of them.
    public static let formal = [
        notJSON, repeatedName, wrongEnvelope, unknownType, unknownVersion, missingField,
        mistypedField,
        invalidValue, dateOutOfBounds, tooLarge, timeInFuture, timeTooOld, userIDMissing,
        replyToForeign,
        replyToMissing, conflict, outOfScope, publisherOverQuota, constraintViolated, handlerFailed,
        deliveryLimit, expired,
        unroutable,
    ]
}

/// Why a message or a request is refused: a stable code, where, what was found, and what would be right there.
///
/// It never holds the value of a string field of a message, which may be personal data.
public struct Refusal: Error, Sendable, Hashable, Encodable {
    public let code: String
    /// JSON Pointer (RFC 6901) into the document; empty for all of it.
    public let pointer: String
    /// Such as `a string` or `the number -3`; empty if a rule refuses, which says only what would be right.
    public let found: String
    public let expected: String
    /// The message's id, if a document could not be decoded but its id could.
    public var id: UUID?

    private enum CodingKeys: String, CodingKey { case code, pointer, found, expected }

    /// Refuses something in the `data` of a message.
    /// - Parameters:
    ///   - pointer: JSON Pointer inside `data`, such as `/loan`; empty for all of it.
    ///   - expected: in place of the code's own.
    public init(_ code: RefusalCode, at pointer: String, expected: String? = nil) {
        self.init(code, pointer: "/data" + pointer, expected: expected)
    }

    /// Refuses to do something with what is in another state.
    public init(
        _ code: RefusalCode, at pointer: String, because state: some RawRepresentable<String>
    ) {
        self.init(
            code, at: pointer, expected: "\(code.expected); this one is \(state.rawValue)")
    }

    /// - Parameter pointer: into the whole document.
    public init(
        _ code: RefusalCode, pointer: String, found: String = "", expected: String? = nil,
        id: UUID? = nil
    ) {
        self.code = code.code
        self.pointer = pointer
        self.found = found
        self.expected = expected ?? code.expected
        self.id = id
    }

    /// A refusal that was stored.
    public init(code: String, pointer: String, expected: String) {
        self.init(RefusalCode(code, expected), pointer: pointer)
    }
}

extension Refusal: CustomStringConvertible {
    public var description: String {
        let found = found.isEmpty ? "" : "found \(found), "
        return "\(code) at \"\(pointer)\": \(found)expected \(expected)"
    }
}
