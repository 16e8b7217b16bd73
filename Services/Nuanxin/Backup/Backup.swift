import ArgumentParser
import CommandLineKit
import Foundation
import ServiceKit

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Back up all databases, or verify a backup.",
        subcommands: [BackupMake.self, BackupVerify.self], defaultSubcommand: BackupMake.self)
}

struct BackupMake: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Back up all databases while the services run.",
        discussion: """
            The command creates DIRECTORY/<time> with a dump of each database and manifest.json, which \
            describes each table in the snapshot of the dump. The backup is complete or absent, and only its \
            owner can read it. Directories whose names start with a dot are incomplete backups. Delete them.

            It reads through NUANXIN_<SERVICE>_DB, whose roles may read everything, with pg_dump, which must \
            not be older than the server.

            The four dumps are made one after the other, consumers first. `nuanxin restore` restores all \
            four. The master key of registry is not in the backup, and without it nobody can read a name. \
            Keep a copy elsewhere.
            """)

    @Argument(help: "The directory of backups.")
    var directory: String
    @Flag(help: "Print the manifest and its place as JSON.")
    var json = false

    func run() throws {
        let databases = try orExit { try ServiceDatabases() }
        let result = try orExit {
            try BackupWriter(directory: URL(filePath: directory)) {
                try DatabaseAddress(databases.url($0))
            }.run()
        }
        guard json else { return say(result.text) }
        let data = try BackupManifest.encoder.encode(
            Printed(directory: result.directory.path, manifest: result.manifest))
        say(String(decoding: data, as: UTF8.self))
    }

    private struct Printed: Encodable {
        let directory: String
        let manifest: BackupManifest
    }
}

extension BackupWriter.Result {
    fileprivate var text: String {
        var table = TextTable([
            ("database", .left), ("taken at", .left), ("tables", .right), ("rows", .right),
            ("bytes", .right),
        ])
        for database in manifest.databases {
            table.add([
                database.service, database.takenAt, "\(database.tables.count)", "\(database.rows)",
                "\(database.bytes)",
            ])
        }
        return "\(table.text)\n\n\(directory.path)"
    }
}

struct BackupVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify a backup: load it and compare the tables.",
        discussion: """
            The command checks the SHA-256 of each file, loads each dump into the empty database \
            NUANXIN_SCRATCH_DB, compares each table with the manifest, and rolls back. The scratch database \
            stays empty, even if the command is killed. Status 1 if something differs. The differences are \
            printed.
            """)

    @Argument(help: "A backup: the directory with manifest.json.")
    var directory: String

    func run() throws {
        let backup = try orExit { try StoredBackup(directory) }
        let (programs, scratch) = try orExit {
            (
                try ClientPrograms.installed().restoring(backup),
                try DatabaseAddress(Settings().required(.scratchDatabase))
            )
        }
        let databases = backup.manifest.databases
        let bar = ProgressBar("verify", total: databases.count, unit: "databases ")
        var isEqual = true
        for (index, database) in databases.enumerated() {
            bar.show(index, note: database.service)
            let differing = try orExit {
                try Restoration(
                    backup: backup, database: database, address: scratch, programs: programs
                ).rehearse()
            }
            bar.clear()
            isEqual = isEqual && differing.isEmpty
            say(
                differing.isEmpty
                    ? "well   \(database.service): \(database.tables.count) tables, \(database.rows) rows"
                    : "WRONG  \(database.service): \(differing.joined(separator: ", ")) differ")
        }
        guard isEqual else { throw ExitCode(1) }
    }
}
