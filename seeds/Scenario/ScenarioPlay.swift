import ArgumentParser
import CommandLineKit
import Foundation
import Messages

struct ScenarioPlay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play",
        abstract: "Publish a scenario phase by phase, each after all receipts of the one before.",
        discussion: "Status 4 if a command was rejected, 3 if receipts are missing.")

    @Argument(help: "A directory that `scenario generate` has written.")
    var directory: String
    @Flag(help: "Send every message twice.")
    var twice = false
    @Option(help: "Shuffle the messages of each phase with this seed.")
    var shuffle: UInt64?
    @OptionGroup var options: SendingOptions

    func run() throws {
        let directory = URL(filePath: directory, directoryHint: .isDirectory)
        let manifest = try ScenarioManifest(directory: directory)
        let publisher = try options.publisher()
        let play = Play(manifest, publisher, copies: twice ? 2 : 1)
        for (index, phase) in manifest.phases.enumerated() {
            try play.begin(
                directory.appending(path: phase.file), shuffle: shuffle.map { $0 &+ UInt64(index) })
            let isWhole = try Sending(publisher, options).run(play)
            // The next phase builds on all of this one.
            if !isWhole || play.tally.rejected > 0 { break }
        }
        play.finish()
        try play.tally.check()
    }
}

/// The messages of a scenario on their way, phase by phase.
private final class Play: CommandSource {
    private let publisher: CommandPublisher
    private let copies: Int
    private let progress: ProgressBar
    private var complaints: ComplaintList
    private var file: PhaseFile?
    private var order: [Int] = []
    private var position = 0
    private(set) var tally = SendingTally()

    init(_ manifest: ScenarioManifest, _ publisher: CommandPublisher, copies: Int) {
        self.publisher = publisher
        self.copies = copies
        progress = ProgressBar("play", total: manifest.messages * copies)
        complaints = ComplaintList(progress)
    }

    func begin(_ url: URL, shuffle seed: UInt64?) throws {
        let file = try PhaseFile(url)
        order = (0..<file.count).flatMap { Array(repeating: $0, count: copies) }
        if let seed {
            var random = SplitMix64(seed: seed)
            random.shuffle(&order)
        }
        position = 0
        self.file = file
    }

    func supply() throws -> CommandSupply {
        guard let file, position < order.count else { return .end }
        position += 1
        return .command(try file.command(order[position - 1]))
    }

    func answered(_ answer: AnsweredCommand) {
        tally.count(answer.receipt)
        if answer.receipt.isRejection {
            complaints.rejected("\(file?.name ?? ""):\(answer.line)", answer.receipt)
        }
    }

    func pulse() {
        let parked = publisher.parkedCount
        progress.show(
            tally.answered, note: (file?.name ?? "") + (parked > 0 ? ", \(parked) parked" : ""))
    }

    func finish() {
        progress.finish()
        tally.missing = publisher.inFlight + order.count - position
        complaints.missing(publisher) { "\(file?.name ?? ""):\($0)" }
        complaints.close()
        print("\(tally.answered + tally.missing) messages: \(tally.description)")
    }
}

/// A file of messages whose lines can be read in any order; only where they begin is kept in memory.
private struct PhaseFile {
    let name: String
    private let data: Data
    /// Where each line begins, and where the last one ends.
    private let starts: [Int]

    var count: Int { starts.count - 1 }

    init(_ url: URL) throws {
        name = url.lastPathComponent
        data = try Data(contentsOf: url, options: .alwaysMapped)
        var starts = [0]
        data.withUnsafeBytes { bytes in
            for offset in bytes.indices where bytes[offset] == UInt8(ascii: "\n") {
                starts.append(offset + 1)
            }
        }
        self.starts = starts
    }

    func command(_ index: Int) throws -> OutgoingCommand {
        let body = data.withUnsafeBytes { Array($0[starts[index]..<starts[index + 1] - 1]) }
        do throws(Refusal) {
            return try OutgoingCommand(body: body, line: index + 1)
        } catch {
            throw FileProblem(
                "\(name):\(index + 1) is no message: \(error)")
        }
    }
}
