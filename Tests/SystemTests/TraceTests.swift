import Foundation
import Messages
import Support
import Testing

extension SystemTests {
    @Suite("A message's way through the services")
    struct TraceTests {
        private let deployment: Deployment
        private let client: Client
        private let fund = UUID()

        init() throws {
            deployment = try Deployment("trace", services: ["funding", "reporting"])
            _ = try deployment.start("funding")
            client = try Client(deployment.broker("operator"))
        }

        /// The tool's output about a message, once it contains all of these words.
        private func trace(_ id: UUID, until parts: String...) throws -> String {
            var text = ""
            try deployment.eventually("the trace says \(parts)", within: 30) {
                text = try deployment.tool(["trace", id.wireText]).output
                return parts.allSatisfy { text.contains($0) }
            }
            return text
        }

        @Test func `A command that waits is shown waiting, and later with what followed`() throws {
            let id = UUID()
            try client.publish(Sample.donation(to: fund), id: id)
            try client.flush()
            _ = try trace(id, until: "funding: parked", "waits, unknown_fund, try ")
            try client.publish(Sample.fund(fund))
            try client.flush()
            let decided = try trace(id, until: "funding: accepted", "reporting: nothing yet")
            let lines = decided.split(separator: "\n")
            #expect(lines.first == "message \(id.wireText)")
            #expect(lines.contains { $0.hasPrefix("    funding.donation.received.v1 ") })
            _ = try deployment.start("reporting")
            _ = try trace(id, until: "      reporting: applied")
        }

        @Test func `A fact is shown by its own id, and a refusal with its code`() throws {
            let id = UUID()
            try client.publish(Sample.fund(fund), id: id)
            let late = UUID()
            try client.publish(Array(#"{"id":"\#(late.wireText)"}"#.utf8), type: OpenFund.type)
            try client.flush()
            _ = try trace(late, until: "funding: dead letter, wrong_envelope, open")
            _ = try trace(id, until: "funding.fund.opened.v1")
            let again = UUID()
            try client.publish(Sample.fund(fund), id: again)
            try client.flush()
            _ = try trace(again, until: "funding: rejected")
            let json = try deployment.tool(["trace", "--json", id.wireText]).output
            struct Step: Decodable {
                let id: UUID
                let depth: Int
                let type: String?
                let subject: String?
            }
            let steps = try json.split(separator: "\n").map {
                try JSONDecoder().decode(Step.self, from: Data($0.utf8))
            }
            #expect(steps.map(\.depth) == [0, 1])
            let fact = try #require(steps.last)
            #expect(fact.subject == fund.wireText)
            #expect(try trace(fact.id, until: fact.id.wireText).hasPrefix("funding.fund.opened.v1"))
        }

        @Test func `What no service knows ends with status 4`() throws {
            let finished = try deployment.tool(["trace", UUID().wireText])
            #expect(finished.status == 4)
            #expect(finished.output.contains("unknown"))
        }
    }
}
