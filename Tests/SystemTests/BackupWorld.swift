import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// A deployment with the roles of a real one, to be backed up, lost and restored.
    struct BackupWorld {
        let deployment: Deployment
        let place: URL
        let scratch: String
        let fund = UUID()

        init() throws {
            deployment = try Deployment("backup", hasRoles: true)
            place = deployment.directory.appending(path: "backups")
            scratch = try TestServers.newDatabase()
        }

        // MARK: What the operator does

        func environment() throws -> [String: String] {
            var environment = try deployment.toolEnvironment()
            environment["NUANXIN_MANAGEMENT_URL"] = deployment.management
            environment["NUANXIN_SCRATCH_DB"] = scratch
            for service in ["registry", "funding", "events", "reporting"] {
                environment["NUANXIN_\(service.uppercased())_OWNER_DB"] =
                    try deployment.ownerDatabase(service)
            }
            return environment
        }

        func tool(_ arguments: [String]) throws -> Deployment.Finished {
            try deployment.run("nuanxin", arguments, environment())
        }

        struct Made: Decodable {
            let directory: String
            let manifest: BackupManifest
        }

        func backup() throws -> Made {
            let finished = try tool(["backup", place.path, "--json"])
            try #require(finished.status == 0, "\(finished.error)")
            return try JSONDecoder().decode(Made.self, from: Data(finished.output.utf8))
        }

        func start(_ services: [String]) throws -> [Process] {
            try services.map { try deployment.start($0) }
        }

        func stop(_ processes: [Process]) {
            for process in processes { deployment.stop(process) }
        }

        func wipe() throws {
            for service in ["registry", "funding", "events", "reporting"] {
                try session(service).script("DROP SCHEMA public CASCADE")
            }
        }

        func session(_ service: String) throws -> Connection {
            try Connection(PostgresConfiguration(url: deployment.ownerDatabase(service)))
        }

        func value<V: PostgresValue>(
            _ service: String, _ query: Statement, as type: V.Type = V.self
        ) throws -> V {
            try #require(try session(service).run(query).first).decode(at: 0)
        }

        // MARK: What publishers do

        /// A command as it was published, to be published again.
        struct Published {
            let id: UUID
            let type: String
            let body: [UInt8]

            init(_ command: some Command) throws {
                id = UUID()
                type = Swift.type(of: command).type
                body = try MessageEncoder().encode(
                    Header(id: id, source: "test", type: type, time: .now()), command)
            }
        }

        /// - Returns: what the receipts say of each, in order.
        @discardableResult
        func publish(_ commands: [Published], _ client: Client) throws -> [String] {
            for command in commands {
                try client.publish(command.body, type: command.type, id: command.id)
            }
            try client.flush()
            var words: [String: String] = [:]
            try deployment.eventually("all commands are answered", within: 30) {
                for delivery in try client.receive() {
                    guard let receipt = Receipt(body: delivery.body), !receipt.isProvisional
                    else { continue }
                    words[receipt.command ?? ""] = receipt.status.rawValue
                }
                return commands.allSatisfy { words[$0.id.wireText] != nil }
            }
            return commands.compactMap { words[$0.id.wireText] }
        }

        func client() throws -> Client {
            let client = try Client(deployment.broker("operator"))
            try client.consume("receipts.operator")
            return client
        }

        func donations(_ count: Int) throws -> [Published] {
            try (0..<count).map { _ in try Published(Sample.donation(to: fund)) }
        }

        /// A command that registry answers with a fact for every service.
        func grant(_ publisher: String) throws -> Published {
            try Published(
                GrantPublisher(
                    publisher: publisher, territories: [Sample.district],
                    types: ["funding.donation.*"]))
        }

        /// All figures, once so many donations count.
        func figures(donations: Int) throws -> String {
            try deployment.eventually("\(donations) donations count", within: 30) {
                try value(
                    "reporting",
                    """
                    SELECT count(*) = \(donations) AND is_published()
                    FROM contribution WHERE source = 'donation'
                    """, as: Bool.self)
            }
            return try value(
                "reporting",
                "SELECT coalesce(string_agg(c::text, ' ' ORDER BY c::text), '') FROM current_cell c"
            )
        }

        /// The number of decided messages of a service, by `nuanxin status`.
        func decided(_ service: String) throws -> Int64? {
            struct Report: Decodable {
                struct Service: Decodable {
                    let service: String
                    let decided: Int64?
                }
                let services: [Service]
            }
            let output = Data(try tool(["status", "--json"]).output.utf8)
            let report = try JSONDecoder().decode(Report.self, from: output)
            return report.services.first { $0.service == service }?.decided
        }

        func epoch() throws -> Int64 { try value("reporting", "SELECT number FROM epoch") }

        /// Whether the editions that the backup lacks are known.
        func past() throws -> String { try value("reporting", "SELECT past FROM epoch") }
    }
}
