import Foundation
import Support
import Testing

extension SystemTests {
    @Suite("Finding out what is wrong")
    struct DoctorTests {
        private let deployment: Deployment

        init() throws { deployment = try Deployment("doctor") }

        private func examine(_ changes: [String: String] = [:]) throws -> Deployment.Finished {
            var environment = try deployment.toolEnvironment()
            environment["NUANXIN_MANAGEMENT_URL"] = deployment.management
            environment.merge(changes) { $1 }
            return try deployment.run("nuanxin", ["doctor"], environment)
        }

        /// The line that begins with a place, and the one behind it.
        private func finding(_ place: String, _ output: String) -> String {
            let lines = output.split(separator: "\n").map(String.init)
            guard let index = lines.firstIndex(where: { $0.contains("  \(place)") }) else {
                return ""
            }
            return lines[index...].prefix(2).joined(separator: "\n")
        }

        @Test func `Everything that is well is said to be`() throws {
            let finished = try examine()
            for place in ["broker", "broker's topology", "database of funding"] {
                #expect(finding(place, finished.output).hasPrefix("well"), "\(finished.output)")
            }
            #expect(finished.status == 1)
            #expect(finding("reporting", finished.output).contains("NUANXIN_HTTP"))
        }

        @Test func `A wrong password is told from a server that is away`() throws {
            let url = try deployment.broker("operator")
            let wrong = url.replacing(/:[^:@]*@/, with: ":4f0c@")
            let refused = try examine(["NUANXIN_AMQP_URL": wrong])
            #expect(finding("broker", refused.output).contains("refuses the password of operator"))
            #expect(
                finding("broker", refused.output).contains("do: docker-compose restart rabbitmq"))
            let away = try examine(["NUANXIN_AMQP_URL": "amqp://operator:4f0c@127.0.0.1:1/%2F"])
            #expect(finding("broker", away.output).contains("nobody answers"))
            #expect(!away.output.contains("4f0c"))
        }

        @Test func `A database that is away or not migrated has its remedy`() throws {
            let away = try examine(["NUANXIN_FUNDING_DB": "postgresql://f:4f0c@127.0.0.1:1/funding"]
            )
            #expect(finding("database of funding", away.output).contains("up -d postgres"))
            #expect(finding("database of events", away.output).hasPrefix("well"))
            let empty = try TestServers.newDatabase()
            let bare = try examine(["NUANXIN_FUNDING_DB": empty])
            #expect(finding("database of funding", bare.output).contains("up -d migrate"))
        }

        @Test func `A queue that the broker lacks is named`() throws {
            try deployment.manage(
                "DELETE", "queues/\(deployment.virtualHost)/funding.dead", nil)
            let finished = try examine()
            #expect(finding("broker's topology", finished.output).contains("lacks funding.dead"))
        }
    }
}
