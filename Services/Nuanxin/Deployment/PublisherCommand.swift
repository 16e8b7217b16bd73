import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct PublisherCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publisher", abstract: "Give another system access to publish, or end it.",
        subcommands: [PublisherAdd.self, PublisherRevoke.self])
}

struct PublisherAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Create a broker user that may send some types about some territories.",
        discussion: """
            The broker lets the user send only these types, only under its own name, and read only its own \
            receipts. The services accept only messages about its territories. The command prints the \
            password once. Nothing stores it.

            Needs NUANXIN_MANAGEMENT_URL besides the operator's NUANXIN_AMQP_URL. Status 4 if registry \
            refuses.
            """)

    @Argument(help: "Lower-case letters, digits, hyphens and underscores.")
    var name: String
    @Option(
        parsing: .upToNextOption,
        help: """
            Message types, or prefixes such as events.session.*. Queries, and commands that cannot be undone, \
            need whole names.
            """)
    var types: [String]
    @Option(parsing: .upToNextOption, help: "Codes of territories, with everything inside.")
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
        say(
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
        abstract: "Delete a publisher, close its connections, and refuse its messages.")

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
        say("\(name) can no longer publish.")
    }
}

private func refused(_ decision: Receipt.First) -> ExitCode {
    let reason = [decision.code, decision.pointer, decision.expected].compactMap(\.self)
    return ExitCode.error("registry refused: \(reason.joined(separator: " "))", 4)
}
