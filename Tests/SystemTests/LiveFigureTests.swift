import Foundation
import Messages
import Support
import Testing

extension SystemTests {
    @Suite("Exact figures over the broker")
    struct LiveFigureTests {
        private let deployment: Deployment

        init() throws {
            deployment = try Deployment("figures", services: ["funding", "reporting"])
            for service in ["funding", "reporting"] { _ = try deployment.start(service) }
        }

        private func figures(_ arguments: String...) throws -> Deployment.Finished {
            try deployment.tool(["figures", "--territory", "350203"] + arguments)
        }

        @Test func `the tool says what was taken in a moment ago`() throws {
            let client = try Client(deployment.broker("operator"))
            let fund = UUID()
            try client.publish(Sample.fund(fund))
            try client.publish(Sample.donation(to: fund))
            try client.flush()
            try deployment.eventually("the donation is counted", within: 30) {
                // A district of which reporting knows nothing yet is refused.
                let asked = try figures("--measure", "donations", "--json")
                guard asked.status == 0 else { return false }
                let answer = try JSONDecoder().decode(Figures.self, from: Data(asked.output.utf8))
                return answer.figures.contains { $0.dimension.isEmpty && $0.value == 1 }
            }
            let table = try figures("--dataset", "funding").check().output
            #expect(table.contains("donations_fen"))
        }

        @Test func `a refused question ends with status 4`() throws {
            let finished = try figures("--measure", "luck")
            #expect(finished.status == 4)
            #expect(finished.error.contains("unknown_measure at /data/measures/0"))
        }

        private struct Figures: Decodable {
            struct Figure: Decodable {
                let dimension: String
                let value: Int64?
            }
            let figures: [Figure]
        }
    }
}
