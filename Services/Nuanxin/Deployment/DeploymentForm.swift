import Foundation
import ServiceKit

/// Which overlays a deployment has, and so how its servers are reached.
struct DeploymentForm: Equatable {
    var tls = false
    var cluster = false

    static let all = [false, true].flatMap { tls in
        [false, true].map { DeploymentForm(tls: tls, cluster: $0) }
    }

    /// The role that a standby copies its primary as.
    static let replicator = "replicator"
    /// The path of the authority's certificate in all our containers, in the overlay with TLS.
    private static let authority = "/run/secrets/authority"

    // MARK: Addresses

    func brokerAddress(_ user: String, _ password: String) -> String {
        let hosts = cluster ? "rabbitmq,rabbitmq-2,rabbitmq-3" : "rabbitmq"
        // The broker and the operator's tool have a network of their own.
        if user == "administrator" { return "http://\(user):\(password)@\(hosts):15672" }
        return tls
            ? "amqps://\(user):\(password)@\(hosts):5671/%2F?cacertfile=\(Self.authority)"
            : "amqp://\(user):\(password)@\(hosts):5672/%2F"
    }

    func databaseAddress(_ role: String, _ password: String) -> String {
        let database =
            role == Self.replicator ? "postgres" : String(role.prefix { $0 != "_" })
        // libpq chooses the host that accepts writes.
        let hosts = cluster ? "postgres:5432,postgres-standby:5432" : "postgres:5432"
        let options = tls ? "?sslmode=verify-full&sslrootcert=\(Self.authority)" : ""
        return "postgresql://\(role):\(password)@\(hosts)/\(database)\(options)"
    }

    // MARK: Compose files

    private static let files: [(name: String, isNeeded: @Sendable (DeploymentForm) -> Bool)] = [
        ("compose.yml", { _ in true }),
        ("compose.tls.yml", \.tls),
        ("compose.cluster.yml", \.cluster),
        ("compose.tls-cluster.yml", { $0.tls && $0.cluster }),
    ]

    /// Reads the value of `COMPOSE_FILE`.
    init(composeFiles value: String) {
        let names = value.split(separator: ":")
        tls = names.contains("compose.tls.yml")
        cluster = names.contains("compose.cluster.yml")
    }

    init(tls: Bool = false, cluster: Bool = false) {
        self.tls = tls
        self.cluster = cluster
    }

    /// The value of `COMPOSE_FILE`: our files, each laid over those before it, then what else was there; nil where
    /// compose needs none.
    func composeFiles(after value: String?) -> String? {
        let known = Self.files.map(\.name)
        let foreign = (value ?? "").split(separator: ":").map(String.init).filter {
            !known.contains($0)
        }
        guard self != DeploymentForm() || !foreign.isEmpty else { return nil }
        let ours = Self.files.filter { $0.isNeeded(self) }.map(\.name)
        return (ours + foreign).joined(separator: ":")
    }
}
