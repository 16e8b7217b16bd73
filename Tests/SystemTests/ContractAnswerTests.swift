import AMQP
import Foundation
import Messages
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// All four services, and every example of the contract.
    @Suite("The contract, kept by the running services")
    struct ContractAnswerTests {
        private let deployment: Deployment
        private let client: Client
        private let contract = try? ContractDirectory(ContractToolTests.contract.path)

        init() throws {
            deployment = try Deployment("contract")
            for service in ["registry", "funding", "events", "reporting"] {
                _ = try deployment.start(service)
            }
            client = try Client(deployment.broker("operator"))
            try client.consume("receipts.operator")
        }

        private struct Receipt: Decodable {
            let status: String
            let code: String?
            let pointer: String?
            let expected: String?
        }

        /// Publishes documents and waits for the last receipt of each.
        private func answers(
            to documents: [(key: UUID, type: String, body: JSONValue)]
        ) throws -> [UUID: Receipt] {
            for document in documents {
                try client.publish(
                    Array(document.body.compact.utf8), type: document.type, id: document.key)
            }
            try client.flush()
            var answers: [UUID: Receipt] = [:]
            try deployment.eventually("all are answered", within: 120) {
                for delivery in try client.receive() {
                    let id = delivery.properties.correlationID.flatMap { UUID(uuidString: $0) }
                    let receipt = try Document(delivery.body).data(as: Receipt.self)
                    if let id { answers[id] = receipt }
                }
                return answers.count == documents.count
                    && !answers.values.contains { $0.status == "parked" }
            }
            return answers
        }

        @Test func `Every invalid example gets the answer that the contract says`() throws {
            let contract = try #require(contract)
            var expected: [UUID: (name: String, answer: ContractDirectory.Example.Answer)] = [:]
            var documents: [(key: UUID, type: String, body: JSONValue)] = []
            for type in Catalogue.commands.map({ $0.type }) {
                for example in try contract.examples(type) {
                    guard let answer = example.answer else { continue }
                    let key = UUID()
                    expected[key] = ("\(type): \(example.title)", answer)
                    documents.append((key, type, example.refreshed().document))
                }
            }
            #expect(documents.count > 1_500)
            for (key, answer) in try answers(to: documents) {
                guard let (name, declared) = expected[key] else { continue }
                #expect(answer.status == "rejected", "\(name)")
                #expect(answer.code == declared.code, "\(name)")
                #expect(answer.pointer == declared.pointer, "\(name)")
                #expect(answer.expected == declared.expected, "\(name)")
            }
        }

        /// Whether it is accepted depends on what there is; that it is understood does not.
        @Test func `Every valid example is understood, and what follows keeps the contract`()
            throws
        {
            let contract = try #require(contract)
            let capture = try Capture(deployment)
            var names: [UUID: String] = [:]
            var documents: [(key: UUID, type: String, body: JSONValue)] = []
            for type in Catalogue.commands.map({ $0.type }) {
                let example = try #require(contract.examples(type).first).refreshed()
                let key = UUID()
                names[key] = type
                documents.append((key, type, example.document))
            }
            let formal = Set(MessageError.Code.allCases.map(\.rawValue))
            let answers = try answers(to: documents)
            for (key, answer) in answers {
                let isFormal = answer.code.map(formal.contains) ?? false
                #expect(!isFormal, "\(names[key] ?? ""): \(answer)")
            }
            #expect(answers.values.count { $0.status == "accepted" } > 30)
            try capture.expectContract()
        }
    }

    /// Everything that services publish, kept in a file.
    struct Capture {
        private let deployment: Deployment
        private let client: Client
        private static let queue = "captured"

        /// Binds a queue to facts and receipts. Call it before anything is published.
        init(_ deployment: Deployment) throws {
            self.deployment = deployment
            let host = deployment.virtualHost
            try deployment.manage(
                "PUT", "queues/\(host)/\(Self.queue)", nil,
                body: #"{"durable":true,"arguments":{"x-queue-type":"quorum"}}"#)
            for exchange in ["facts", "receipts", "summaries"] {
                try deployment.manage(
                    "POST", "bindings/\(host)/e/nuanxin.\(exchange)/q/\(Self.queue)", nil,
                    body: ##"{"routing_key":"#"}"##)
            }
            client = try Client(deployment.broker("admin"))
        }

        /// Waits until nothing more comes, and has jsonschema, the CloudEvents SDK and our own tool read it all.
        func expectContract(
            atLeast least: Int = 50, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            try client.consume(Self.queue)
            var (all, facts) = (Data(), Data())
            var (count, quiet) = (0, 0)
            while quiet < 30 {
                let deliveries = try client.receive()
                quiet = deliveries.isEmpty ? quiet + 1 : 0
                count += deliveries.count
                for delivery in deliveries {
                    let line = Data(delivery.body + [UInt8(ascii: "\n")])
                    all += line
                    if delivery.properties.type?.contains(".receipt.") == false { facts += line }
                }
            }
            #expect(count >= least, sourceLocation: sourceLocation)
            let file = deployment.directory.appending(path: "captured.ndjson")
            try all.write(to: file)
            let checked = try Deployment.run(
                PythonTools.python(),
                [ContractToolTests.script.path, ContractToolTests.contract.path, file.path],
                ["PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"])
            #expect(
                checked.status == 0, "\(checked.output.prefix(4_000)) \(checked.error)",
                sourceLocation: sourceLocation)
            try facts.write(to: file)
            let ours = try deployment.tool(["validate", "--facts", file.path])
            #expect(
                ours.status == 0, "\(ours.output.prefix(4_000))", sourceLocation: sourceLocation)
        }
    }
}
