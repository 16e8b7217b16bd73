import Foundation
import Postgres
import ServiceKit

/// Loads a dump in one transaction, compares the tables with those at the time of the dump, and then commits. If it is
/// interrupted, the database is unchanged.
struct Restoration {
    let backup: StoredBackup
    let database: BackupManifest.Database
    let address: DatabaseAddress
    /// Not older than those that wrote the dump.
    let programs: ClientPrograms

    /// Loads it into an empty database, compares, and rolls back. Nothing is left, even of a rehearsal that was killed.
    /// - Returns: the tables that differ.
    func rehearse() throws -> [String] {
        let session = try RestoreSession(address, programs)
        defer { session.abandon() }
        try session.write(["BEGIN"])
        // Owners and privileges do not matter here, and the roles may be missing.
        try session.load(backup.file(of: database), ["--no-owner", "--no-acl"])
        return try session.differences(from: database.tables)
    }

    /// Replaces the whole content of the database. The owner then owns the tables, and the runtime role has its privileges.
    /// - Parameter finally: statements that belong to the same transaction.
    /// - Returns: the tables that differ, in which case nothing was changed.
    func replace(finally: [String]) throws -> [String] {
        let session = try RestoreSession(address, programs)
        defer { session.abandon() }
        try session.write([
            "BEGIN", "SET LOCAL lock_timeout = '\(Self.patience)s'",
            "DROP SCHEMA IF EXISTS public CASCADE",
            "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
        ])
        try session.load(backup.file(of: database), ["--no-owner"])
        let differing = try session.differences(from: database.tables)
        guard differing.isEmpty else { return differing }
        // Without statistics the first plans would be guesses.
        try session.write(finally + ["ANALYZE", "COMMIT"])
        try session.finish()
        return []
    }

    /// Seconds to wait for locks of others on tables that are dropped.
    private static let patience = 30
}

/// A `psql` that reads the output of `pg_restore`, and then the statements written here.
private final class RestoreSession {
    private let programs: ClientPrograms
    /// Names of the settings that the server has.
    private let settings: Set<String>
    private let input = Pipe()
    private let output = Pipe()
    private let program: ClientProgram
    private var isOver = false

    init(_ address: DatabaseAddress, _ programs: ClientPrograms) throws {
        self.programs = programs
        let connection = try Connection(
            PostgresConfiguration(
                url: address.url, applicationName: ClientProgram.applicationName))
        settings = Set(
            try connection.run("SELECT name FROM pg_settings").map { try $0.decode(at: 0) })
        // Writing to a program that has ended is an error, and must not end this one.
        signal(SIGPIPE, SIG_IGN)
        program = try ClientProgram(
            programs.program("psql"),
            [
                "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator=\t",
                "--set=ON_ERROR_STOP=1",
                // DETAIL and CONTEXT quote the values of rows, and rows hold people.
                "--set=VERBOSITY=terse", "--set=SHOW_CONTEXT=never",
            ], at: address, input: input.fileHandleForReading,
            output: output.fileHandleForWriting)
        // Otherwise reading would not end when psql ends.
        try output.fileHandleForWriting.close()
        try input.fileHandleForReading.close()
    }

    func write(_ statements: [String]) throws {
        let text = statements.map { $0 + ";\n" }.joined()
        do {
            try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        } catch {
            try finish()
            throw error
        }
    }

    /// The dump goes from one program to the other.
    func load(_ dump: URL, _ options: [String]) throws {
        let output = Pipe()
        let reader = try ClientProgram(
            programs.program("pg_restore"), options + ["--file=-", dump.path],
            output: output.fileHandleForWriting)
        // Otherwise reading would not end when it ends.
        try output.fileHandleForWriting.close()
        do {
            try pass(output.fileHandleForReading)
            try reader.finish()
        } catch {
            reader.terminate()
            try? reader.finish()
            // If psql ended first, its own message is the reason.
            try finish()
            throw error
        }
    }

    private static let pieceSize = 1 << 18

    private func pass(_ source: FileHandle) throws {
        var isFirst = true
        while var piece = try source.read(upToCount: Self.pieceSize), !piece.isEmpty {
            if isFirst { piece = DumpPreamble.known(piece, settings) }
            isFirst = false
            try input.fileHandleForWriting.write(contentsOf: piece)
        }
    }

    func differences(from expected: [TableContents]) throws -> [String] {
        try write(TableContents.settings)
        var found: [TableContents] = []
        for table in expected {
            // Other lines may stand before it: a dump sets sequences by SELECT.
            try write(["SELECT '\(Self.mark)', c.* FROM (\(TableContents.query(table.name))) c"])
            found.append(try answer(table.name))
        }
        return TableContents.differences(expected, found)
    }

    private static let mark = "contents"
    private var unread = Data()

    private func answer(_ table: String) throws -> TableContents {
        while let line = try nextLine() {
            let fields = line.split(separator: "\t").map(String.init)
            guard fields.count == 3, fields[0] == Self.mark, let rows = Int64(fields[1]) else {
                continue
            }
            return TableContents(name: table, rows: rows, digest: fields[2])
        }
        try finish()
        throw ClientProgram.Failure(description: "psql ended too early")
    }

    private func nextLine() throws -> String? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread = Data(unread[unread.index(after: end)...]) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { return nil }
            unread += piece
        }
    }

    /// - Throws: the message of psql, unless it succeeded.
    func finish() throws {
        guard !isOver else { return }
        isOver = true
        try? input.fileHandleForWriting.close()
        try program.finish()
    }

    /// Ends psql where it stands; an open transaction is rolled back.
    func abandon() {
        guard !isOver else { return }
        isOver = true
        program.terminate()
        try? input.fileHandleForWriting.close()
        try? program.finish()
    }
}
