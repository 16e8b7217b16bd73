import Foundation
import ServiceKit

/// The program of that name, for certificates. Debian has it wherever `ca-certificates` is.
enum OpenSSL {
    /// Seconds; what it is asked here takes it a fraction of one, unless it waits for a server.
    private static let patience = 10

    /// - Parameter input: what it reads at `/dev/stdin`, and less than a pipe holds.
    /// - Returns: what it prints, which is short.
    /// - Throws: `Settings.Problem` unless it ends with status 0.
    static func run(_ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["timeout", "\(patience)", "openssl"] + arguments
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        // Before it runs: nobody could read it any more if the program ended at once.
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        let problem = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        switch process.terminationStatus {
        case 0: return String(decoding: text, as: UTF8.self)
        case 127:
            throw Settings.Problem(
                "certificates need the program openssl, which is not installed here: the image of "
                    + "deploy/Dockerfile has it")
        default:
            let lines = String(decoding: problem, as: UTF8.self).split(separator: "\n").suffix(3)
            throw Settings.Problem("openssl \(arguments[0]): \(lines.joined(separator: "; "))")
        }
    }
}
