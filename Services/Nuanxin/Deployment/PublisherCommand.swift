import ArgumentParser
import Foundation
import Messages
import ServiceKit

struct PublisherCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publisher", abstract: "Let another system publish, or no longer.",
        subcommands: [PublisherAdd.self, PublisherRevoke.self])
}

struct PublisherAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a user of the broker that may send some types about some territories.",
        discussion: """
            The broker lets it send those types only, as nobody but itself, and read its own receipts only; the \
            services take what concerns its territories only. Its password is printed once and kept nowhere. \
            Needs NUANXIN_MANAGEMENT_URL beside the operator's NUANXIN_AMQP_URL. Status 4 if registry refuses.
            """)

    @Argument(help: "Lower-case letters, digits, hyphens and underscores.")
    var name: String
    @Option(
        parsing: .upToNextOption,
        help: "Message types, or beginnings such as events.session.*; queries by whole names only.")
    var types: [String]
    @Option(parsing: .upToNextOption, help: "Codes of territories; everything inside them.")
    var territory: [String]
    @OptionGroup var options: SendingOptions

    func run() throws {
        let access = try BrokerAccess(name)
        let territories = try territory.map { text in
            guard let code = TerritoryCode(text) else {
                throw ValidationError("\(text) is no code of a territory")
            }
            return code
        }
        try access.refuseTaken()
        let decision = try SingleCommand.decide(
            GrantPublisher(publisher: name, territories: territories, types: types),
            options.publisher(), options)
        guard decision.status == .accepted else { throw refused(decision) }
        let keys = types.map { $0 == "*" ? "#" : $0.hasSuffix(".*") ? String($0.dropLast(2)) : $0 }
        let url = try access.add(Topology(publishers: [(name, keys)], subscribers: []))
        print(
            """
            \(name) may publish. Its address, which is shown this once:

              \(url)

            It publishes CloudEvents JSON to the exchange nuanxin.commands, routing key = type, with
            user_id = \(name) and reply_to = receipts.\(name), and reads receipts.\(name). For example:

              NUANXIN_AMQP_URL='\(url)' nuanxin publish commands.ndjson
            """)
    }
}

struct PublisherRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End a publisher: its connections close, and what it sent is taken no more.")

    @Argument var name: String
    @OptionGroup var options: SendingOptions

    func run() throws {
        let access = try BrokerAccess(name)
        let wasUser = try access.remove()
        let decision = try SingleCommand.decide(
            RevokePublisher(publisher: name), options.publisher(), options)
        let wasGranted = decision.status == .accepted
        guard wasGranted || decision.code == "publisher_not_granted" else {
            throw refused(decision)
        }
        guard wasUser || wasGranted else { throw access.unknown }
        print("\(name) may publish no more.")
    }
}

private func refused(_ decision: Receipt.First) -> ExitCode {
    let reason = [decision.code, decision.pointer, decision.expected].compactMap(\.self)
    FileHandle.standardError.write(
        Data("error: registry refused: \(reason.joined(separator: " "))\n".utf8))
    return ExitCode(4)
}
