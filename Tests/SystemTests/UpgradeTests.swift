import Foundation
import Messages
import Postgres
import Support
import Testing

extension SystemTests {
    /// A migration of a version that is not written yet, applied before these binaries start.
    @Suite("Upgrade and rollback")
    struct UpgradeTests {
        private let deployment: Deployment

        init() throws { deployment = try Deployment("upgrade") }

        /// Leaves the schema as the migrator of a newer version does.
        private func apply(_ name: String, isContraction: Bool, _ sql: String) throws {
            let connection = try Connection(
                PostgresConfiguration(url: deployment.ownerDatabase("funding")))
            try connection.script(sql)
            _ = try connection.run(
                """
                INSERT INTO migration (name, digest, is_contraction)
                VALUES (\(name), 'of a newer version', \(isContraction))
                """)
        }

        @Test func `What is up to date has nothing to upgrade, and runs`() throws {
            let upgrade = try deployment.tool(["upgrade", "--check"])
            #expect(upgrade.status == 0, "\(upgrade.error)")
            #expect(upgrade.output.split(separator: "\n").count { $0 == "  up to date" } == 4)
            #expect(try deployment.tool(["rollback"]).status == 0)
            #expect(try deployment.tool(["upgrade"]).status != 0)
        }

        @Test
        func `A database that lacks migrations can be upgraded, and is not changed by asking`()
            throws
        {
            let empty = try TestServers.newDatabase()
            var environment = try deployment.toolEnvironment()
            environment["NUANXIN_EVENTS_DB"] = empty
            let upgrade = try deployment.run("nuanxin", ["upgrade", "--check"], environment)
            #expect(upgrade.status == 0, "\(upgrade.error)")
            #expect(upgrade.output.contains("to apply    0000_common"))
            let rollback = try deployment.run("nuanxin", ["rollback"], environment)
            #expect(rollback.status == 1)
            let tables = try Connection(PostgresConfiguration(url: empty)).run(
                "SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            #expect(tables.isEmpty)
        }

        /// Such a database has migrations, and another first one.
        @Test func `A database from before the first release is refused, and everything says why`()
            throws
        {
            let earlier = try TestServers.newDatabase()
            try Connection(PostgresConfiguration(url: earlier)).script(
                """
                CREATE TABLE migration (name text PRIMARY KEY, digest text NOT NULL);
                INSERT INTO migration VALUES ('0000_foundation', '');
                """)
            var environment = try deployment.toolEnvironment()
            environment["NUANXIN_EVENTS_DB"] = earlier
            let reason = "comes from a version before the first release"
            let upgrade = try deployment.run("nuanxin", ["upgrade", "--check"], environment)
            #expect(upgrade.status == 1)
            #expect(upgrade.output.contains("FORBIDDEN: the database \(reason)"))
            #expect(try deployment.run("nuanxin", ["rollback"], environment).status == 1)
            let doctor = try deployment.run("nuanxin", ["doctor"], environment)
            #expect(doctor.output.contains(reason), "\(doctor.output)")
            let migrate = try deployment.run(
                "events", ["migrate"], ["NUANXIN_MIGRATOR_DB": earlier])
            #expect(migrate.status != 0)
            #expect(migrate.error.contains(reason))
        }

        @Test func `The previous version runs on a schema that was expanded`() throws {
            try apply(
                "9000_later", isContraction: false,
                """
                ALTER TABLE donation ADD COLUMN later text NOT NULL DEFAULT 'unknown';
                ALTER TABLE inbox ADD COLUMN later int;
                CREATE TABLE later (id int PRIMARY KEY);
                """)
            let rollback = try deployment.tool(["rollback"])
            #expect(rollback.status == 0, "\(rollback.output)")
            #expect(rollback.output.contains("newer       9000_later"))
            let client = try Client(deployment.broker("operator"))
            let fund = UUID()
            try client.publish(Sample.fund(fund))
            try client.publish(Sample.donation(to: fund))
            try client.flush()
            let process = try deployment.start("funding")
            defer { deployment.stop(process) }
            let connection = try Connection(
                PostgresConfiguration(url: deployment.database("funding")))
            try deployment.eventually("the donation is decided", within: 30) {
                try connection.run("SELECT FROM donation WHERE later = 'unknown'").count == 1
            }
            #expect(
                try deployment.run(
                    "funding", ["migrate"],
                    ["NUANXIN_MIGRATOR_DB": deployment.ownerDatabase("funding")]
                ).output == "up to date\n")
        }

        @Test func `Binaries of another directory are asked, and one that cannot say it is named`()
            throws
        {
            let folder = deployment.directory.appending(path: "previous")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for service in ["registry", "funding", "events", "reporting"] {
                try FileManager.default.createSymbolicLink(
                    at: folder.appending(path: service),
                    withDestinationURL: Deployment.binary(service))
            }
            let runs = try deployment.tool(["rollback", "--binaries", folder.path])
            #expect(runs.status == 0, "\(runs.error)")
            try FileManager.default.removeItem(at: folder.appending(path: "events"))
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending(path: "events").path, withDestinationPath: "/bin/false")
            let fails = try deployment.tool(["rollback", "--binaries", folder.path])
            #expect(fails.status == 2)
            #expect(fails.error.contains("previous/events could not say"))
        }

        @Test func `The previous version refuses a schema that was contracted, and says why`()
            throws
        {
            try apply("9001_gone", isContraction: true, "ALTER TABLE donation DROP COLUMN campaign")
            let rollback = try deployment.tool(["rollback"])
            #expect(rollback.status == 1)
            #expect(rollback.output.contains("newer       9001_gone (contraction)"))
            #expect(try deployment.tool(["upgrade", "--check"]).status == 1)
            let process = try deployment.start("funding")
            defer { deployment.stop(process) }
            let log = deployment.directory.appending(path: "funding.log")
            try deployment.eventually("funding says why it is not ready", within: 30) {
                try String(contentsOf: log, encoding: .utf8).contains(
                    "the database has 9001_gone, which this version does not know")
            }
            let ready = try PlainService(deployment.http("funding")).status("/readyz")
            #expect(ready == 503)
        }
    }
}

/// Asks a service that is near.
private struct PlainService {
    let url: String

    init(_ url: String) { self.url = url }

    func status(_ path: String) throws -> Int? {
        Int(
            try Deployment.run(
                URL(filePath: "/usr/bin/curl"),
                ["-sS", "-o", "/dev/null", "-w", "%{http_code}", url + path], [:]
            ).output)
    }
}
