import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

/// Makes a backup: a directory that is complete or absent, and that only its owner can read.
struct BackupWriter {
    /// A service is dumped before the services whose facts it consumes. Their journals, dumped later, then have every fact that it
    /// has consumed. So after a restore no service has a fact that the fact's owner lacks.
    static let order: [String] = Topology.services.reversed()

    let directory: URL
    /// The address by which each service's database is read.
    let address: (_ service: String) throws -> DatabaseAddress
    var installed = ClientPrograms.installed()

    struct Result {
        let directory: URL
        let manifest: BackupManifest
    }

    func run() throws -> Result {
        // Checks that a dump is possible before anything is written.
        let sources = try Self.order.map(source)
        let startedAt = Timestamp.now()
        let name = Self.name(startedAt)
        umask(0o077)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let draft = directory.appending(path: ".\(name).partial")
        try FileManager.default.createDirectory(at: draft, withIntermediateDirectories: false)
        do {
            let manifest = BackupManifest(
                format: BackupManifest.currentFormat,
                version: NuanxinTool.version, startedAt: "\(startedAt)",
                databases: try dump(sources, into: draft))
            try BackupManifest.encoder.encode(manifest).write(
                to: draft.appending(path: BackupManifest.fileName))
            let final = directory.appending(path: name)
            try Self.sync(draft.appending(path: BackupManifest.fileName))
            try FileManager.default.moveItem(at: draft, to: final)
            _ = try ErasureList.update(in: directory, from: address)
            try Self.sync(directory)
            return Result(directory: final, manifest: manifest)
        } catch {
            try? FileManager.default.removeItem(at: draft)
            throw error
        }
    }

    /// A database to dump, and the programs for it.
    private struct Source {
        let service: String
        let address: DatabaseAddress
        let programs: ClientPrograms
        let tables: Int
    }

    private func source(_ service: String) throws -> Source {
        let address = try address(service)
        let connection = try Connection(
            PostgresConfiguration(
                url: address.url, applicationName: ClientProgram.applicationName))
        return Source(
            service: service, address: address,
            programs: try installed.dumping(server: ServerVersion.postgres(connection)),
            tables: try connection.run(TableContents.names).count)
    }

    private func dump(_ sources: [Source], into draft: URL) throws -> [BackupManifest.Database] {
        let bar = ProgressBar(
            "backup", total: sources.reduce(0) { $0 + $1.tables }, unit: "tables ")
        var done = 0
        let databases = try sources.map { source in
            try DatabaseDump(
                service: source.service, address: source.address, programs: source.programs,
                directory: draft
            ).run { table in
                done += 1
                bar.show(done, note: "\(source.service): \(table)")
            }
        }
        bar.finish()
        return databases
    }

    /// Such as `2026-11-27T141530.123456Z`: names in order are in the order of time, and two backups of one second,
    /// such as one and the safety copy before it is restored, have two names.
    private static func name(_ time: Timestamp) -> String {
        time.description.replacing(":", with: "")
    }

    /// Flushes what was written to the disk.
    private static func sync(_ url: URL) throws {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
