import AMQP
import Foundation
import Messages
import Support
import Testing

extension SystemTests {
    /// With servers of its own, because the broker is restarted and its files are searched.
    @Suite("What the broker's disk keeps", .serialized)
    final class BrokerDiskTests {
        private static let name = "陈小明"
        /// Seconds after which RabbitMQ 3.10 has written down where the log of a new queue is.
        private static let untilQueuesAreKept = 6.0

        private let servers: ServerSet

        init() throws { servers = try ServerSet.start() }

        deinit {
            // Nobody can be told here; what is left lies in the temporary directory.
            try? servers.remove()
        }

        /// Files of the broker in which a text stands.
        private func files(holding text: String) throws -> [String] {
            let directory = URL(filePath: servers.directory).appending(path: "rabbitmq")
            let names = FileManager.default.enumerator(atPath: directory.path)?
                .compactMap { $0 as? String }
            return try #require(names).filter { name in
                let data = try? Data(contentsOf: directory.appending(path: name))
                return data?.range(of: Data(text.utf8)) != nil
            }
        }

        private func broker(_ arguments: String...) throws {
            _ = try servers.broker(["rabbitmqctl", "-q"] + arguments)
        }

        /// As deploy/manual/privacy.md has it.
        @Test func `A name in a consumed command is gone once its queue is made again`() throws {
            let deployment = try Deployment("disk", services: ["registry"], on: servers)
            let process = try deployment.start("registry")
            let client = try Client(deployment.broker("operator"))
            try client.consume("receipts.operator")
            try client.publish(
                LoadTerritory(
                    edition: Sample.day, source: "test",
                    units: [
                        TerritoryUnit(
                            code: Sample.district, nameZh: "思明区", nameEn: "Siming District",
                            validFrom: Sample.day)
                    ]))
            try client.publish(
                RegisterPerson(
                    person: PersonID(UUID()), territory: Sample.district, registeredOn: Sample.day,
                    name: Self.name,
                    residentId: Sample.value(ResidentID("11010519491231002X"))))
            try client.flush()
            var answers = 0
            try deployment.eventually("both commands are decided", within: 30) {
                answers += try client.receive().count
                return answers >= 2
            }
            deployment.stop(process)
            #expect(try !files(holding: Self.name).isEmpty, "the search finds what is there")

            Thread.sleep(forTimeInterval: Self.untilQueuesAreKept)
            try servers.restartBroker(times: 1)
            for queue in ["registry.commands", "registry.dead", "receipts.operator"] {
                try broker("-p", deployment.virtualHost, "delete_queue", queue)
            }
            try deployment.manage(
                "POST", "definitions", deployment.directory.appending(path: "definitions.json"))
            try deployment.eventually("the name is in no file of the broker", within: 30) {
                try files(holding: Self.name).isEmpty
            }
        }
    }
}
