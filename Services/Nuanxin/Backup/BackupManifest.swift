import Crypto
import Foundation
import Messages
import ServiceKit

/// The contents of a backup: `manifest.json` beside the dumps.
struct BackupManifest: Codable {
    static let fileName = "manifest.json"
    /// The number of the layout. Unknown layouts are refused.
    static let currentFormat = 1

    struct Database: Codable {
        let service: String
        let file: String
        let bytes: Int
        let sha256: String
        /// The version of the server it comes from.
        let server: String
        /// The major version of the programs that wrote the dump, which older ones cannot read; nil where it was not kept.
        let programs: Int?
        /// When its snapshot was taken.
        let takenAt: String
        let migrations: [String]
        let tables: [TableContents]

        var rows: Int64 { tables.reduce(0) { $0 + $1.rows } }
    }

    let format: Int
    /// The tool's.
    let version: String
    let startedAt: String
    /// In the order in which they were taken.
    let databases: [Database]

    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}

/// A file's size and SHA-256, read in pieces.
struct FileDigest: Equatable {
    private static let pieceSize = 1 << 20

    let bytes: Int
    let sha256: String

    init(_ url: URL) throws {
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        var (count, hash) = (0, SHA256())
        while let piece = try handle.read(upToCount: Self.pieceSize), !piece.isEmpty {
            count += piece.count
            hash.update(data: piece)
        }
        bytes = count
        sha256 = hash.finalize().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

/// An existing backup whose files are unchanged.
struct StoredBackup {
    let directory: URL
    let manifest: BackupManifest

    /// - Throws: `Settings.Problem` if there is none, or if a file is missing or has changed.
    init(_ path: String) throws {
        directory = URL(filePath: path).standardizedFileURL
        let file = directory.appending(path: BackupManifest.fileName)
        guard let data = try? Data(contentsOf: file) else {
            throw Settings.Problem(
                "\(path) is no backup: it has no \(BackupManifest.fileName)")
        }
        guard let manifest = try? JSONDecoder().decode(BackupManifest.self, from: data),
            manifest.format == BackupManifest.currentFormat
        else {
            throw Settings.Problem("\(file.path) cannot be read by this version")
        }
        self.manifest = manifest
        let missing = Set(Topology.services).subtracting(manifest.databases.map(\.service))
        guard missing.isEmpty else {
            throw Settings.Problem("it lacks \(missing.sorted().joined(separator: ", "))")
        }
        for database in manifest.databases { try check(database) }
    }

    func file(of database: BackupManifest.Database) -> URL {
        directory.appending(path: database.file)
    }

    private func check(_ database: BackupManifest.Database) throws {
        let url = file(of: database)
        guard let found = try? FileDigest(url) else {
            throw Settings.Problem("\(url.path) cannot be read")
        }
        guard found.bytes == database.bytes, found.sha256 == database.sha256 else {
            throw Settings.Problem(
                "\(url.path) is not the file that was written: its SHA-256 differs")
        }
    }
}
