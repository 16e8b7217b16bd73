import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// A deployment is backed up, lost and restored.
    @Suite("Backup and restore")
    struct BackupTests {
        private typealias Published = BackupWorld.Published

        private let world: BackupWorld

        init() throws { world = try BackupWorld() }

        @Test func `What was lost is restored, and publishing goes on as if nothing had been`()
            throws
        {
            let client = try world.client()
            var running = try world.start(["registry", "funding", "events", "reporting"])
            let before = try [Published(Sample.fund(world.fund))] + world.donations(3)
            #expect(try Set(world.publish(before, client)) == ["accepted"])
            _ = try world.figures(donations: 3)
            try world.deployment.eventually("status counts what was decided", within: 30) {
                try world.decided("funding") == Int64(before.count)
            }
            // Decided and published, and waiting in the broker for reporting, when the backup is made.
            world.deployment.stop(running.removeLast())
            let onTheWay = try world.donations(2)
            try world.publish(onTheWay, client)
            let epoch = try world.epoch()
            let made = try world.backup()
            let verified = try world.tool(["backup", "verify", made.directory])
            #expect(verified.status == 0, "\(verified.output) \(verified.error)")

            let after = try world.donations(4)
            try world.publish(after, client)
            running.append(try world.deployment.start("reporting"))
            let lost = try world.figures(donations: 9)
            let refused = try world.tool(["restore", made.directory, "--yes"])
            #expect(refused.status == 2)
            #expect(refused.error.contains("nuanxin-registry works in the database of registry"))
            world.stop(running)
            try world.wipe()
            let restored = try world.tool(["restore", made.directory, "--yes"])
            #expect(restored.status == 0, "\(restored.output) \(restored.error)")
            #expect(restored.output.contains("Reporting knows the editions up to"))

            running = try world.start(["registry", "funding", "events", "reporting"])
            defer { world.stop(running) }
            _ = try world.figures(donations: 5)
            #expect(try world.epoch() > epoch)
            #expect(try world.past() == "read")
            #expect(try world.tool(["status"]).output.contains("had forgotten"))
            let again = try world.publish(before + onTheWay, client)
            #expect(Set(again) == ["duplicate"])
            #expect(try Set(world.publish(after, client)) == ["accepted"])
            #expect(try world.figures(donations: 9) == lost)
        }

        @Test func `Facts that wait for a service are dropped when their owner has forgotten them`()
            throws
        {
            let client = try world.client()
            var running = try world.start(["registry"])
            try world.publish([world.grant("remembered")], client)
            let made = try world.backup()
            try world.publish([world.grant("forgotten")], client)
            world.stop(running)
            let restored = try world.tool(["restore", made.directory, "--yes"])
            #expect(restored.status == 0, "\(restored.output) \(restored.error)")
            running = try world.start(["registry", "funding"])
            defer { world.stop(running) }
            func names(_ service: String) throws -> String {
                try world.value(
                    service, "SELECT coalesce(string_agg(name, ' '), '') FROM publisher_grant")
            }
            try world.deployment.eventually("funding knows the first grant", within: 30) {
                try names("funding") != ""
            }
            Thread.sleep(forTimeInterval: 1)
            #expect(try names("funding") == "remembered")
            #expect(try names("registry") == "remembered")
        }

        @Test
        func `Over a new stream editions may be lost, unless the operator knows the last one`()
            throws
        {
            var running = try world.start(["reporting"])
            defer { world.stop(running) }
            try world.deployment.eventually("reporting has begun", within: 30) {
                try world.epoch() > 0
            }
            world.stop(running)
            let made = try world.backup()
            let queue = "queues/\(world.deployment.virtualHost)/nuanxin.summaries"
            for (arguments, known) in [([], "lost"), (["--last-edition", "0"], "whole")] {
                let restored = try world.tool(["restore", made.directory, "--yes"] + arguments)
                #expect(restored.status == 0, "\(restored.output) \(restored.error)")
                try world.deployment.manage("DELETE", queue, nil)
                try world.deployment.manage(
                    "POST", "definitions",
                    world.deployment.directory.appending(path: "definitions.json"))
                let epoch = try world.epoch()
                running = try world.start(["reporting"])
                try world.deployment.eventually("it is known what was published", within: 60) {
                    try world.epoch() > epoch && world.past() != "reading"
                }
                #expect(try world.past() == known)
                let status = try world.tool(["status"])
                #expect(status.output.contains("nobody knows") == (known == "lost"))
                world.stop(running)
            }
        }

        @Test func `Services go on while a backup is made, and each dump is of one moment`() throws
        {
            let running = try world.start(["funding"])
            defer { world.stop(running) }
            try world.publish([Published(Sample.fund(world.fund))], world.client())
            let loader = try Loader(world.deployment.broker("operator"), fund: world.fund)
            try world.deployment.eventually("donations are decided") {
                try world.value("funding", "SELECT count(*) FROM inbox", as: Int64.self) > 200
            }
            let made = try world.backup()
            let published = try loader.finish().published.count
            let verified = try world.tool(["backup", "verify", made.directory])
            #expect(verified.status == 0, "\(verified.output) \(verified.error)")
            let funding = try #require(made.manifest.databases.first { $0.service == "funding" })
            let decided = try #require(funding.tables.first { $0.name == "inbox" }).rows
            #expect(decided > 200 && decided < published)
        }
    }
}
