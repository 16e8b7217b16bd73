import CommandLineKit
import Crypto
import Foundation
import Messages
import ServiceKit

/// The progress of an import, kept beside its file so that an interrupted import can continue.
struct ImportProgress: Codable {
    /// The time of all messages: the start of the import. A household sent again must have the same bytes.
    var time: Timestamp
    /// Bytes and lines at the beginning of the file whose households are all decided.
    var bytes = 0
    var lines = 0
    /// SHA-256 of these bytes. A file that was changed there is read again from its beginning.
    var digest = ""
    /// Bytes of the report of rejected lines that belong to them.
    var reportBytes = 0
    var accepted = 0
    var duplicate = 0
    var rejected = 0

    var households: Int { accepted + duplicate + rejected }

    init(time: Timestamp) { self.time = time }

    static func file(of path: String) -> URL { URL(filePath: path + ".progress") }

    /// - Returns: nil if there is none.
    static func read(_ path: String) throws -> ImportProgress? {
        let file = file(of: path)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        do {
            return try JSONDecoder().decode(ImportProgress.self, from: Data(contentsOf: file))
        } catch {
            throw FileProblem(
                "\(file.path) is damaged; without it, households are sent anew")
        }
    }

    func write(_ path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(to: Self.file(of: path), options: .atomic)
    }

    /// SHA-256 of the beginning of the file, as far as the progress goes; nil if the file is shorter.
    func hashBeginning(_ path: String) throws -> SHA256? {
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? handle.close() }
        var hash = SHA256()
        var rest = bytes
        while rest > 0 {
            guard let piece = try handle.read(upToCount: min(rest, 1 << 20)), !piece.isEmpty else {
                return nil
            }
            hash.update(data: piece)
            rest -= piece.count
        }
        return hash
    }

    static func text(_ hash: SHA256) -> String {
        hash.finalize().map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}

/// The report of rejected lines: a CSV file beside the imported one.
final class RejectedLines {
    static func path(of file: String) -> String { file + ".rejected.csv" }
    private static let header = "line,column,code,reason\n"

    private let handle: FileHandle
    private(set) var size: Int

    /// - Parameter kept: bytes of an earlier run's report that still hold; 0 begins anew.
    init(_ file: String, keeping kept: Int) throws {
        let url = URL(filePath: Self.path(of: file))
        if !FileManager.default.fileExists(atPath: url.path) {
            try Data().write(to: url)
        }
        handle = try FileHandle(forWritingTo: url)
        try handle.truncate(atOffset: UInt64(kept))
        try handle.seekToEnd()
        size = kept
        if kept == 0 { try write(Self.header) }
    }

    func add(_ fault: TableFault) throws {
        let fields = ["\(fault.line)", fault.column, fault.code, fault.reason]
        try write(CSVField.line(fields) + "\n")
    }

    private func write(_ text: String) throws {
        try handle.write(contentsOf: Data(text.utf8))
        size += text.utf8.count
    }
}
