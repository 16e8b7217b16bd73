import Foundation
import Messages
import Postgres
import ServiceKit

/// Dumps one database and computes the digests of its tables, in the same snapshot.
/// Services keep running meanwhile.
struct DatabaseDump {
    let service: String
    let address: DatabaseAddress
    let programs: ClientPrograms
    let directory: URL

    /// - Parameter progress: called for each table that was read.
    func run(progress: (String) -> Void) throws -> BackupManifest.Database {
        let connection = try Connection(
            PostgresConfiguration(
                url: address.url, applicationName: ClientProgram.applicationName))
        _ = try connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for setting in TableContents.settings {
            _ = try connection.run(Statement(trusted: setting))
        }
        let state = try connection.run(
            "SELECT pg_export_snapshot(), current_setting('server_version')")
        let takenAt = Timestamp.now()
        guard let row = state.first else { throw CocoaError(.fileReadUnknown) }
        let (snapshot, server) = (
            try row.decode(String.self, at: 0), try row.decode(String.self, at: 1)
        )
        let file = "\(service).dump"
        let dump = try ClientProgram(
            programs.program("pg_dump"),
            [
                "--format=custom", "--snapshot=\(snapshot)", "--lock-wait-timeout=60s",
                "--file=\(directory.appending(path: file).path)",
            ], at: address)
        let tables: [TableContents]
        do {
            tables = try contents(connection, progress)
        } catch {
            dump.terminate()
            throw error
        }
        let migrations = try migrations(connection)
        // The snapshot lives as long as this session's transaction.
        try dump.finish()
        _ = try connection.run("COMMIT")
        let digest = try FileDigest(directory.appending(path: file))
        return BackupManifest.Database(
            service: service, file: file, bytes: digest.bytes, sha256: digest.sha256,
            server: server, programs: programs.version, takenAt: "\(takenAt)",
            migrations: migrations, tables: tables)
    }

    private func contents(
        _ connection: Connection, _ progress: (String) -> Void
    ) throws -> [TableContents] {
        try connection.run(TableContents.names).map { row in
            let name = try row.decode(String.self, at: 0)
            defer { progress(name) }
            return try TableContents.read(name, connection)
        }
    }

    private func migrations(_ connection: Connection) throws -> [String] {
        let exists = try connection.run("SELECT to_regclass('public.migration') IS NOT NULL")
        guard try exists.first?.decode(Bool.self, at: 0) == true else { return [] }
        return try connection.run("SELECT name FROM migration ORDER BY name").map {
            try $0.decode(at: 0)
        }
    }
}
