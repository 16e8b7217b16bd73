import Foundation
import Postgres
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
            for place in [
                "broker", "broker's topology", "database of funding", "version of RabbitMQ",
                "version of PostgreSQL", "programs of PostgreSQL",
            ] {
                #expect(finding(place, finished.output).hasPrefix("well"), "\(finished.output)")
            }
            #expect(finished.status == 1)
            #expect(finding("reporting", finished.output).contains("NUANXIN_HTTP"))
        }

        @Test func `A fact that was set aside is named, also if it was discarded as a conflict`()
            throws
        {
            let funding = try Connection(
                PostgresConfiguration(url: deployment.ownerDatabase("funding")))
            let id = UUID()
            _ = try funding.run(
                """
                INSERT INTO dead_letter (digest, message_id, origin, routing_key, type, size, code,
                    pointer, found, expected, first_at, last_at, state)
                VALUES ('a', \(id), 'facts', 'registry.person.died.v1', 'registry.person.died.v1', 1,
                    'conflict', '/id', '', '', now(), now(), 'discarded')
                """)
            let found = finding("facts at funding", try examine().output)
            #expect(found.contains("has set aside 1 facts"), "\(found)")
            #expect(
                found.contains("\(id.uuidString.lowercased()) (registry.person.died.v1, conflict)"))
            #expect(found.contains("do not discard"))
        }

        @Test func `A wrong password is told from a server that is away`() throws {
            let url = try deployment.broker("operator")
            let wrong = url.replacing(/:[^:@]*@/, with: ":4f0c@")
            let refused = try examine(["NUANXIN_AMQP_URL": wrong])
            #expect(finding("broker", refused.output).contains("refuses the password of operator"))
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

        /// The command that doctor names last, done as it stands.
        private func follow(_ finding: String) throws {
            let remedy = try #require(finding.split(separator: "do: ").last)
            let command = try #require(remedy.split(separator: "; ").last)
            let finished = try StandIn(deployment).follow(String(command))
            #expect(finished.status == 0, "\(command): \(finished.output) \(finished.error)")
        }

        @Test func `A password that the broker has otherwise comes back by its remedy`() throws {
            try deployment.manage(
                "PUT", "users/operator", nil, body: #"{"password":"4f0c","tags":""}"#)
            let refused = finding("broker", try examine().output)
            #expect(refused.contains("refuses the password of operator"))
            try follow(refused)
            #expect(finding("broker", try examine().output).hasPrefix("well"))
        }

        @Test(arguments: [
            ("queues/%@/funding.dead", "lacks funding.dead"),
            ("exchanges/%@/nuanxin.replay.events", "lacks the exchange nuanxin.replay.events"),
            ("policies/%@/nuanxin.kept", "lacks the policy nuanxin.kept"),
            (
                "bindings/%@/e/nuanxin.facts/q/reporting.facts/funding.donation.received.*",
                "lacks funding.donation.received.* from nuanxin.facts to reporting.facts"
            ),
        ])
        func `What the broker lacks is named, and comes back by its remedy`(
            path: String, complaint: String
        ) throws {
            try deployment.manage(
                "DELETE", path.replacing("%@", with: deployment.virtualHost), nil)
            let lacking = finding("broker's topology", try examine().output)
            #expect(lacking.contains(complaint))
            try follow(lacking)
            #expect(finding("broker's topology", try examine().output).hasPrefix("well"))
        }

        @Test func `A policy in the place of the one that keeps is named`() throws {
            let policies = "policies/\(deployment.virtualHost)"
            try deployment.manage(
                "PUT", "\(policies)/below", nil,
                body: #"{"pattern":".*","definition":{"max-length":1},"priority":1}"#)
            #expect(finding("broker's topology", try examine().output).hasPrefix("well"))
            try deployment.manage(
                "PUT", "\(policies)/above", nil,
                body: #"{"pattern":"^rec","definition":{"max-length":1},"priority":1000}"#)
            let dropping = finding("broker's topology", try examine().output)
            #expect(dropping.contains("the policy above"))
            try follow(dropping)
            #expect(finding("broker's topology", try examine().output).hasPrefix("well"))
        }
    }
}
