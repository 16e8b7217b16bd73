import Foundation
import ServiceKit

/// The program of that name, for certificates. Debian has it wherever `ca-certificates` is.
enum OpenSSL {
    /// Seconds. A call takes a fraction of one, unless it waits for a server.
    private static let patience = 10

    /// - Parameter input: standard input, shorter than a pipe's buffer.
    /// - Returns: the output, which is short.
    /// - Throws: `Settings.Problem` unless it ends with status 0.
    static func run(_ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["timeout", "\(patience)", "openssl"] + arguments
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        // The input is written before the start: a program that ends at once would break the pipe.
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
