import AMQP
import Foundation
import Messages
import Postgres
import Support
import Testing

extension SystemTests {
    @Suite("Publishing and being answered")
    struct PublishingTests {
        private let deployment: Deployment
        private let client: Client
        private let fund = UUID()

        init() throws {
            deployment = try Deployment("publish", services: ["registry", "funding"])
            client = try Client(deployment.broker("operator"))
            try client.consume("receipts.operator")
        }

        struct Receipt: Decodable {
            struct Answer: Decodable {
                struct First: Decodable { let status: String }
                let command: UUID?
                let status: String
                let code: String?
                let pointer: String?
                let first: First?
            }
            let id: UUID
            let source: String
            let type: String
            let data: Answer
        }

        /// The next receipts, in the order in which they come.
        private func receipts(_ count: Int) throws -> [(Receipt, Delivery)] {
            var receipts: [(Receipt, Delivery)] = []
            try deployment.eventually("\(count) receipts have come", within: 30) {
                for delivery in try client.receive() {
                    let receipt = try JSONDecoder().decode(
                        Receipt.self, from: Data(delivery.body))
                    receipts.append((receipt, delivery))
                }
                return receipts.count >= count
            }
            return receipts
        }

        @Test func `A command is answered in its publisher's queue, with its own correlation id`()
            throws
        {
            _ = try deployment.start("funding")
            let id = UUID()
            try client.publish(Sample.fund(fund), id: id)
            let (receipt, delivery) = try #require(receipts(1).first)
            #expect(receipt.data.status == "accepted")
            #expect(receipt.data.command == id)
            #expect(receipt.source == "nuanxin/funding")
            #expect(receipt.type == "funding.receipt.v1")
            #expect(delivery.properties.correlationID == id.uuidString.lowercased())
            #expect(delivery.properties.messageID == receipt.id.uuidString.lowercased())
            #expect(delivery.properties.userID == "funding")
            #expect(delivery.properties.contentType == "application/cloudevents+json")
        }

        @Test
        func `A donation that is ahead of its fund is parked, and accepted when the fund is open`()
            throws
        {
            _ = try deployment.start("funding")
            let id = UUID()
            try client.publish(Sample.donation(to: fund), id: id)
            #expect(try receipts(1).map(\.0.data.status) == ["parked"])
            try client.publish(Sample.fund(fund))
            let later = try receipts(2).map(\.0.data)
            #expect(later.allSatisfy { $0.status == "accepted" })
            #expect(later.contains { $0.command == id })
        }

        @Test func `A command for nobody is a dead letter that registry reports`() throws {
            _ = try deployment.start("registry")
            try client.publish(Array("{}".utf8), type: "nobody.thing.do.v1")
            let receipt = try #require(receipts(1).first).0
            #expect(receipt.data.status == "rejected")
            #expect(receipt.data.code == "unroutable")
            #expect(receipt.source == "nuanxin/registry")
            let connection = try Connection(
                PostgresConfiguration(url: deployment.database("registry")))
            let row = try #require(
                connection.run("SELECT code, routing_key, publisher FROM dead_letter").first)
            #expect(try row.decode(String.self, at: 0) == "unroutable")
            #expect(try row.decode(String.self, at: 1) == "nobody.thing.do.v1")
            #expect(try row.decode(String.self, at: 2) == "operator")
        }

        @Test func `What a full queue refuses is published again ever more slowly`() throws {
            try deployment.manage(
                "PUT", "policies/\(deployment.virtualHost)/full", nil,
                body: #"{"pattern":"^funding\\.facts$","definition":{"max-length":1}}"#)
            _ = try deployment.start("registry")
            for name in ["one", "two", "three", "four", "five"] {
                try client.publish(
                    GrantPublisher(publisher: name, territories: [Sample.district], types: ["*"]))
                try client.flush()
                Thread.sleep(forTimeInterval: 0.2)
            }
            // Each time the receipts behind what is refused come once more.
            var count = 0
            let end = Date().addingTimeInterval(4)
            while Date() < end { count += try client.receive().count }
            #expect((5...40).contains(count), "\(count)")
            try deployment.manage(
                "DELETE", "policies/\(deployment.virtualHost)/full", nil)
            let registry = try Connection(
                PostgresConfiguration(url: deployment.database("registry")))
            try deployment.eventually("all is published", within: 20) {
                try registry.run(
                    """
                    SELECT FROM journal j JOIN journal_owner o USING (owner)
                    WHERE j.position > o.published
                    """
                ).isEmpty
            }
        }

        @Test func `A redriven message that fails again is a dead letter again`() throws {
            _ = try deployment.start("funding")
            try client.publish(Array("{".utf8), type: ReceiveDonation.type)
            #expect(try receipts(1).map(\.0.data.code) == ["not_json"])
            let connection = try Connection(
                PostgresConfiguration(url: deployment.database("funding")))
            func letter() throws -> String? {
                try connection.run(
                    "SELECT state || ' ' || times FROM dead_letter"
                ).first?.decode(String.self, at: 0)
            }
            #expect(try letter() == "open 1")
            let redriven = try deployment.tool([
                "dead", "redrive", "funding", "--all", "--reason", "try again",
            ])
            #expect(redriven.status == 0, "\(redriven.error)")
            try deployment.eventually("it is dead again", within: 20) {
                try letter() == "open 2"
            }
            #expect(try connection.run("SELECT FROM parked").isEmpty)
        }
    }
}
