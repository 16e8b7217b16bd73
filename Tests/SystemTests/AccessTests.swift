import AMQP
import Foundation
import Messages
import ServiceKit
import Support
import Testing

extension SystemTests {
    /// The operator's tool admits other systems; the broker and the services refuse them the rest.
    @Suite("Publishers and subscribers from outside")
    struct AccessTests {
        private let deployment: Deployment
        private let name = TestServers.uniqueName("bank")
        private let fund = UUID()

        init() throws { deployment = try Deployment("access", services: ["registry", "funding"]) }

        private func tool(_ arguments: [String]) throws -> Deployment.Finished {
            var environment = try deployment.toolEnvironment()
            environment["NUANXIN_MANAGEMENT_URL"] = deployment.management
            return try deployment.run("nuanxin", arguments, environment)
        }

        /// - Returns: the address that the tool prints.
        private func add(_ arguments: [String]) throws -> String {
            let finished = try tool(arguments)
            try #require(finished.status == 0, "\(finished.error)")
            let line = finished.output.split(separator: "\n").first { $0.contains("amqp://") }
            return try #require(line).trimmingCharacters(in: .whitespaces)
        }

        private func addPublisher() throws -> String {
            _ = try deployment.start("registry")
            _ = try deployment.start("funding")
            return try add([
                "publisher", "add", name, "--types", "funding.donation.*", "--territory",
                "350203009",
            ])
        }

        /// The code with which the broker closes what `body` is done on.
        private func refusal(_ body: () throws -> Void) -> Int? {
            do {
                try body()
                return nil
            } catch let error as AMQPError {
                guard case .refused(let code) = error.kind else { return nil }
                return code
            } catch {
                return nil
            }
        }

        private func donation(_ territory: String) throws -> ReceiveDonation {
            ReceiveDonation(
                donation: DonationID(UUID()), fund: FundID(fund), campaign: "one-yuan",
                territory: try #require(TerritoryCode(territory)), amountFen: Fen(rawValue: 100),
                receivedOn: Sample.day)
        }

        /// Waits for a receipt that says so.
        private func expect(_ word: String, _ client: Client) throws {
            try deployment.eventually("a receipt says \(word)", within: 30) {
                try client.receive().contains {
                    String(decoding: $0.body, as: UTF8.self).contains("\"\(word)\"")
                }
            }
        }

        @Test func `What was granted is taken, and another territory refused`() throws {
            let url = try addPublisher()
            let association = try Client(deployment.broker("operator"))
            try association.publish(Sample.fund(fund), receipt: false)
            try association.flush()
            let client = try Client(url)
            try client.consume("receipts.\(name)")
            try client.publish(donation("350203009001"))
            try expect("accepted", client)
            try client.publish(donation("350203007001"))
            try expect("out_of_scope", client)
        }

        @Test func `A routing key that was not granted is refused by the broker`() throws {
            let client = try Client(try addPublisher())
            let code = refusal {
                try client.publish(
                    GrantPublisher(publisher: name, territories: [], types: ["*"]), receipt: false)
                try client.flush()
            }
            #expect(code == 403)
        }

        @Test func `Nobody publishes in another's name`() throws {
            let url = try addPublisher()
            let connection = try AMQPConnection(Endpoint(url: url), name: "spoofer", heartbeat: 0)
            try connection.selectConfirms()
            var properties = Properties()
            properties.userID = "operator"
            let code = refusal {
                try connection.publish(
                    exchange: "nuanxin.commands", routingKey: ReceiveDonation.type,
                    properties: properties, body: Array("{}".utf8))
                var incoming: [Incoming] = []
                for _ in 0..<50 where incoming.isEmpty {
                    AMQPConnection.wait(for: [connection], milliseconds: 100)
                    try connection.receive(into: &incoming, limit: 1)
                }
            }
            #expect(code == 406)
        }

        @Test(arguments: [
            "receipts.operator", "funding.commands", "nuanxin.summaries", "nuanxin.unroutable",
        ])
        func `A publisher reads its own receipts only`(queue: String) throws {
            let client = try Client(try addPublisher())
            #expect(refusal { try client.consume(queue) } == 403)
        }

        @Test func `A publisher's receipts are kept, even where the policy had been lost`() throws {
            let host = deployment.virtualHost
            try deployment.manage("DELETE", "policies/\(host)/nuanxin.receipts", nil)
            _ = try addPublisher()
            try deployment.eventually("the policy is there", within: 10) {
                // Of one queue alone 3.10 does not say it.
                let answer = try deployment.manage(
                    "GET", "queues/\(host)?columns=name,policy&disable_stats=true", nil)
                let queues = try JSONDecoder().decode(
                    [[String: String?]].self, from: Data(answer.utf8))
                return queues.contains {
                    $0["name"] == "receipts.\(name)" && $0["policy"] == "nuanxin.receipts"
                }
            }
        }

        @Test(arguments: ["nuanxin.facts", "nuanxin.receipts", "nuanxin.summaries"])
        func `A publisher writes commands only`(exchange: String) throws {
            let client = try Client(try addPublisher())
            let code = refusal {
                try client.publish(
                    Array("{}".utf8), type: "funding.donation.received.v1", receipt: false,
                    exchange: exchange)
                try client.flush()
            }
            #expect(code == 403)
        }

        @Test func `A publisher opens so many connections and no more`() throws {
            let url = try addPublisher()
            var clients: [Client] = []
            let most = Topology.limitsFromOutside.connections
            #expect(throws: AMQPError.self) {
                for _ in 0...most { clients.append(try Client(url)) }
            }
            #expect(clients.count == most)
        }

        private func publish(as user: String, to exchange: String, _ key: String) -> Int? {
            refusal {
                let client = try Client(deployment.broker(user))
                try client.publish(
                    Array("{}".utf8), type: key, receipt: false, exchange: exchange)
                try client.flush()
            }
        }

        @Test(arguments: [
            ("nuanxin.receipts", "registry.operator"), ("nuanxin.receipts", "operator"),
            ("nuanxin.facts", "registry.person.died.v1"),
            ("nuanxin.replay.reporting", "registry.person.died.v1"),
            ("nuanxin.replay.events", "funding.loan.repaid.v1"),
            ("nuanxin.commands", "funding.fund.open.v1"), ("nuanxin.summaries", "summaries.x"),
            ("nuanxin.dead", "funding"),
        ])
        func `A service writes nothing under another's name, and no more than it must`(
            exchange: String, key: String
        ) {
            #expect(publish(as: "funding", to: exchange, key) == 403)
        }

        @Test(arguments: [
            ("nuanxin.receipts", "funding.operator"), ("nuanxin.facts", "funding.x"),
            ("nuanxin.replay.reporting", "funding.x"),
        ])
        func `A service writes what it must`(exchange: String, key: String) {
            #expect(publish(as: "funding", to: exchange, key) == nil)
        }

        @Test func `A service reaches no receipts of those who may send it nothing`() throws {
            #expect(publish(as: "funding", to: "nuanxin.receipts", "funding.subscriber") == nil)
            #expect(publish(as: "reporting", to: "nuanxin.receipts", "reporting.subscriber") == nil)
            let client = try Client(deployment.broker("subscriber"))
            try client.consume("receipts.subscriber")
            var keys: [String] = []
            try deployment.eventually("one arrives", within: 10) {
                keys += try client.receive().map(\.routingKey)
                return !keys.isEmpty
            }
            #expect(keys == ["reporting.subscriber"])
        }

        @Test func `A publisher that is revoked is thrown out and cannot come again`() throws {
            let url = try addPublisher()
            let client = try Client(url)
            try client.consume("receipts.\(name)")
            let finished = try tool(["publisher", "revoke", name])
            #expect(finished.status == 0, "\(finished.error)")
            try deployment.eventually("its connection is closed", within: 30) {
                do {
                    _ = try client.receive()
                    return false
                } catch {
                    return true
                }
            }
            #expect(throws: AMQPError.self) { try Client(url) }
            #expect(try tool(["publisher", "revoke", name]).status != 0)
        }

        @Test func `A name that is taken, or the deployment's own, is refused`() throws {
            _ = try addPublisher()
            let again = try tool(["subscriber", "add", name])
            #expect(again.error.contains("already"))
            for own in ["funding", "operator", "administrator"] {
                #expect(try tool(["subscriber", "add", own]).error.contains("deployment itself"))
            }
        }

        @Test func `What registry refuses to grant makes no user`() throws {
            _ = try deployment.start("registry")
            let finished = try tool([
                "publisher", "add", name, "--types", "Not A Type", "--territory", "350203",
            ])
            #expect(finished.status == 4)
            #expect(finished.error.contains("invalid_type_pattern"))
            #expect(try tool(["subscriber", "revoke", name]).error.contains("there is no"))
        }

        @Test func `A subscriber reads what is published, and sends no command`() throws {
            let client = try Client(try add(["subscriber", "add", name]))
            try client.consume("nuanxin.summaries", from: .streamPosition("first"))
            #expect(refusal { try client.consume("receipts.operator") } == 403)
            let other = try Client(try deployment.broker("subscriber"))
            #expect(refusal { try other.consume("receipts.\(name)") } == 403)
            #expect(try tool(["subscriber", "revoke", name]).status == 0)
        }
    }
}
