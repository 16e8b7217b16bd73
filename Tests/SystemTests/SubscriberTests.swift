import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// The reference subscriber and the examples, against a real reporting that is killed, forgets and is restored.
    @Suite("Subscribers")
    struct SubscriberTests {
        // MARK: The reference subscriber

        /// Drops, duplicates, reordering, cut connections, kills of reporting, gone ranges, new epochs and restarts
        /// of the subscriber: whatever comes, it ends equal.
        @Test(arguments: [UInt64.random(in: 1...UInt64.max), 11, 12, 13])
        func `A subscriber ends with an equal digest, whatever becomes of messages on the way`(
            _ seed: UInt64
        ) throws {
            print("seed \(seed)")
            let world = try SubscriberWorld(seed: seed)
            defer { world.deployment.stopAll() }
            for _ in 0..<8 {
                try world.publishSome()
                try world.disturb()
                try world.listen(for: 0.7)
            }
            try world.settle()
            let counts = world.counts
            print("seed \(seed): \(counts.sorted(by: { $0.key < $1.key }))")
            let digest = try world.dataset().digest
            #expect(world.verified == digest)
            #expect(try world.storedAnew() == digest)
        }

        /// The subscriber has all there was, and hears nothing of what came then.
        private func missSome(_ world: SubscriberWorld) throws {
            try world.publishSome()
            try world.settle()
            world.deafen()
            try world.publishSome()
            try world.awaitPublished()
            try world.listen(for: 0.5)
        }

        @Test func `A gap that is still kept is filled without a snapshot`() throws {
            let world = try SubscriberWorld(seed: 1, isFaulty: false)
            defer { world.deployment.stopAll() }
            try missSome(world)
            world.hear()
            try world.settle()
            #expect(world.counts["snapshot"] == 1)
            #expect(world.counts["gap", default: 0] >= 1)
        }

        @Test func `After a gap that is gone the subscriber takes a snapshot`() throws {
            let world = try SubscriberWorld(seed: 2, isFaulty: false)
            defer { world.deployment.stopAll() }
            try missSome(world)
            try world.forget()
            world.hear()
            try world.settle()
            #expect(world.counts["gone"] == 1)
            #expect(world.counts["snapshot"] == 2)
        }

        @Test func `A restored database begins a higher epoch, and its subscribers a snapshot`()
            throws
        {
            let world = try SubscriberWorld(seed: 3, isFaulty: false)
            defer { world.deployment.stopAll() }
            try world.publishSome()
            try world.awaitPublished()
            let dump = try world.dump()
            try world.publishSome()
            try world.settle()
            let before = try world.dataset()
            try world.restore(dump)
            try world.settle()
            let after = try world.dataset()
            #expect(after.epoch > before.epoch)
            #expect(after.seq < before.seq, "it has lost what came after the dump")
            #expect(world.counts["epoch"] == 1)
            #expect(world.verified == after.digest)
        }

        // MARK: The tool and the examples

        /// Runs a subscriber three times: from nothing, after more was published, and after its range is gone.
        private func follow(_ run: (SubscriberWorld) throws -> Deployment.Finished) throws {
            let world = try SubscriberWorld(seed: 4, isFaulty: false)
            defer { world.deployment.stopAll() }
            for stage in ["anew", "further", "after a gone range"] {
                try world.publishSome()
                try world.awaitPublished()
                if stage == "after a gone range" { try world.forget() }
                let finished = try run(world)
                #expect(finished.status == 0, "\(stage): \(finished.error)")
                let seq = try world.dataset().seq
                #expect(finished.error.contains("equal at \(seq)"), "\(stage): \(finished.error)")
            }
        }

        @Test func `nuanxin subscribe keeps a file equal`() throws {
            try follow { world in
                try world.deployment.tool([
                    "subscribe", "funding", "--to", world.path("f"), "--once",
                ])
            }
        }

        @Test func `nuanxin subscribe keeps a database equal, cells and position together`() throws
        {
            let database = try TestServers.newDatabase()
            var last: SubscriberWorld?
            try follow { world in
                last = world
                return try world.deployment.tool(
                    ["subscribe", "funding", "--to", database, "--once"])
            }
            let connection = try Connection(PostgresConfiguration(url: database))
            let row = try #require(
                try connection.run(
                    """
                    SELECT p.seq, (SELECT count(*) FROM nuanxin_cell) FROM nuanxin_position p
                    """
                ).first)
            let dataset = try #require(try last?.dataset())
            #expect(try row.decode(Int64.self, at: 0) == dataset.seq)
            #expect(try row.decode(Int64.self, at: 1) == dataset.cells)
        }

        @Test func `nuanxin subscribe says what happens as JSON`() throws {
            let world = try SubscriberWorld(seed: 5, isFaulty: false)
            defer { world.deployment.stopAll() }
            try world.publishSome()
            try world.awaitPublished()
            let finished = try world.deployment.tool(
                ["subscribe", "funding", "--to", world.path("f"), "--once", "--json"])
            let events = try finished.output.split(separator: "\n").map {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }.map { $0?["event"] as? String }
            #expect(events.first == "snapshot")
            #expect(events.last == "verified")
        }

        @Test func `The Python example keeps a database equal`() throws {
            try follow { world in
                try Deployment.run(
                    URL(filePath: "/usr/bin/python3"),
                    [
                        Self.example("subscribe.py"), try world.deployment.broker("subscriber"),
                        "funding", world.path("sqlite"), "--once",
                    ], ["PATH": "/usr/bin:/bin"])
            }
        }

        @Test func `The shell example keeps a file equal`() throws {
            try follow { world in
                try Deployment.run(
                    URL(filePath: Self.example("subscribe.sh")),
                    [try world.address(), "funding", world.path("ndjson"), "--once"],
                    ["PATH": "/usr/bin:/bin", "INTERVAL": "0.3"])
            }
        }

        private static func example(_ name: String) -> String {
            Project.file("deploy/examples/\(name)").path
        }
    }
}
