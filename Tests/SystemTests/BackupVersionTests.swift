import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// Backups go from one version of PostgreSQL to another, and from one machine to another.
    @Suite("Backups and the versions of PostgreSQL")
    struct BackupVersionTests {
        /// Where a backup was made.
        enum Origin: CaseIterable { case here, elsewhere }

        private static let origins: [Origin] =
            TestServers.option("NUANXIN_TEST_FOREIGN_BACKUP") == nil
            ? [.here] : [.here, .elsewhere]

        // MARK: Restored, and at work

        @Test(arguments: origins)
        func `A backup that is restored elsewhere holds the same, and services answer as before`(
            _ origin: Origin
        ) throws {
            let elsewhere = try PlayedBackup.foreign()
            let kept = try origin == .here ? PlayedBackup.own() : #require(elsewhere)
            let stored = try StoredBackup(kept.directory.path)
            let deployment = try Deployment("restored")
            try restore(kept, into: deployment)
            for database in stored.manifest.databases {
                let connection = try Connection(
                    PostgresConfiguration(url: deployment.database(database.service)))
                #expect(
                    try differences(database, connection) == [], "\(origin): \(database.service)")
            }
            for service in Topology.services { _ = try deployment.start(service) }
            try deployment.eventually("all journals are sent again", within: 120) {
                try Topology.services.allSatisfy { service in
                    try Connection(PostgresConfiguration(url: deployment.database(service)))
                        .run("SELECT FROM replay WHERE sent < until").isEmpty
                }
            }
            #expect(try decide(kept.command, deployment) == "duplicate")
            #expect(try PlayedBackup.Answers(of: deployment) == kept.answers)
            // For whoever must know that this run did it.
            print("restored a backup of PostgreSQL \(stored.manifest.databases[0].server)")
        }

        private func restore(_ kept: PlayedBackup, into deployment: Deployment) throws {
            var environment = try deployment.toolEnvironment()
            environment["NUANXIN_SCRATCH_DB"] = try TestServers.newDatabase()
            for service in Topology.services {
                environment["NUANXIN_\(service.uppercased())_OWNER_DB"] =
                    try deployment.ownerDatabase(service)
            }
            for arguments in [
                ["backup", "verify", kept.directory.path],
                [
                    "restore", kept.directory.path, "--yes", "--keep-queues",
                    "--without-safety-copy",
                ],
            ] { try deployment.run("nuanxin", arguments, environment).check() }
        }

        /// Tables that are not as they were, but for those that make a restored database known as one.
        private func differences(
            _ database: BackupManifest.Database, _ connection: Connection
        ) throws -> [String] {
            _ = try connection.run("BEGIN READ ONLY")
            for setting in TableContents.settings {
                _ = try connection.run(Statement(trusted: setting))
            }
            let found = try connection.run(TableContents.names).map {
                try TableContents.read($0.decode(at: 0), connection)
            }
            _ = try connection.run("COMMIT")
            return TableContents.differences(database.tables, found)
                .filter { !["replay", "epoch", "fact_arrival"].contains($0) }
        }

        /// Publishes a command as it once was.
        private func decide(_ command: String, _ deployment: Deployment) throws -> String? {
            let header = try Catalogue(Catalogue.all).decode(Array(command.utf8)).header
            let client = try Client(deployment.broker("operator"))
            try client.consume("receipts.operator")
            try client.publish(Array(command.utf8), type: header.type, id: header.id)
            try client.flush()
            var word: String?
            try deployment.eventually("it is answered", within: 30) {
                for delivery in try client.receive() {
                    guard let receipt = Receipt(body: delivery.body),
                        receipt.command == header.id.wireText
                    else { continue }
                    word = receipt.status.rawValue
                }
                return word != nil
            }
            return word
        }

        // MARK: Servers and programs

        @Test
        func
            `Each version of PostgreSQL here is backed up and restored by its programs and by later ones`()
            throws
        {
            let kept = try PlayedBackup.foreign() ?? PlayedBackup.own()
            let source = try StoredBackup(kept.directory.path)
            let oldest = try #require(
                source.manifest.databases.first?.server.prefix { $0 != "." }.description)
            var tried = 0
            for server in try PrivatePostgres.versions() where server >= Int(oldest) ?? 0 {
                let postgres = try PrivatePostgres(server)
                defer { postgres.remove() }
                for programs in ClientPrograms.installed() where programs.version >= server {
                    try postgres.carry(source, by: programs)
                    tried += 1
                }
            }
            #expect(tried > 0)
        }

        @Test func `A backup by programs that this machine has not is refused by their version`()
            throws
        {
            let kept = try PlayedBackup.own()
            let copy = FileManager.default.temporaryDirectory.appending(
                path: TestServers.uniqueName("of-later-programs"))
            try FileManager.default.copyItem(at: kept.directory, to: copy)
            let file = copy.appending(path: BackupManifest.fileName)
            try String(contentsOf: file, encoding: .utf8)
                .replacing(/"programs" : [0-9]+/, with: #""programs" : 99"#)
                .write(to: file, atomically: true, encoding: .utf8)
            let refused = try Deployment.run(
                Deployment.binary("nuanxin"), ["backup", "verify", copy.path],
                ["NUANXIN_SCRATCH_DB": TestServers.newDatabase()])
            #expect(refused.status == 2)
            #expect(refused.error.contains("written by PostgreSQL 99's programs"))
            #expect(refused.error.contains("package postgresql-client-99"))
        }
    }
}

/// A PostgreSQL of one version, as `deploy/servers` starts it, for one test.
private struct PrivatePostgres {
    private let version: Int
    private let directory: URL
    private let url: String

    /// Those whose servers this machine has.
    static func versions() throws -> [Int] {
        try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql").compactMap(
            Int.init
        )
        .filter {
            FileManager.default.isExecutableFile(
                atPath: "/usr/lib/postgresql/\($0)/bin/postgres")
        }.sorted()
    }

    init(_ version: Int) throws {
        self.version = version
        directory = FileManager.default.temporaryDirectory.appending(
            path: TestServers.uniqueName("nuanxin-postgres"))
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Self.servers("start-postgres", directory, version).check()
        let ports = try Self.text("ports", directory)
        let port = try #require(ports.firstMatch(of: /postgres=([0-9]+)/)?.1)
        let password = try Self.text("secrets/postgres/postgres", directory)
        url = "postgresql://postgres:\(password)@127.0.0.1:\(port)/"
    }

    private static func text(_ path: String, _ directory: URL) throws -> String {
        try String(contentsOf: directory.appending(path: path), encoding: .utf8)
    }

    func remove() {
        _ = try? Self.servers("remove", directory, version)
        try? FileManager.default.removeItem(at: directory)
    }

    private static func servers(
        _ action: String, _ directory: URL, _ version: Int
    ) throws -> Deployment.Finished {
        try Deployment.run(
            Project.file("deploy/servers"), [action, directory.path],
            ["PATH": "/usr/sbin:/usr/bin:/bin", "POSTGRES_VERSION": "\(version)"])
    }

    /// Restores a backup here, makes one of it, proves that one, and expects of both that they hold the same.
    func carry(_ source: StoredBackup, by programs: ClientPrograms) throws {
        let names = Dictionary(
            uniqueKeysWithValues: (Topology.services + ["scratch"]).map {
                ($0, TestServers.uniqueName($0))
            })
        let connection = try Connection(PostgresConfiguration(url: url + "postgres"))
        #expect(try ServerVersion.postgres(connection) == version)
        for name in names.values {
            _ = try connection.run(Statement(trusted: "CREATE DATABASE \(name)"))
        }
        func address(_ name: String) throws -> DatabaseAddress {
            try DatabaseAddress(url + (names[name] ?? ""))
        }
        for database in source.manifest.databases {
            let differing = try Restoration(
                backup: source, database: database, address: address(database.service),
                programs: programs
            ).replace(finally: [])
            #expect(differing == [], "\(version) by \(programs.version): \(database.service)")
        }
        let made = try BackupWriter(
            directory: directory.appending(path: "backups"), address: address,
            installed: [programs]
        ).run()
        let stored = try StoredBackup(made.directory.path)
        for database in stored.manifest.databases {
            #expect(database.programs == programs.version)
            let before = source.manifest.databases.first { $0.service == database.service }
            #expect(
                TableContents.differences(database.tables, before?.tables ?? []) == [],
                "\(version) by \(programs.version): \(database.service)")
            let differing = try Restoration(
                backup: stored, database: database, address: address("scratch"), programs: programs
            ).rehearse()
            #expect(differing == [], "\(version) by \(programs.version): \(database.service)")
        }
    }
}
