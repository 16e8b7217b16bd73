import Foundation
import Postgres
import ServiceKit
import Support
import Testing

/// The four services with servers of their own and a Prometheus that watches them all. Everything is started and stopped
/// by what stands for docker-compose in runbooks.
final class WatchedDeployment {
    let servers: ServerSet
    let deployment: Deployment
    let prometheus: Prometheus
    /// Where runbooks are followed.
    private let standIn: StandIn
    private let ports: [String: UInt16]
    /// A message that ends funding.
    let deadly = UUID()

    init() throws {
        servers = try ServerSet.start()
        do {
            deployment = try Deployment("alerts", on: servers)
            standIn = try StandIn(deployment)
            ports = Dictionary(
                uniqueKeysWithValues: try Topology.services.map { ($0, try TestServers.freePort()) }
            )
            var targets = Dictionary(
                uniqueKeysWithValues: ports.map { ("\($0.key):8080", "127.0.0.1:\($0.value)") })
            targets["rabbitmq:15692"] = servers.brokerMetrics
            prometheus = try Prometheus(
                in: deployment.directory.appending(path: "prometheus"), targets: targets)
        } catch {
            try servers.remove()
            throw error
        }
        for service in Topology.services {
            try write(service)
            try compose("up", "-d", service)
        }
    }

    deinit {
        prometheus.stop()
        for service in Topology.services + ["rabbitmq", "postgres"] {
            try? compose("kill", service)
        }
        // Nobody can be told here; what is left lies in the temporary directory.
        try? servers.remove()
        try? FileManager.default.removeItem(at: deployment.directory)
    }

    // MARK: What the stand-in knows

    var place: URL { standIn.place }

    /// Notes what a service is started with, from its next start on.
    func write(_ service: String) throws {
        let settings = [
            "NUANXIN_AMQP_URL": try deployment.broker(service),
            "NUANXIN_\(service.uppercased())_DB": try deployment.database(service),
            "NUANXIN_\(service.uppercased())_SECRET": ServiceBench.secretText,
            "NUANXIN_LISTEN": "127.0.0.1:\(ports[service] ?? 0)",
            "NUANXIN_REGISTRY_KEY": String(repeating: "0123456789abcdef", count: 4),
            "NUANXIN_LOG_LEVEL": "notice", "NUANXIN_HEARTBEAT_SECONDS": "1",
            "NUANXIN_EDITION_SECONDS": "1",
            // The last wait comes after two seconds and lasts for ten minutes.
            "NUANXIN_RETRY_SECONDS": "0,0,2,600",
            "NUANXIN_CRASH_AT": "message:\(deadly)",
        ]
        try standIn.write(settings.map { "export \($0.key)='\($0.value)'" }, to: "\(service).env")
    }

    // MARK: What is done to it

    /// Does what docker-compose would.
    func compose(_ arguments: String...) throws {
        try standIn.compose(arguments, environment())
    }

    /// Whether a process of the service runs.
    func runs(_ service: String) throws -> Bool {
        try Deployment.run(StandIn.compose, ["ps"], environment()).output.contains("\(service) Up")
    }

    /// Follows a runbook to its end.
    func follow(_ name: String, for service: String, _ settings: [String: String]) throws {
        var environment = try environment()
        environment["SERVICE"] = service
        environment.merge(settings) { _, new in new }
        let finished = try Runbook(name).follow(in: place, environment)
        #expect(finished.status == 0, "\(name): \(finished.output)")
    }

    private func environment() throws -> [String: String] {
        var environment = try standIn.environment()
        environment["NUANXIN_HTTP"] = "http://127.0.0.1:\(ports["reporting"] ?? 0)"
        return environment
    }

    func database(_ service: String) throws -> Connection {
        try Connection(PostgresConfiguration(url: deployment.database(service)))
    }

    /// Another user's rights, as somebody might have changed them by mistake.
    func permit(_ user: String, write: String) throws {
        let read = "^(\(user)\\\\.(commands|facts|dead))$"
        try deployment.manage(
            "PUT", "permissions/\(deployment.virtualHost)/\(user)", nil,
            body: #"{"configure":"^$","write":"\#(write)","read":"\#(read)"}"#)
        // A channel remembers what it was allowed.
        try compose("restart", user)
    }

    // MARK: What is seen

    func awaitFiring(_ alert: String, _ service: String) throws {
        try deployment.eventually("\(alert) fires for \(service)", within: 40) {
            try prometheus.alerts().contains { $0.is(alert, service) && $0.isFiring }
        }
    }

    /// Receipts that a queue has refused are sent again after half a minute.
    func awaitEnd(_ alert: String, _ service: String) throws {
        try deployment.eventually("\(alert) goes for \(service)", within: 80) {
            try !prometheus.alerts().contains { $0.is(alert, service) }
        }
    }
}

extension Prometheus.Alert {
    fileprivate func `is`(_ alert: String, _ service: String) -> Bool {
        name == alert && self.service == service
    }
}
