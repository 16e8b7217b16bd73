import AMQP
import Foundation
import Messages
import Postgres
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
            let reporting = try Connection(
                PostgresConfiguration(url: deployment.database("reporting")))
            try deployment.eventually("reporting has begun", within: 60) {
                try reporting.run("SELECT FROM epoch WHERE number > 0").count > 0
            }
        }

        private struct Receipt: Decodable {
            let status: String
            let code: String?
            let pointer: String?
            let expected: String?
        }

        /// Publishes documents and waits for the last receipt of each.
        private func answers(
            to documents: [(key: UUID, type: String, body: JSONValue)], isDryRun: Bool = false
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
                    && (isDryRun || !answers.values.contains { $0.status == "parked" })
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
                let isOfDays =
                    declared.code == RefusalCode.dateOutOfBounds.code
                    || ["a date", "a year"].contains { declared.expected.hasPrefix($0) }
                let expected = isOfDays ? Self.untilLastDay(declared.expected) : declared.expected
                let said = isOfDays ? answer.expected.map(Self.untilLastDay) : answer.expected
                #expect(said == expected, "\(name)")
            }
        }

        /// The last day that a message may name follows its time, which the example has anew.
        private static func untilLastDay(_ expected: String) -> String {
            expected.components(separatedBy: " to ").dropLast().joined(separator: " to ")
        }

        /// The services' answers to each valid example, by a dry run, while they hold nothing.
        @Test(
            "Every valid example gets the answer that the contract says of an empty association")
        func validAnswers() throws {
            let contract = try #require(contract)
            var names: [UUID: String] = [:]
            var documents: [(key: UUID, type: String, body: JSONValue)] = []
            for type in Catalogue.commands.map({ $0.type }) {
                var document = try #require(contract.examples(type).first).refreshed().document
                document["dryrun"] = true
                let key = UUID()
                names[key] = type
                documents.append((key, type, document))
            }
            let answers = try answers(to: documents, isDryRun: true).map { key, receipt in
                var answer: JSONValue = ["status": .text(receipt.status)]
                answer["code"] = receipt.code.map { .text($0) }
                answer["pointer"] = receipt.pointer.map { .text($0) }
                return JSONValue.Member(names[key] ?? "", answer)
            }
            let text = JSONValue.object(answers.sorted { $0.name < $1.name }).pretty
            let file = contract.url.appending(path: "answers.json")
            guard (try? String(contentsOf: file, encoding: .utf8)) != text else { return }
            let copy = FileManager.default.temporaryDirectory.appending(path: "answers.json")
            try Data(text.utf8).write(to: copy)
            Issue.record("deploy/contract/answers.json is to be as \(copy.path)")
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
            let formal = Set(RefusalCode.formal.map(\.code))
            let answers = try answers(to: documents)
            for (key, answer) in answers {
                let isFormal = answer.code.map(formal.contains) ?? false
                #expect(!isFormal, "\(names[key] ?? ""): \(answer)")
            }
            #expect(answers.values.count { $0.status == "accepted" } > 10)
            try capture.expectContract()
        }
    }
}
