import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// Backups and restores that are killed, and backups that were changed.
    @Suite("Backups that go wrong")
    struct BackupFaultTests {
        private let world: BackupWorld

        init() throws { world = try BackupWorld() }

        @Test
        func
            `A backup that differs from its manifest is named by table, and nothing is left behind`()
            throws
        {
            let made = try world.backup()
            let file = URL(filePath: made.directory).appending(path: "manifest.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            let migrations = #""name" : "migration","#
            let (start, rest) = try #require(text.firstRange(of: migrations)).split(text)
            try
                (start + rest.replacing(/"rows" : [0-9]+/, with: "\"rows\" : 7", maxReplacements: 1))
                .write(to: file, atomically: true, encoding: .utf8)
            let verified = try world.tool(["backup", "verify", made.directory])
            #expect(verified.status == 1)
            #expect(verified.output.contains("WRONG  reporting: migration differ"))
            #expect(verified.output.contains("well   registry"))
            let left = try Connection(PostgresConfiguration(url: world.scratch)).run(
                TableContents.names)
            #expect(left.isEmpty)
            let restored = try world.tool(["restore", made.directory, "--yes"])
            #expect(restored.status == 1)
            #expect(restored.error.contains("reporting is as it was: migration differ"))
        }

        @Test func `A backup that is killed is none, and the next one is whole`() throws {
            // Registry is the last to be dumped, and waits here for a table.
            let lock = try world.session("registry")
            let holder: Int32 = try #require(lock.run("SELECT pg_backend_pid()").first)
                .decode(at: 0)
            try lock.script("BEGIN; LOCK TABLE migration IN ACCESS EXCLUSIVE MODE")
            let process = Process()
            process.executableURL = try Deployment.binary("nuanxin")
            process.arguments = ["backup", world.place.path]
            process.environment = try world.environment()
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            let watch = try Connection(PostgresConfiguration(url: world.scratch))
            let name = try #require(
                URLComponents(string: world.deployment.database("registry"))?.path.dropFirst())
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
                try FileManager.default.contentsOfDirectory(atPath: world.place.path)
            }
            try world.deployment.eventually("registry's dump waits, behind those of the others") {
                try sessions("AND wait_event_type = 'Lock'") > 0
                    && made().contains { name in
                        FileManager.default.fileExists(
                            atPath: world.place.appending(path: "\(name)/funding.dump").path)
                    }
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try lock.script("ROLLBACK")
            try world.deployment.eventually("its programs have ended") { try sessions("") == 0 }
            let all = try made()
            let left = try #require(all.first)
            #expect(all.count == 1 && left.hasPrefix("."))
            let refused = try world.tool([
                "backup", "verify", world.place.appending(path: left).path,
            ])
            #expect(refused.status == 2 && refused.error.contains("is no backup"))
            let verified = try world.tool(["backup", "verify", world.backup().directory])
            #expect(verified.status == 0, "\(verified.output) \(verified.error)")
        }

        @Test func `A restore that is killed leaves each database as it was or as it becomes`()
            throws
        {
            let made = try world.backup()
            try world.session("reporting").script("CREATE TABLE later (id int PRIMARY KEY)")
            func contents() throws -> [TableContents] {
                let connection = try world.session("reporting")
                return try connection.run(TableContents.names).map {
                    try TableContents.read($0.decode(at: 0), connection)
                }
            }
            let before = try contents()
            let process = Process()
            process.executableURL = try Deployment.binary("nuanxin")
            process.arguments = ["restore", made.directory, "--yes"]
            process.environment = try world.environment()
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            let watch = try Connection(PostgresConfiguration(url: world.scratch))
            let name = try #require(
                URLComponents(string: world.deployment.database("reporting"))?.path.dropFirst())
            // Reporting is the first, and only a restore changes anything.
            func sessions(_ condition: String) throws -> Int {
                try watch.run(
                    Statement(
                        trusted: """
                            SELECT FROM pg_stat_activity WHERE datname = '\(name)' \(condition)
                            """)
                ).count
            }
            try world.deployment.eventually("reporting is being restored") {
                try sessions("AND backend_xid IS NOT NULL") > 0 || !process.isRunning
            }
            #expect(process.isRunning)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try world.deployment.eventually("its programs have ended") { try sessions("") == 0 }
            let found = try contents()
            let restored = found.contains { $0.name == "later" } == false
            #expect(restored || found == before)
            let again = try world.tool(["restore", made.directory, "--yes"])
            #expect(again.status == 0, "\(again.error)")
            #expect(try contents().map(\.name) == before.map(\.name).filter { $0 != "later" })
        }

        @Test func `A file that was changed is refused before anything is loaded`() throws {
            let made = try world.backup()
            let file = URL(filePath: made.directory).appending(path: "funding.dump")
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: file)
            for arguments in [["backup", "verify"], ["restore", "--yes"]] {
                let finished = try world.tool(arguments + [made.directory])
                #expect(finished.status == 2)
                #expect(finished.error.contains("funding.dump is not the file that was written"))
            }
        }

        @Test func `Its owner alone can read a backup, and a failed one leaves nothing`() throws {
            let made = try world.backup()
            let manager = FileManager.default
            let files = try manager.contentsOfDirectory(atPath: made.directory)
            #expect(files.count == 5)
            for file in files {
                let attributes = try manager.attributesOfItem(atPath: "\(made.directory)/\(file)")
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
            }
            let url = try world.deployment.database("registry").replacing(
                /:[^:@]*@/, with: ":4f0c@")
            var environment = try world.deployment.toolEnvironment()
            environment["NUANXIN_REGISTRY_DB"] = url
            let failed = try world.deployment.run(
                "nuanxin", ["backup", world.place.path], environment)
            #expect(failed.status == 2)
            #expect(!failed.error.contains("4f0c"))
            #expect(try manager.contentsOfDirectory(atPath: world.place.path).count == 1)
        }
    }
}

extension Range<String.Index> {
    /// The text before the end of the range, and the text after it.
    fileprivate func split(_ text: String) -> (String, String) {
        (String(text[..<upperBound]), String(text[upperBound...]))
    }
}
