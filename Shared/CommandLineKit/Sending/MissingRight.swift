public import AMQP

/// The broker does not let a user do something. Says in plain words which right is missing, and who gives it.
public struct MissingRight: Error, CustomStringConvertible {
    private static let code = 403

    public let description: String

    /// - Parameter error: one with the reply code 403.
    init(_ error: AMQPError, of user: String) {
        let page = "deploy/manual/access.md"
        if let type = error.reason.firstMatch(of: #/topic '([^']*)'/#)?.1 {
            description = """
                the broker user \(user) may not send \(type). The operator gives this right with \
                `nuanxin publisher add \(user) --types \(type) … --territory …`, after \
                `nuanxin publisher revoke \(user)` if that user has other rights already (\(page))
                """
        } else if error.reason.contains("Login was refused") {
            description = """
                the broker knows no user \(user) with this password. The operator gives access with \
                `nuanxin publisher add \(user)`, which shows the address once (\(page))
                """
        } else {
            description = """
                the broker user \(user) lacks a right: \(error.reason). The operator gives rights with \
                `nuanxin publisher add` (\(page))
                """
        }
    }

    /// The error in these words if a right is missing; otherwise the error itself.
    public static func words(for error: AMQPError, of user: String) -> any Error {
        guard error.kind == .refused(code: code) else { return error }
        return MissingRight(error, of: user)
    }
}
