import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct DistrictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "district", abstract: "Load the data of a district.",
        subcommands: [DistrictDefine.self])
}

struct DistrictDefine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "define",
        abstract: "Send all definitions of a district, from a directory such as seeds.",
        discussion: """
            The command sends territory.json, programmes.json, words.json, rules.json and plan.json, then \
            bulletin.json, as the user of NUANXIN_AMQP_URL, who must be the operator. It checks all files \
            before it sends the first. A deployment has one plan and one bulletin. Definitions that are \
            already there in the same version are refused.

            Status 4 if anything is refused, 3 if receipts are missing.
            """)

    @Argument(help: "The directory.")
    var directory: String
    @OptionGroup var sending: SendingOptions

    func run() throws {
        let url = URL(filePath: directory, directoryHint: .isDirectory)
        let seeds = try orExit {
            let seeds = try DistrictSeeds(directory: url)
            try CommandList.check([seeds.bulletin])
            return seeds
        }
        let list = try orExit { try CommandList([seeds.territory.command] + seeds.definitions) }
        let publisher = try sending.publisher()
        _ = try Sending(publisher, sending).run(list)
        try list.finish(publisher)
        try define(seeds.bulletin, publisher)
        say("defined \(directory)")
    }

    /// Reporting hears of the territory from registry, so for a moment it may not know it.
    private func define(_ bulletin: DefineBulletin, _ publisher: CommandPublisher) throws {
        let deadline = ContinuousClock.now + .seconds(sending.wait)
        while true {
            let answer = try orExit {
                try SingleCommand.decide(bulletin, publisher, sending)
            }
            if answer.status == .accepted { return }
            guard answer.code == "unknown_territory", ContinuousClock.now < deadline else {
                let what = [answer.code, answer.pointer, answer.expected].compactMap(\.self)
                throw ExitCode.error("the bulletin: refused: \(what.joined(separator: ", "))", 4)
            }
            Thread.sleep(forTimeInterval: 0.5)
        }
    }
}

/// Commands that are sent one after the other, and their results.
private final class CommandList: CommandSource {
    private let commands: [(name: String, command: OutgoingCommand)]
    private var next = 0
    private var tally = SendingTally()
    private var complaints: ComplaintList

    /// - Throws: what is wrong with one, before any is sent.
    init(_ commands: [any Command]) throws {
        self.commands = try Self.outgoing(commands)
        complaints = ComplaintList(ProgressBar("define", total: commands.count))
    }

    static func check(_ commands: [any Command]) throws { _ = try outgoing(commands) }

    private static func outgoing(
        _ commands: [any Command]
    ) throws -> [(name: String, command: OutgoingCommand)] {
        let (check, encoder) = (DocumentCheck(areFacts: false), MessageEncoder())
        return try commands.enumerated().map { index, command in
            let (id, type) = (UUID(), type(of: command).type)
            let header = Header(id: id, source: "nuanxin/operator", type: type, time: .now())
            let body = try encoder.encode(header, command)
            if let error = check.error(in: body) {
                throw FileProblem("\(type): \(error)")
            }
            return (
                type, OutgoingCommand(line: index + 1, id: id.wireText, type: type, body: body)
            )
        }
    }

    func supply() throws -> CommandSupply {
        guard next < commands.count else { return .end }
        next += 1
        return .command(commands[next - 1].command)
    }

    func answered(_ answer: AnsweredCommand) {
        tally.count(answer.receipt)
        complaints.answered(name(answer.line), answer.receipt)
    }

    func pulse() {}

    /// Ends with status 4 or 3 unless all was accepted.
    func finish(_ publisher: CommandPublisher) throws {
        tally.missing = publisher.inFlight
        complaints.missing(publisher) { name($0) }
        complaints.close()
        try tally.check()
    }

    private func name(_ line: Int) -> String {
        commands.indices.contains(line - 1) ? "\(commands[line - 1].name) \(line)" : "\(line)"
    }
}
