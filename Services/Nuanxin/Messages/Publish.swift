import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish commands and wait for their receipts.",
        discussion: """
            Each line is a CloudEvents document. Its type becomes the routing key; the services report \
            everything else that is wrong with it. It is safe to send a file again: commands that were \
            decided are answered as duplicates.

            With --dry-run the services decide each command on its own and keep nothing. A command that \
            needs an earlier one of the same file would therefore wait.

            What waits for another message is shown as parked, with the time until which it waits. Fields that \
            a command's type does not have are named; they are ignored, and change no status.

            Status 4 if a command was rejected, 3 if receipts are missing.
            """)

    @Argument(help: "A file, or - for standard input.")
    var file: String
    @Flag(help: "Print one JSON object for each receipt.")
    var json = false
    @Flag(help: "Let the services decide the commands without keeping anything.")
    var dryRun = false
    @OptionGroup var options: SendingOptions

    func run() throws {
        let lines = try orExit { try LineReader(path: file) }
        let publisher = try options.publisher()
        let source = PublishedLines(lines, publisher, json: json, isDryRun: dryRun)
        _ = try Sending(publisher, options).run(source)
        try source.finish()
        try source.tally.check()
    }
}

/// The lines of a file that are being published, and their results.
private final class PublishedLines: CommandSource {
    private let lines: LineReader
    private let publisher: CommandPublisher
    private let progress: ProgressBar
    private let output: ReceiptOutput
    private var complaints: ComplaintList
    private var number = 0
    private(set) var tally = SendingTally()
    /// Checks the documents of a dry run before they are sent: a malformed one needs no service.
    private let check: DocumentCheck?

    init(_ lines: LineReader, _ publisher: CommandPublisher, json: Bool, isDryRun: Bool) {
        check = isDryRun ? DocumentCheck(areFacts: false) : nil
        self.lines = lines
        self.publisher = publisher
        progress = ProgressBar("publish", total: lines.size)
        complaints = ComplaintList(progress)
        output = ReceiptOutput(isOn: json)
    }

    func supply() throws -> CommandSupply {
        let next = try lines.next()
        switch next {
        case .later: return .later
        case .end: return .end
        case .line, .tooLong: number += 1
        }
        switch OutgoingCommand.read(next, number).flatMap(asked) {
        case .success(let command): return command.map { .command($0) } ?? .nothing
        case .failure(let refusal):
            let receipt = Receipt(refusing: refusal)
            try answered(AnsweredCommand(line: number, id: "", receipt: receipt))
            return .nothing
        }
    }

    /// The command to send: in a dry run, one that says so.
    private func asked(
        _ command: OutgoingCommand?
    ) -> Result<OutgoingCommand?, Refusal> {
        guard let check, let command else { return .success(command) }
        do throws(Refusal) {
            return .success(try command.asDryRun(check))
        } catch {
            return .failure(error)
        }
    }

    func answered(_ answer: AnsweredCommand) throws {
        tally.count(answer.receipt)
        try output.write(answer)
        guard !output.isOn else { return }
        complaints.answered("line \(answer.line)", answer.receipt)
    }

    func pulse() throws {
        let parked = publisher.parkedCount
        progress.show(
            lines.bytesRead, items: tally.answered, note: parked > 0 ? "\(parked) parked" : "")
        output.flush()
    }

    func finish() throws {
        // A command that still waits has no last receipt. Its first one says until when.
        for item in publisher.unanswered {
            guard let parked = item.parked else { continue }
            try output.write(AnsweredCommand(line: item.line, id: item.id, receipt: parked))
        }
        output.flush()
        progress.finish(items: tally.answered)
        tally.missing = publisher.inFlight
        complaints.missing(publisher) { "line \($0)" }
        complaints.close()
        let ignored = tally.ignored > 0 ? "; \(tally.ignored) with fields that were ignored" : ""
        let remark = check == nil ? "" : "; nothing was kept"
        writeError("\(number) lines: \(tally.description)\(ignored)\(remark)")
    }
}

/// Prints receipts as JSON, one a line. That of a query has its answer.
struct ReceiptOutput {
    private struct Line: Encodable {
        let line: Int
        let id: String?
        let receipt: Receipt

        enum Names: String, CodingKey { case line, id }

        func encode(to encoder: any Encoder) throws {
            try receipt.encode(to: encoder)
            var container = encoder.container(keyedBy: Names.self)
            try container.encode(line, forKey: .line)
            try container.encodeIfPresent(id, forKey: .id)
        }
    }

    let isOn: Bool
    private let encoder = JSONEncoder()

    init(isOn: Bool) {
        self.isOn = isOn
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    func write(_ answer: AnsweredCommand) throws {
        guard isOn else { return }
        say(try text(answer))
    }

    func text(_ answer: AnsweredCommand) throws -> String {
        let line = try encoder.encode(
            Line(
                line: answer.line, id: answer.id.isEmpty ? nil : answer.id,
                receipt: answer.receipt))
        guard let told = answer.answer else { return String(decoding: line, as: UTF8.self) }
        let members = try JSONValue(Array(line)).members + [.init("answer", told)]
        return JSONValue.object(members.sorted { $0.name < $1.name }).compact
    }

    /// Flushes, so that the reader of a pipe sees receipts as they come.
    func flush() {
        if isOn { fflush(nil) }
    }
}

extension OutgoingCommand {
    /// - Returns: nil for an empty line.
    static func read(
        _ line: LineReader.Next, _ number: Int
    ) -> Result<OutgoingCommand?, Refusal> {
        guard case .line(let body) = line else {
            return .failure(
                Refusal(
                    .tooLarge, pointer: "", found: "a longer one",
                    expected: "a line of at most \(LineReader.limit) bytes"))
        }
        // Spaces, tabs and the carriage return of a line end.
        guard body.contains(where: { $0 > 0x20 }) else { return .success(nil) }
        do throws(Refusal) {
            return .success(try OutgoingCommand(body: body, line: number))
        } catch {
            return .failure(error)
        }
    }

    /// The same command as a dry run.
    /// - Throws: what is wrong with the document.
    func asDryRun(_ check: DocumentCheck) throws(Refusal) -> OutgoingCommand {
        if let error = check.error(in: body) { throw error }
        var document = try JSONValue(body)
        document["dryrun"] = true
        return OutgoingCommand(
            line: line, id: id, type: type, body: Array(document.compact.utf8))
    }
}
