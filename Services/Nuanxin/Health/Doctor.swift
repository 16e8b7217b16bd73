import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Postgres
import ServiceKit

/// Finds faults of a deployment, and prints how to mend them.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find faults of a deployment, and print how to mend them.",
        discussion: """
            The command examines the broker, the databases, the certificates and reporting, each on its own, \
            with the settings that are there. It compares the journal of each service with what the others \
            have taken in, and names the facts that they lack. The remedies are commands for deploy/compose.yml. Status 1 if \
            something is wrong. `nuanxin status` shows whether messages are flowing.
            """)

    func run() throws {
        let settings = try orExit { try Settings() }
        let findings = Examination(settings).findings()
        for finding in findings { say(finding.text) }
        guard findings.allSatisfy({ $0.fault == nil }) else { throw ExitCode(1) }
    }
}

/// A place that was examined, and its fault, if it has one.
struct Finding {
    struct Fault: Error {
        let cause: String
        let remedy: String
    }

    let place: String
    let fault: Fault?

    var text: String {
        guard let fault else { return "well   \(place)" }
        return "WRONG  \(place): \(fault.cause)\n       do: \(fault.remedy)"
    }
}

/// Examines one place after the other. A fault in one place does not stop the others.
struct Examination {
    private let settings: Settings

    init(_ settings: Settings) { self.settings = settings }

    func findings() -> [Finding] {
        var findings = [finding("broker", broker), finding("broker's topology", topology)]
        var versions: [Int] = []
        findings += Topology.services.map { service in
            finding("database of \(service)") { try database(service, &versions) }
        }
        findings += self.versions(postgres: versions)
        let databases = databases()
        let flow = try? QueueFlow(ManagementInterface(settings), databases)
        findings += QueueFlow.findings(flow)
        findings += LockHolders.findings(databases)
        findings += MissingFacts(settings: settings, connections: databases, flow: flow).findings()
        findings += NumberProbes.findings(databases["registry"])
        findings += certificates().map { certificate in
            finding("certificate of \(certificate.server)") { try self.certificate(certificate) }
        }
        return findings + [finding("reporting", reporting)]
    }

    private func finding(_ place: String, _ look: () throws -> Void) -> Finding {
        do {
            try look()
            return Finding(place: place, fault: nil)
        } catch let fault as Finding.Fault {
            return Finding(place: place, fault: fault)
        } catch let problem as Settings.Problem {
            return Finding(
                place: place,
                fault: .init(cause: problem.description, remedy: "set it, and run this again"))
        } catch {
            return Finding(
                place: place, fault: .init(cause: "\(error)", remedy: "see nuanxin status"))
        }
    }

    // MARK: The broker

    private func broker() throws {
        let endpoint = try Endpoint(url: settings.required(.amqpURL))
        do throws(AMQPError) {
            _ = try AMQPConnection(endpoint, name: "nuanxin doctor")
        } catch {
            guard case .refused(let code) = error.kind, code == 403 else {
                throw Finding.Fault(
                    cause: "nobody answers as the broker (\(error))",
                    remedy: "docker-compose up -d rabbitmq; docker-compose logs rabbitmq")
            }
            throw Finding.Fault(
                cause: "it refuses the password of \(endpoint.user)", remedy: Self.importing)
        }
    }

    /// Imports the broker's definitions again, which changes no queue and no message. It uses a copy, because a container still
    /// sees the file from its start.
    private static let importing = """
        docker-compose exec -T rabbitmq sh -c 'cat >~/definitions.json && \
        rabbitmqctl import_definitions ~/definitions.json' <secrets/definitions.json
        """

    private func topology() throws {
        let topology: BrokerTopology
        do {
            topology = try ManagementInterface(settings).topology()
        } catch let silence as PlainHTTP.Silence {
            throw Finding.Fault(
                cause: "\(silence)",
                remedy: "docker-compose up -d rabbitmq; docker-compose logs rabbitmq")
        } catch let refusal as ManagementInterface.Refusal {
            throw Finding.Fault(cause: "\(refusal)", remedy: Self.importing)
        }
        let missing = topology.missing(of: Topology())
        guard missing.isEmpty else {
            throw Finding.Fault(
                cause: "it lacks \(missing.joined(separator: ", "))",
                remedy: "rm secrets/definitions.json; nuanxin init .; \(Self.importing)")
        }
        if let name = Topology().policies.flatMap(topology.overruling).first {
            throw Finding.Fault(
                cause: "for the policy \(name) it may drop receipts and dead letters",
                remedy: "docker-compose exec -T rabbitmq rabbitmqctl clear_policy \(name)")
        }
    }

    // MARK: Databases

    /// - Parameter versions: collects the server's version.
    private func database(_ service: String, _ versions: inout [Int]) throws {
        let connection: Connection
        do {
            connection = try ServiceDatabases().open(service)
        } catch let error as PostgresError {
            throw Self.fault(error, service)
        }
        versions.append(try ServerVersion.postgres(connection))
        guard try Migrator.exists(connection) else {
            throw Finding.Fault(
                cause: "it is not migrated",
                remedy: "docker-compose up -d migrate; docker-compose logs migrate")
        }
        guard try !Migrator.isBeforeFirstRelease(connection) else {
            throw Finding.Fault(
                cause: "it \(MigrationPlan.unreadable)", remedy: MigrationPlan.wayOut)
        }
    }

    /// The sessions of all services whose database is there; other findings name those that are not.
    private func databases() -> [String: Connection] {
        var connections: [String: Connection] = [:]
        for service in Topology.services {
            guard let connection = try? ServiceDatabases().open(service),
                (try? Migrator.exists(connection)) == true
            else { continue }
            connections[service] = connection
        }
        return connections
    }

    /// A server's message before a session begins has no SQLSTATE in libpq 15.
    private static func fault(_ error: PostgresError, _ service: String) -> Finding.Fault {
        let text = error.message
        if text.contains("password authentication failed") {
            return Finding.Fault(
                cause: "PostgreSQL refuses the password of \(service)",
                remedy: """
                    docker-compose exec postgres psql -U postgres -f \
                    /docker-entrypoint-initdb.d/databases.sql
                    """)
        }
        if text.contains("does not exist") {
            return Finding.Fault(
                cause: "there is no database or role \(service)",
                remedy: """
                    docker-compose exec postgres psql -U postgres -f \
                    /docker-entrypoint-initdb.d/databases.sql; docker-compose up -d migrate
                    """)
        }
        return Finding.Fault(
            cause: "PostgreSQL cannot be reached (\(text))",
            remedy: "docker-compose up -d postgres; docker-compose logs postgres")
    }

    // MARK: Versions

    /// The versions of the servers that answer. Other findings name those that do not.
    private func versions(postgres versions: [Int]) -> [Finding] {
        var findings: [Finding] = []
        if let version = try? ManagementInterface(settings).version() {
            findings.append(finding("version of RabbitMQ") { try Self.check(rabbitMQ: version) })
        }
        guard let oldest = versions.min(), let newest = versions.max() else { return findings }
        return findings + [
            finding("version of PostgreSQL") { try Self.check(postgres: oldest) },
            finding("programs of PostgreSQL") {
                try Self.check(ClientPrograms.installed(), server: newest)
            },
        ]
    }

    static func check(rabbitMQ version: String) throws {
        guard !ServerVersion.isSupported(rabbitMQ: version) else { return }
        let oldest = ServerVersion.oldestRabbitMQ
        throw Finding.Fault(
            cause: """
                it is \(version), and Nuanxin needs \(oldest.major).\(oldest.minor) or later
                """,
            remedy: "stop the services when nothing waits, and give them a new broker")
    }

    static func check(postgres version: Int) throws {
        guard !ServerVersion.isSupported(postgres: version) else { return }
        throw Finding.Fault(
            cause: """
                it is \(version), and Nuanxin needs \(ServerVersion.oldestPostgres) or later
                """,
            remedy: "nuanxin backup; then nuanxin restore on a server of a later version")
    }

    /// Whether backups can be made on this machine.
    static func check(_ programs: [ClientPrograms], server version: Int) throws {
        do {
            _ = try programs.dumping(server: version)
        } catch let missing as ClientPrograms.Missing {
            throw Finding.Fault(cause: missing.cause, remedy: missing.remedy)
        }
    }

    // MARK: Certificates

    /// The certificates of servers that are reached by TLS.
    private func certificates() -> [ServerCertificate] {
        let broker = try? settings.optional(.amqpURL).flatMap(ServerCertificate.init(broker:))
        let database = try? settings.optional(.fundingDatabase).flatMap(
            ServerCertificate.init(database:))
        return [broker, database].compactMap(\.self)
    }

    private func certificate(_ certificate: ServerCertificate) throws {
        let server = certificate.server
        for place in certificate.places {
            switch certificate.state(at: place) {
            case .well: continue
            case .endsSoon:
                throw Finding.Fault(
                    cause:
                        "that of \(place) ends within \(ServerCertificate.warningDays) days",
                    remedy: """
                        rm secrets/tls/\(server).pem; nuanxin init . (with the authority's key at \
                        hand); docker-compose restart \(server)
                        """)
            case .unknown:
                throw Finding.Fault(
                    cause: "nobody shows one at \(place)",
                    remedy: "docker-compose up -d; docker-compose ps")
            }
        }
    }

    // MARK: Reporting

    private func reporting() throws {
        let url = try settings.required(.http)
        guard let http = PlainHTTP(url: url) else {
            throw Settings.Problem("NUANXIN_HTTP must be like http://reporting:8080")
        }
        let answer: PlainHTTP.Answer
        do {
            answer = try http.send("GET", "/readyz?verbose")
        } catch {
            throw Finding.Fault(
                cause: "\(error)",
                remedy: "docker-compose up -d reporting; docker-compose logs reporting")
        }
        guard answer.status == 200 else {
            let faults = answer.body.split(separator: "\n").filter { $0.hasPrefix("[-]") }
            throw Finding.Fault(
                cause: "it is not ready: \(faults.joined(separator: ", "))",
                remedy: "the remedies above; docker-compose logs reporting")
        }
    }
}
