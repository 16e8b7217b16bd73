/// A failure of the broker, of the way to it, or of what it was asked. Descriptions hold no message
/// content and no credentials.
public struct AMQPError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// The address or the TLS settings are wrong: trying again will not help.
        case configuration
        /// The connection could not be made or was lost: connect again and go on.
        case connectionLost
        /// The broker refused and closed the channel or connection, with its reply code (403, 404, 406…).
        case refused(code: Int)
        /// The broker sent what the protocol does not allow here.
        case protocolViolation
    }

    public let kind: Kind
    public let reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// Whether the same work may succeed over a new connection.
    public var isRetriable: Bool {
        switch kind {
        case .connectionLost, .protocolViolation: true
        // 311 content too large, 320 connection forced, 405 locked, 541 internal error: the broker's state.
        case .refused(let code): [311, 320, 405, 541].contains(code)
        case .configuration: false
        }
    }

    public var description: String {
        switch kind {
        case .refused(let code): "the broker refused (\(code)): \(reason)"
        default: reason
        }
    }
}
