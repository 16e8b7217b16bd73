import Foundation
import Messages
import Postgres
import Support
import Testing

extension SystemTests {
    /// Facts that no queue takes, and facts that one of several services has not got.
    @Suite("Facts that are lost on their way")
    struct LostFactTests {
        private let deployment: Deployment
        private static let key = "registry.publisher.granted.*"

        init() throws { deployment = try Deployment("lost") }

        private func binding(_ queue: String, _ key: String) -> String {
            "bindings/\(deployment.virtualHost)/e/nuanxin.facts/q/\(queue)/\(key)"
        }

        private func unbind(_ queue: String, _ key: String = Self.key) throws {
            try deployment.manage("DELETE", binding(queue, key), nil)
        }

        private func bind(_ queue: String, _ key: String = Self.key) throws {
            try deployment.manage(
                "POST", "bindings/\(deployment.virtualHost)/e/nuanxin.facts/q/\(queue)", nil,
                body: #"{"routing_key":"\#(key)"}"#)
        }

        private func grant(_ name: String) throws {
            let client = try Client(deployment.broker("operator"))
            try client.publish(
                GrantPublisher(
                    publisher: name, territories: [Sample.district], types: ["funding.*"]),
                receipt: false)
            try client.flush()
        }

        private func number(_ service: String, _ query: String) throws -> Int64 {
            let connection = try Connection(
                PostgresConfiguration(url: deployment.ownerDatabase(service)))
            return try connection.run(Statement(trusted: query)).first?
                .decode(Int64.self, at: 0) ?? 0
        }

        private func grants(_ service: String) throws -> Int64 {
            try number(service, "SELECT count(*) FROM publisher_grant")
        }

        /// What doctor says of the facts at a service, and its remedy.
        private func finding(_ service: String) throws -> String {
            var environment = try deployment.toolEnvironment()
            environment["NUANXIN_MANAGEMENT_URL"] = deployment.management
            let output = try deployment.run("nuanxin", ["doctor"], environment).output
            let lines = output.split(separator: "\n").map(String.init)
            let index = try #require(lines.firstIndex { $0.contains("  facts at \(service)") })
            return lines[index...].prefix(2).joined(separator: "\n")
        }

        /// As if what was recorded so far were an hour old.
        private func letTimePass(_ service: String) throws {
            let connection = try Connection(
                PostgresConfiguration(url: deployment.ownerDatabase(service)))
            _ = try connection.run("UPDATE journal SET time = time - interval '1 hour'")
        }

        @Test func `A fact that no queue takes waits in its journal, and goes when one does`()
            throws
        {
            for service in ["registry", "funding"] { _ = try deployment.start(service) }
            for queue in ["funding.facts", "events.facts", "reporting.facts"] {
                try unbind(queue)
            }
            try grant("bank")
            try deployment.eventually("it is seen that nothing goes", within: 30) {
                try deployment.tool(["status"]).output.contains("1 facts are not being published")
            }
            #expect(
                try number("registry", "SELECT coalesce(max(published), 0) FROM journal_owner") == 0
            )
            for queue in ["funding.facts", "events.facts", "reporting.facts"] { try bind(queue) }
            try deployment.eventually("it arrives", within: 30) { try grants("funding") == 1 }
            try deployment.eventually("all is published", within: 30) {
                try number("registry", "SELECT coalesce(max(published), 0) FROM journal_owner") == 1
            }
        }

        @Test func `A fact that nobody takes in stops nothing`() throws {
            _ = try deployment.start("funding")
            let client = try Client(deployment.broker("operator"))
            let (fund, donation) = (UUID(), UUID())
            try client.publish(Sample.fund(fund), receipt: false)
            try client.publish(Sample.donation(donation, to: fund), receipt: false)
            try client.publish(
                ReceiptDonation(donation: DonationID(donation), businessDate: Sample.day),
                receipt: false)
            try client.flush()
            try deployment.eventually("all three are published", within: 30) {
                try number(
                    "funding", "SELECT coalesce(sum(published), 0)::bigint FROM journal_owner") == 3
            }
        }

        @Test func `A fact that one of three has not got is named, and comes by the remedy`() throws
        {
            for service in ["registry", "funding", "events"] { _ = try deployment.start(service) }
            try unbind("funding.facts")
            try grant("bank")
            try deployment.eventually("it reaches events", within: 30) { try grants("events") == 1 }
            try bind("funding.facts")
            try letTimePass("registry")
            #expect(try grants("funding") == 0)
            #expect(try finding("events").hasPrefix("well"))

            let lacking = try finding("funding")
            #expect(lacking.contains("it lacks 1 facts of registry"), "\(lacking)")
            let id = try Connection(
                PostgresConfiguration(url: deployment.ownerDatabase("registry"))
            )
            .run("SELECT id::text FROM journal").first?.decode(String.self, at: 0)
            #expect(lacking.contains(try #require(id)))
            let remedy = try #require(lacking.split(separator: "do: ").last)
            #expect(remedy.contains("nuanxin replay registry --to funding --from"))
            let finished = try StandIn(deployment).follow(String(remedy))
            #expect(finished.status == 0, "\(finished.output) \(finished.error)")
            try deployment.eventually("it arrives", within: 30) { try grants("funding") == 1 }
            #expect(try finding("funding").hasPrefix("well"))
        }

        @Test func `A gap shows in the status once a later fact has come`() throws {
            _ = try deployment.start("registry", ["NUANXIN_WORKERS": "1"])
            _ = try deployment.start("funding")
            try unbind("funding.facts")
            try grant("one")
            try deployment.eventually("it is published", within: 30) {
                try number("registry", "SELECT coalesce(max(published), 0) FROM journal_owner") == 1
            }
            try bind("funding.facts")
            try grant("two")
            try deployment.eventually("the second one arrives", within: 30) {
                try grants("funding") == 1
            }
            let funding = try Connection(
                PostgresConfiguration(url: deployment.ownerDatabase("funding")))
            _ = try funding.run(
                "UPDATE fact_arrival SET changed_at = changed_at - interval '2 minutes'")
            let status = try deployment.tool(["status"])
            #expect(status.output.contains("1 facts of others are missing"), "\(status.output)")
        }

        @Test func `A journal that is sent again changes nothing where nothing is missing`() throws
        {
            for service in ["registry", "funding", "events"] { _ = try deployment.start(service) }
            for name in ["one", "two", "three"] { try grant(name) }
            try deployment.eventually("they arrive", within: 30) {
                try grants("funding") == 3 && grants("events") == 3
            }
            let replay = try deployment.tool(["replay", "registry", "--json"])
            #expect(replay.status == 0, "\(replay.error)")
            #expect(replay.output.contains(#""facts":3"#), "\(replay.output)")
            let none = try deployment.tool([
                "replay", "registry", "--to", "events", "--from", "2199-01-01",
            ])
            #expect(none.output.contains("0 facts of registry sent again to events"))
            for service in ["funding", "events"] {
                try deployment.eventually("\(service) has taken it in", within: 30) {
                    try number(service, "SELECT count(*) FROM inbox WHERE is_fact") == 3
                }
                #expect(try grants(service) == 3)
                #expect(try number(service, "SELECT count(*) FROM dead_letter") == 0)
            }
        }

        @Test(arguments: [
            (["replay", "funding", "--to", "events"], "takes in no facts of funding"),
            (["replay", "funding", "--to", "nobody"], "nobody is no service"),
            (["replay", "funding", "--from", "yesterday"], "--from must be a time or a day"),
            (["replay", "nobody"], "nobody is no service"),
        ])
        func `What cannot be sent is said`(arguments: [String], complaint: String) throws {
            let finished = try deployment.tool(arguments)
            #expect(finished.status != 0)
            #expect(finished.error.contains(complaint), "\(finished.error)")
        }

        @Test func `A replay waits for its service, and a second one for the first`() throws {
            _ = try deployment.start("registry")
            try grant("bank")
            try deployment.eventually("it is recorded", within: 30) {
                try number("registry", "SELECT count(*) FROM journal") == 1
            }
            deployment.stopAll()
            let waiting = try deployment.tool(["replay", "registry", "--wait", "1"])
            #expect(waiting.status == 3)
            #expect(waiting.error.contains("is registry running?"))
            let second = try deployment.tool(["replay", "registry", "--wait", "1"])
            #expect(second.status == 1)
            #expect(second.error.contains("goes on"))
            _ = try deployment.start("registry")
            try deployment.eventually("it is sent", within: 30) {
                try number("registry", "SELECT count(*) FROM replay WHERE sent < until") == 0
            }
        }
    }
}
