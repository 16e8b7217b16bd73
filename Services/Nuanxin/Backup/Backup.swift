import ArgumentParser
import Foundation
import ServiceKit

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a backup of all databases, or prove one.",
        subcommands: [BackupMake.self, BackupVerify.self], defaultSubcommand: BackupMake.self)
}

struct BackupMake: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Back up all databases, while the services go on.",
        discussion: """
            Makes DIRECTORY/<time> with a dump of each database and manifest.json: what each table holds, as it was \
            in the snapshot of the dump. It is there whole or not at all, and its owner alone may read it. Read \
            by NUANXIN_<SERVICE>_DB, whose roles may read everything, and by pg_dump, which must not be older than \
            the server.

            The four dumps are of four moments, consumers first. `nuanxin restore` puts back all four. The master \
            key of registry is not in it, and without it nobody's name can be read: keep it elsewhere.
            """)

    @Argument(help: "Where backups are kept.")
    var directory: String
    @Flag(help: "Print JSON: the manifest, and where it is.")
    var json = false

    func run() throws {
        let databases = try orExit { try ServiceDatabases() }
        let result = try orExit {
            try BackupWriter(directory: URL(filePath: directory)) {
                try DatabaseAddress(databases.url($0))
            }.run()
        }
        guard json else { return print(result.text) }
        let data = try BackupManifest.encoder.encode(
            Printed(directory: result.directory.path, manifest: result.manifest))
        print(String(decoding: data, as: UTF8.self))
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
        abstract: "Prove a backup: load it, and compare what the tables hold.",
        discussion: """
            Checks each file's SHA-256, loads each dump into the empty database at NUANXIN_SCRATCH_DB, compares \
            each table with the manifest, and rolls back: the scratch database is as empty afterwards, \
            even if this is killed. Status 1 if something differs, and says what.
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
            print(
                differing.isEmpty
                    ? "well   \(database.service): \(database.tables.count) tables, \(database.rows) rows"
                    : "WRONG  \(database.service): \(differing.joined(separator: ", ")) differ")
        }
        guard isEqual else { throw ExitCode(1) }
    }
}
