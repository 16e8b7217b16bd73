import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// A deployment with the roles of a real one, backed up, lost and restored.
    @Suite("Backup and restore")
    struct BackupTests {
        private let deployment: Deployment
        private let place: URL
        private let scratch: String
        private let fund = UUID()

        init() throws {
            deployment = try Deployment("backup", hasRoles: true)
            place = deployment.directory.appending(path: "backups")
            scratch = try TestServers.newDatabase()
        }

        // MARK: What the operator does

        private func environment() throws -> [String: String] {
            var environment = try deployment.toolEnvironment()
            environment["NUANXIN_MANAGEMENT_URL"] = deployment.management
            environment["NUANXIN_SCRATCH_DB"] = scratch
            for service in ["registry", "funding", "events", "reporting"] {
                environment["NUANXIN_\(service.uppercased())_OWNER_DB"] =
                    try deployment.ownerDatabase(service)
            }
            return environment
        }

        private func tool(_ arguments: [String]) throws -> Deployment.Finished {
            try deployment.run("nuanxin", arguments, environment())
        }

        private struct Made: Decodable {
            let directory: String
            let manifest: BackupManifest
        }

        private func backup() throws -> Made {
            let finished = try tool(["backup", place.path, "--json"])
            try #require(finished.status == 0, "\(finished.error)")
            return try JSONDecoder().decode(Made.self, from: Data(finished.output.utf8))
        }

        private func start(_ services: [String]) throws -> [Process] {
            try services.map { try deployment.start($0) }
        }

        private func stop(_ processes: [Process]) {
            for process in processes { deployment.stop(process) }
        }

        private func wipe() throws {
            for service in ["registry", "funding", "events", "reporting"] {
                try session(service).script("DROP SCHEMA public CASCADE")
            }
        }

        private func session(_ service: String) throws -> Connection {
            try Connection(PostgresConfiguration(url: deployment.ownerDatabase(service)))
        }

        private func value<V: PostgresValue>(
            _ service: String, _ query: Statement, as type: V.Type = V.self
        ) throws -> V {
            try #require(try session(service).run(query).first).decode(at: 0)
        }

        // MARK: What publishers do

        /// A command as it was published, to be published again.
        private struct Published {
            let id: UUID
            let type: String
            let body: [UInt8]

            init(_ command: some Command) throws {
                id = UUID()
                type = Swift.type(of: command).type
                body = try MessageEncoder().encode(
                    Header(id: id, source: "test", type: type, time: .now()), command)
            }
        }

        /// - Returns: what the receipts say of each, in order.
        @discardableResult
        private func publish(_ commands: [Published], _ client: Client) throws -> [String] {
            for command in commands {
                try client.publish(command.body, type: command.type, id: command.id)
            }
            try client.flush()
            var words: [String: String] = [:]
            try deployment.eventually("all commands are answered", within: 30) {
                for delivery in try client.receive() {
                    guard let receipt = CommandReceipt(body: delivery.body), !receipt.isProvisional
                    else { continue }
                    words[receipt.command ?? ""] = receipt.status.rawValue
                }
                return commands.allSatisfy { words[$0.id.wireText] != nil }
            }
            return commands.compactMap { words[$0.id.wireText] }
        }

        private func client() throws -> Client {
            let client = try Client(deployment.broker("operator"))
            try client.consume("receipts.operator")
            return client
        }

        private func donations(_ count: Int) throws -> [Published] {
            try (0..<count).map { _ in try Published(Sample.donation(to: fund)) }
        }

        /// What registry answers with a fact that every service takes in.
        private func grant(_ publisher: String) throws -> Published {
            try Published(
                GrantPublisher(
                    publisher: publisher, territories: [Sample.district],
                    types: ["funding.donation.*"]))
        }

        /// All figures, once so many donations count.
        private func figures(donations: Int) throws -> String {
            try deployment.eventually("\(donations) donations count", within: 30) {
                try value(
                    "reporting",
                    """
                    SELECT count(*) = \(donations) AND is_published()
                    FROM contribution WHERE source = 'donation'
                    """, as: Bool.self)
            }
            return try value(
                "reporting",
                "SELECT coalesce(string_agg(c::text, ' ' ORDER BY c::text), '') FROM current_cell c"
            )
        }

        /// What `nuanxin status` says that a service has decided.
        private func decided(_ service: String) throws -> Int64? {
            struct Report: Decodable {
                struct Service: Decodable {
                    let service: String
                    let decided: Int64?
                }
                let services: [Service]
            }
            let output = Data(try tool(["status", "--json"]).output.utf8)
            let report = try JSONDecoder().decode(Report.self, from: output)
            return report.services.first { $0.service == service }?.decided
        }

        private func epoch() throws -> Int64 { try value("reporting", "SELECT number FROM epoch") }

        /// What is known of editions that the backup lacks.
        private func past() throws -> String { try value("reporting", "SELECT past FROM epoch") }

        // MARK: Tests

        @Test func `What was lost is restored, and publishing goes on as if nothing had been`()
            throws
        {
            let client = try client()
            var running = try start(["registry", "funding", "events", "reporting"])
            let before = try [Published(Sample.fund(fund))] + donations(3)
            #expect(try Set(publish(before, client)) == ["accepted"])
            _ = try figures(donations: 3)
            try deployment.eventually("status counts what was decided", within: 30) {
                try decided("funding") == Int64(before.count)
            }
            // Decided and published, and waiting in the broker for reporting, when the backup is made.
            deployment.stop(running.removeLast())
            let onTheWay = try donations(2)
            try publish(onTheWay, client)
            let epoch = try epoch()
            let made = try backup()
            let verified = try tool(["backup", "verify", made.directory])
            #expect(verified.status == 0, "\(verified.output) \(verified.error)")

            let after = try donations(4)
            try publish(after, client)
            running.append(try deployment.start("reporting"))
            let lost = try figures(donations: 9)
            let refused = try tool(["restore", made.directory, "--yes"])
            #expect(refused.status == 2)
            #expect(refused.error.contains("nuanxin-registry works in the database of registry"))
            stop(running)
            try wipe()
            let restored = try tool(["restore", made.directory, "--yes"])
            #expect(restored.status == 0, "\(restored.output) \(restored.error)")
            #expect(restored.output.contains("Reporting knows the editions up to"))

            running = try start(["registry", "funding", "events", "reporting"])
            defer { stop(running) }
            _ = try figures(donations: 5)
            #expect(try self.epoch() > epoch)
            #expect(try past() == "read")
            #expect(try tool(["status"]).output.contains("had forgotten"))
            let again = try publish(before + onTheWay, client)
            #expect(Set(again) == ["duplicate"])
            #expect(try Set(publish(after, client)) == ["accepted"])
            #expect(try figures(donations: 9) == lost)
        }

        @Test func `Facts that wait for a service are dropped when their owner has forgotten them`()
            throws
        {
            let client = try client()
            var running = try start(["registry"])
            try publish([grant("remembered")], client)
            let made = try backup()
            try publish([grant("forgotten")], client)
            stop(running)
            let restored = try tool(["restore", made.directory, "--yes"])
            #expect(restored.status == 0, "\(restored.output) \(restored.error)")
            running = try start(["registry", "funding"])
            defer { stop(running) }
            func names(_ service: String) throws -> String {
                try value(
                    service, "SELECT coalesce(string_agg(name, ' '), '') FROM publisher_grant")
            }
            try deployment.eventually("funding knows the first grant", within: 30) {
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
            var running = try start(["reporting"])
            defer { stop(running) }
            try deployment.eventually("reporting has begun", within: 30) { try epoch() > 0 }
            stop(running)
            let made = try backup()
            let queue = "queues/\(deployment.virtualHost)/nuanxin.summaries"
            for (arguments, known) in [([], "lost"), (["--last-edition", "0"], "whole")] {
                let restored = try tool(["restore", made.directory, "--yes"] + arguments)
                #expect(restored.status == 0, "\(restored.output) \(restored.error)")
                try deployment.manage("DELETE", queue, nil)
                try deployment.manage(
                    "POST", "definitions", deployment.directory.appending(path: "definitions.json"))
                let epoch = try epoch()
                running = try start(["reporting"])
                try deployment.eventually("it is known what was published", within: 60) {
                    try self.epoch() > epoch && past() != "reading"
                }
                #expect(try past() == known)
                let status = try tool(["status"])
                #expect(status.output.contains("nobody knows") == (known == "lost"))
                stop(running)
            }
        }

        @Test func `Services go on while a backup is made, and each dump is of one moment`() throws
        {
            let running = try start(["funding"])
            defer { stop(running) }
            try publish([Published(Sample.fund(fund))], client())
            let loader = try Loader(deployment.broker("operator"), fund: fund)
            try deployment.eventually("donations are decided") {
                try value("funding", "SELECT count(*) FROM inbox", as: Int64.self) > 200
            }
            let made = try backup()
            let published = try loader.finish().published.count
            let verified = try tool(["backup", "verify", made.directory])
            #expect(verified.status == 0, "\(verified.output) \(verified.error)")
            let funding = try #require(made.manifest.databases.first { $0.service == "funding" })
            let decided = try #require(funding.tables.first { $0.name == "inbox" }).rows
            #expect(decided > 200 && decided < published)
        }

        @Test
        func
            `A backup that differs from its manifest is named by table, and nothing is left behind`()
            throws
        {
            let made = try backup()
            let file = URL(filePath: made.directory).appending(path: "manifest.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            let migrations = #""name" : "migration","#
            let (start, rest) = try #require(text.firstRange(of: migrations)).split(text)
            try
                (start + rest.replacing(/"rows" : [0-9]+/, with: "\"rows\" : 7", maxReplacements: 1))
                .write(to: file, atomically: true, encoding: .utf8)
            let verified = try tool(["backup", "verify", made.directory])
            #expect(verified.status == 1)
            #expect(verified.output.contains("WRONG  reporting: migration differ"))
            #expect(verified.output.contains("well   registry"))
            let left = try Connection(PostgresConfiguration(url: scratch)).run(TableContents.names)
            #expect(left.isEmpty)
            let restored = try tool(["restore", made.directory, "--yes"])
            #expect(restored.status == 1)
            #expect(restored.error.contains("reporting is as it was: migration differ"))
        }

        @Test func `A backup that is killed is none, and the next one is whole`() throws {
            // Registry is the last to be dumped, and waits here for a table.
            let lock = try session("registry")
            let holder: Int32 = try #require(lock.run("SELECT pg_backend_pid()").first)
                .decode(at: 0)
            try lock.script("BEGIN; LOCK TABLE migration IN ACCESS EXCLUSIVE MODE")
            let process = Process()
            process.executableURL = try Deployment.binary("nuanxin")
            process.arguments = ["backup", place.path]
            process.environment = try environment()
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            let watch = try Connection(PostgresConfiguration(url: scratch))
            let name = try #require(
                URLComponents(string: deployment.database("registry"))?.path.dropFirst())
            func sessions(_ condition: String) throws -> Int {
                try watch.run(
                    Statement(
                        trusted: """
                            SELECT FROM pg_stat_activity
                            WHERE datname = '\(name)' AND pid <> \(holder) \(condition)
                            """)
                ).count
            }
            func made() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: place.path)
            }
            try deployment.eventually("registry's dump waits, behind those of the others") {
                try sessions("AND wait_event_type = 'Lock'") > 0
                    && made().contains { name in
                        FileManager.default.fileExists(
                            atPath: place.appending(path: "\(name)/funding.dump").path)
                    }
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try lock.script("ROLLBACK")
            try deployment.eventually("its programs have ended") { try sessions("") == 0 }
            let all = try made()
            let left = try #require(all.first)
            #expect(all.count == 1 && left.hasPrefix("."))
            let refused = try tool(["backup", "verify", place.appending(path: left).path])
            #expect(refused.status == 2 && refused.error.contains("is no backup"))
            let verified = try tool(["backup", "verify", backup().directory])
            #expect(verified.status == 0, "\(verified.output) \(verified.error)")
        }

        @Test func `A restore that is killed leaves each database as it was or as it becomes`()
            throws
        {
            let made = try backup()
            try session("reporting").script("CREATE TABLE later (id int PRIMARY KEY)")
            func contents() throws -> [TableContents] {
                let connection = try session("reporting")
                return try connection.run(TableContents.names).map {
                    try TableContents.read($0.decode(at: 0), connection)
                }
            }
            let before = try contents()
            let process = Process()
            process.executableURL = try Deployment.binary("nuanxin")
            process.arguments = ["restore", made.directory, "--yes"]
            process.environment = try environment()
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            let watch = try Connection(PostgresConfiguration(url: scratch))
            let name = try #require(
                URLComponents(string: deployment.database("reporting"))?.path.dropFirst())
            // Reporting is the first, and only a restore changes anything.
            func sessions(_ condition: String) throws -> Int {
                try watch.run(
                    Statement(
                        trusted: """
                            SELECT FROM pg_stat_activity WHERE datname = '\(name)' \(condition)
                            """)
                ).count
            }
            try deployment.eventually("reporting is being restored") {
                try sessions("AND backend_xid IS NOT NULL") > 0 || !process.isRunning
            }
            #expect(process.isRunning)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try deployment.eventually("its programs have ended") { try sessions("") == 0 }
            let found = try contents()
            let restored = found.contains { $0.name == "later" } == false
            #expect(restored || found == before)
            let again = try tool(["restore", made.directory, "--yes"])
            #expect(again.status == 0, "\(again.error)")
            #expect(try contents().map(\.name) == before.map(\.name).filter { $0 != "later" })
        }

        @Test func `A file that was changed is refused before anything is loaded`() throws {
            let made = try backup()
            let file = URL(filePath: made.directory).appending(path: "funding.dump")
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: file)
            for arguments in [["backup", "verify"], ["restore", "--yes"]] {
                let finished = try tool(arguments + [made.directory])
                #expect(finished.status == 2)
                #expect(finished.error.contains("funding.dump is not the file that was written"))
            }
        }

        @Test func `Its owner alone can read a backup, and a failed one leaves nothing`() throws {
            let made = try backup()
            let manager = FileManager.default
            let files = try manager.contentsOfDirectory(atPath: made.directory)
            #expect(files.count == 5)
            for file in files {
                let attributes = try manager.attributesOfItem(atPath: "\(made.directory)/\(file)")
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
            }
            let url = try deployment.database("registry").replacing(/:[^:@]*@/, with: ":4f0c@")
            var environment = try deployment.toolEnvironment()
            environment["NUANXIN_REGISTRY_DB"] = url
            let failed = try deployment.run("nuanxin", ["backup", place.path], environment)
            #expect(failed.status == 2)
            #expect(!failed.error.contains("4f0c"))
            #expect(try manager.contentsOfDirectory(atPath: place.path).count == 1)
        }
    }
}

extension Range<String.Index> {
    /// What stands before its end, and what after it.
    fileprivate func split(_ text: String) -> (String, String) {
        (String(text[..<upperBound]), String(text[upperBound...]))
    }
}
