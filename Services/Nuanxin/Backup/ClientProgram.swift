import Foundation
import ServiceKit

/// A program of the machine while it runs, such as PostgreSQL's `pg_dump`.
///
/// It does not inherit this tool's environment, which has secrets. It gets its password by PGPASSWORD.
final class ClientProgram {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The application name of backup sessions.
    static let applicationName = "nuanxin-backup"
    /// The number of lines of a program's error output that are repeated.
    private static let lines = 3

    let name: String
    private let process = Process()
    private let errors = Pipe()

    /// Starts it.
    /// - Parameters:
    ///   - address: the database, if the program uses one.
    ///   - input: standard input; empty if nil.
    ///   - output: standard output; discarded if nil. Both ends stay open here.
    init(
        _ program: URL, _ arguments: [String], at address: DatabaseAddress? = nil,
        input: FileHandle? = nil, output: FileHandle? = nil
    ) throws {
        name = program.lastPathComponent
        process.executableURL = program
        process.arguments = arguments + (address.map { ["--dbname=\($0.publicURL)"] } ?? [])
        var environment = [
            "PATH": Self.path, "LC_ALL": "C", "PGAPPNAME": Self.applicationName,
            "PGCONNECT_TIMEOUT": "10",
            // A notice is no failure.
            "PGOPTIONS": "-c client_min_messages=warning",
        ]
        environment["PGPASSWORD"] = address?.password
        process.environment = environment
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = errors
        try process.run()
    }

    /// Waits for its end.
    /// - Throws: `Failure` with what it said, unless it succeeded.
    func finish() throws {
        // Until nobody can write there any more, which is the program's end.
        let data = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let said = String(decoding: data, as: UTF8.self).split(separator: "\n")
            let reason = said.prefix(Self.lines).joined(separator: "; ")
            throw Failure(
                description: "\(name) failed: \(reason.isEmpty ? "it printed nothing" : reason)")
        }
    }

    func terminate() { if process.isRunning { process.terminate() } }

    static let path =
        ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
}
