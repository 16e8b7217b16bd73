/// The five characters PostgreSQL classifies an error with (its manual, Appendix A).
public struct SQLState: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let code: String

    public init(_ code: String) { self.code = code }

    public init(stringLiteral code: String) { self.code = code }

    /// Running the same transaction again may succeed: serialization failure or deadlock.
    public var isRetriable: Bool { self == .serializationFailure || self == .deadlockDetected }

    /// A value of some message is at fault: data exception or integrity constraint violation.
    public var isDataFault: Bool { code.hasPrefix("22") || code.hasPrefix("23") }

    /// The session is gone or the server cannot serve now; nothing of the message is at fault.
    ///
    /// Not so 08P01: there the server is well and says that it was sent nonsense, such as too few parameters.
    public var isConnectionLost: Bool {
        (code.hasPrefix("08") && self != .protocolViolation)
            || code.hasPrefix("57P") || code.hasPrefix("53")
            || self == .idleTransaction
    }

    /// A fault of the server, its rights or its load, which lies in no message and passes: the transaction holds, and runs again.
    public var isPassing: Bool {
        isRetriable || isConnectionLost || endsSession
            || [.lockNotAvailable, .queryCanceled, .insufficientPrivilege]
                .contains(self)
            || code.hasPrefix("40")
    }

    /// The session is of no use any more: the server is gone, full, broken, or only a standby.
    public var endsSession: Bool {
        isConnectionLost || self == .readOnly || code.hasPrefix("58") || code.hasPrefix("XX")
    }

    public var description: String { code }

    public static let serializationFailure: SQLState = "40001"
    public static let deadlockDetected: SQLState = "40P01"
    /// What `lock_timeout` and `NOWAIT` say.
    public static let lockNotAvailable: SQLState = "55P03"
    /// What `statement_timeout` says, and who cancels a statement.
    public static let queryCanceled: SQLState = "57014"
    public static let insufficientPrivilege: SQLState = "42501"
    /// What `idle_in_transaction_session_timeout` says before it ends the session.
    public static let idleTransaction: SQLState = "25P03"
    /// A server that takes no writes, such as a standby.
    public static let readOnly: SQLState = "25006"
    public static let uniqueViolation: SQLState = "23505"
    public static let divisionByZero: SQLState = "22012"
    public static let connectionFailure: SQLState = "08006"
    public static let cannotConnect: SQLState = "08001"
    public static let protocolViolation: SQLState = "08P01"
    /// A configuration that can never work, such as a URL that is none.
    public static let invalidConfiguration: SQLState = "F0000"
    static let featureNotSupported: SQLState = "0A000"
    static let unknownPreparedStatement: SQLState = "26000"
}
