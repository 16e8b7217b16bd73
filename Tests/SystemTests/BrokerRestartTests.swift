import AMQP
import Foundation
import Support
import Testing

extension SystemTests {
    /// With servers of its own. Twenty restarts, which take minutes, are `deploy/servers restart-broker DIR 20`.
    @Suite("A broker that is restarted", .serialized)
    final class BrokerRestartTests {
        private static let restarts = 2
        /// Seconds after which RabbitMQ 3.10 has written down where the log of a new queue is.
        private static let untilQueuesAreKept = 6.0

        private let servers: ServerSet

        init() throws { servers = try ServerSet.start() }

        deinit {
            // Nobody can be told here; what is left lies in the temporary directory.
            try? servers.remove()
        }

        private var definitions: URL {
            URL(filePath: servers.directory).appending(path: "definitions.json")
        }

        private func log() throws -> String {
            let directory = URL(filePath: servers.directory).appending(path: "rabbitmq/log")
            let files = try FileManager.default.contentsOfDirectory(
                at: directory, includingPropertiesForKeys: nil)
            let file = try #require(files.first { $0.lastPathComponent.hasSuffix("localhost.log") })
            return try String(contentsOf: file, encoding: .utf8)
        }

        private func list(_ what: String...) throws -> Set<Substring> {
            Set(try servers.broker(["rabbitmqctl", "-q"] + what).split(separator: "\n"))
        }

        /// Queues, exchanges, bindings, policies and permissions in the broker's default virtual host.
        private func everything() throws -> [Set<Substring>] {
            try [
                list("list_queues", "name", "type", "policy"), list("list_exchanges", "name"),
                list("list_bindings", "source_name", "destination_name", "routing_key"),
                list("list_policies"), list("list_permissions"),
            ]
        }

        @Test func `It starts with all it was told and all it holds, and is told it once`() throws {
            let deployment = try Deployment("restart", services: [], on: servers)
            let client = try Client(deployment.broker("admin"))
            try client.publish(
                Array("held".utf8), type: "funding.operator", receipt: false,
                exchange: "nuanxin.receipts")
            try client.flush()
            let before = try everything()
            #expect(before.allSatisfy { $0.count > 1 }, "\(before)")
            Thread.sleep(forTimeInterval: Self.untilQueuesAreKept)
            try servers.restartBroker(times: Self.restarts)
            #expect(try everything() == before)
            let log = try log()
            #expect(log.matches(of: /Applying definitions from file/).count == 1)
            #expect(
                log.matches(of: /Hash value of imported definitions matches/).count
                    == Self.restarts)
            let reader = try Client(deployment.broker("operator"))
            try reader.consume("receipts.operator")
            var held: [String] = []
            try deployment.eventually("what it held is read", within: 30) {
                held += try reader.receive().map { String(decoding: $0.body, as: UTF8.self) }
                return !held.isEmpty
            }
            #expect(held == ["held"])
            // The stream has its leader again.
            let writer = try Client(deployment.broker("admin"))
            try writer.publish(
                Array("{}".utf8), type: "summaries.x", receipt: false,
                exchange: "nuanxin.summaries")
            try writer.flush()
        }

        @Test func `What has changed is imported, and what keeps it from starting is said`() throws
        {
            let text = try String(contentsOf: definitions, encoding: .utf8)
            let more = text.replacing("reporting.rebuild.started.*", with: "reporting.rebuilt.*")
            try more.write(to: definitions, atomically: true, encoding: .utf8)
            Thread.sleep(forTimeInterval: Self.untilQueuesAreKept)
            try servers.killBroker()
            let bindings = try servers.broker(["rabbitmqctl", "-q", "list_bindings"])
            #expect(bindings.contains("reporting.rebuilt.*"))
            try expectFailure("is not JSON|could not import .*JSON") {
                try String(text.dropLast(9)).write(
                    to: definitions, atomically: true, encoding: .utf8)
            }
            try expectFailure("could not import .*nonsense") {
                try text.replacing("\"quorum\"", with: "\"nonsense\"").replacing(
                    "registry.dead", with: "registry.dead2"
                ).write(to: definitions, atomically: true, encoding: .utf8)
            }
            try expectFailure("Cookie file .* must be accessible by owner only") {
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o644],
                    ofItemAtPath: "\(servers.directory)/rabbitmq/.erlang.cookie")
            }
        }

        /// Does what is wrong, after which the broker does not start and says so in one line.
        private func expectFailure(
            _ pattern: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ wrong: () throws -> Void
        ) throws {
            try wrong()
            do {
                try servers.killBroker()
                Issue.record("it started", sourceLocation: sourceLocation)
            } catch {
                let text = "\(error)"
                let found = text.range(of: pattern, options: .regularExpression)
                #expect(found != nil, "\(text)", sourceLocation: sourceLocation)
                let lines = text.split(separator: "\n").count
                #expect(lines == 1, "\(text)", sourceLocation: sourceLocation)
            }
        }
    }
}
