import Foundation
import Messages
import Postgres
import ServiceKit

/// Makes a backup: a directory that is there whole or not at all, and that its owner alone may read.
struct BackupWriter {
    /// A service is dumped before those whose facts it takes in. What has reached it then stands in their journals, of
    /// a later moment: after a restore nobody knows of anything that its owner has forgotten.
    static let order: [String] = Topology.services.reversed()

    let directory: URL
    /// The address by which each service's database is read.
    let address: (_ service: String) throws -> DatabaseAddress

    struct Result {
        let directory: URL
        let manifest: BackupManifest
    }

    func run() throws -> Result {
        let addresses = try Self.order.map { ($0, try address($0)) }
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
                databases: try dump(addresses, into: draft))
            try BackupManifest.encoder.encode(manifest).write(
                to: draft.appending(path: BackupManifest.fileName))
            let final = directory.appending(path: name)
            try Self.sync(draft.appending(path: BackupManifest.fileName))
            try FileManager.default.moveItem(at: draft, to: final)
            try Self.sync(directory)
            return Result(directory: final, manifest: manifest)
        } catch {
            try? FileManager.default.removeItem(at: draft)
            throw error
        }
    }

    private func dump(
        _ addresses: [(String, DatabaseAddress)], into draft: URL
    ) throws -> [BackupManifest.Database] {
        let total = try addresses.reduce(0) { total, item in
            let connection = try Connection(
                PostgresConfiguration(
                    url: item.1.url, applicationName: ClientProgram.applicationName))
            return try total + connection.run(TableContents.names).count
        }
        let bar = ProgressBar("backup", total: total, unit: "tables ")
        var done = 0
        let databases = try addresses.map { service, address in
            try DatabaseDump(service: service, address: address, directory: draft).run { table in
                done += 1
                bar.show(done, note: "\(service): \(table)")
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

    /// What was written is on the disk.
    private static func sync(_ url: URL) throws {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
