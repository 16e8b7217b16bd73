import Foundation

/// Where a broker is and who we are to it: what an `amqp://` or `amqps://` URL says.
public struct Endpoint: Sendable {
    /// Several, separated by commas, where any of a cluster's nodes will do.
    public var host: String
    public var port: Int
    public var user: String
    public var password: String
    public var virtualHost: String
    /// Nil without TLS.
    public var tls: TLS?

    /// TLS settings. The peer and its host name are always verified.
    public struct TLS: Sendable {
        /// A PEM file of the authorities to trust; nil means the system's.
        public var authorities: String?
        /// A PEM certificate and its key, for brokers that ask for one.
        public var certificate: String?
        public var key: String?

        public init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
            self.authorities = authorities
            self.certificate = certificate
            self.key = key
        }
    }

    /// The nodes to try, each time in another order, so that not all connections are at one.
    var hosts: [String] { host.split(separator: ",").map(String.init).shuffled() }

    /// Parses `amqp[s]://user:password@host[,host…][:port][/vhost][?cacertfile=…&certfile=…&keyfile=…]`, the
    /// form of RabbitMQ's URI specification. An absent vhost is `/`.
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
        if secure {
            let query = parts.queryItems ?? []
            func option(_ name: String) -> String? { query.first { $0.name == name }?.value }
            tls = TLS(
                authorities: option("cacertfile"), certificate: option("certfile"),
                key: option("keyfile"))
        }
    }
}
