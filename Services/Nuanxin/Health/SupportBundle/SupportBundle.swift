import ArgumentParser
import CommandLineKit
import Foundation
import ServiceKit

struct SupportBundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle",
        abstract:
            "Collect diagnostics for outside help, without secrets and personal data.",
        discussion: """
            The bundle has versions, settings without passwords, the output of `status` and `doctor`, queues \
            and their lengths, migrations, sizes of tables, codes and numbers of dead letters and waiting \
            messages (never their contents), the metrics of reporting, and the ends of the log files that \
            you name. Whatever cannot be read is replaced by the reason. Passwords, resident numbers, \
            telephone numbers and Chinese text are removed. Read the files before you give them away.
            """)

    @Argument(help: "The file to write, such as support.tar.gz.")
    var file: String
    @Option(
        name: .customLong("log"), parsing: .upToNextOption,
        help: "Log files of services. The last 8 MiB of each are included.")
    var logs: [String] = []

    func run() throws {
        let contents = try orExit { try SupportContents() }
        let redact = Redaction(secrets: contents.settings.secrets)
        let target = URL(filePath: file).standardizedFileURL
        let stage = target.deletingLastPathComponent().appending(
            path: ".\(target.lastPathComponent).partial")
        umask(0o077)
        try FileManager.default.createDirectory(at: stage, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: stage) }
        let folder = stage.appending(path: "support")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        for (name, text) in try contents.files() + logs.enumerated().map(Self.log) {
            try Data(redact(text).utf8).write(to: folder.appending(path: name))
        }
        let draft = stage.appending(path: "bundle")
        let archiver = try ClientProgram(
            URL(filePath: "/bin/tar"),
            ["--create", "--gzip", "--file=\(draft.path)", "--directory=\(stage.path)", "support"])
        try archiver.finish()
        guard rename(draft.path, target.path) == 0 else {
            throw Settings.Problem("cannot write \(target.path)")
        }
        say(target.path)
    }

    private static let logBytes: UInt64 = 8 << 20

    /// The end of a log file, from a whole line on. Its name is numbered, for several may be named alike.
    private static func log(_ index: Int, _ path: String) throws -> (String, String) {
        let url = URL(filePath: path)
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: size > logBytes ? size - logBytes : 0)
        var text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        if size > logBytes { text = String(text.drop { $0 != "\n" }.dropFirst()) }
        return ("log-\(index + 1)-\(url.lastPathComponent).txt", text)
    }
}
