import Foundation

/// The address of a broker and our user of it: the content of an `amqp://` or `amqps://` URL.
public struct Endpoint: Sendable {
    /// Several, separated by commas, where any of a cluster's nodes will do.
    public let host: String
    public let port: Int
    public let user: String
    public let password: String
    public let virtualHost: String
    /// Nil without TLS.
    public let tls: TLS?
    /// Seconds. The broker closes a connection that is silent for two to three of them.
    public let heartbeat: Int32
    /// Longer than a busy machine makes a process wait, and short enough to see that a broker is gone.
    static let usualHeartbeat: Int32 = 20
    private static let heartbeats: ClosedRange<Int32> = 2...300

    /// TLS settings. The peer and its host name are always verified.
    public struct TLS: Sendable {
        /// A PEM file of the authorities to trust; nil means the system's.
        public let authorities: String?
        /// A PEM certificate and its key, for brokers that ask for one.
        public let certificate: String?
        public let key: String?
    }

    /// The nodes to try, each time in another order, so that not all connections are at one.
    var hosts: [String] { host.split(separator: ",").map(String.init).shuffled() }

    /// Parses `amqp[s]://user:password@host[,host…][:port][/vhost][?cacertfile=…&certfile=…&keyfile=…&heartbeat=…]`,
    /// the form of RabbitMQ's URI specification. An absent vhost is `/`.
    public init(url: String) throws(AMQPError) {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
            parts.scheme == "amqp" || parts.scheme == "amqps"
        else {
            throw AMQPError(
                .configuration, "the broker's address is not an amqp:// or amqps:// URL")
        }
        let secure = parts.scheme == "amqps"
        self.host = host
        port = parts.port ?? (secure ? 5671 : 5672)
        user = parts.user ?? "guest"
        password = parts.password ?? "guest"
        let path = parts.percentEncodedPath.dropFirst()
        virtualHost = path.isEmpty ? "/" : (String(path).removingPercentEncoding ?? String(path))
        func option(_ name: String) -> String? {
            parts.queryItems?.first { $0.name == name }?.value
        }
        let seconds = option("heartbeat").map { Int32($0) ?? 0 } ?? Self.usualHeartbeat
        guard Self.heartbeats.contains(seconds) else {
            throw AMQPError(
                .configuration,
                "the heartbeat of the broker's address is not a number of seconds from 2 to 300")
        }
        heartbeat = seconds
        tls =
            secure
            ? TLS(
                authorities: option("cacertfile"), certificate: option("certfile"),
                key: option("keyfile")) : nil
    }
}
