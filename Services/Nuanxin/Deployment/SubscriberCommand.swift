import ArgumentParser
import CommandLineKit
import ServiceKit

struct SubscriberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscriber",
        abstract: "Give another system access to published figures, or end it.",
        subcommands: [SubscriberAdd.self, SubscriberRevoke.self])
}

struct SubscriberAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Create a broker user that may read published figures and request them.",
        discussion: "The command prints the password once. Nothing stores it.")

    @Argument(help: "Lower-case letters, digits, hyphens and underscores.")
    var name: String

    func run() throws {
        let access = try BrokerAccess(name)
        try access.refuseTaken()
        let url = try access.add(Topology(publishers: [], subscribers: [name]))
        say(
            """
            \(name) may subscribe. Its address, which is shown this once:

              \(url)

            It reads the stream nuanxin.summaries, and asks for snapshots with reply_to = receipts.\(name):

              NUANXIN_SUBSCRIBER_URL='\(url)' nuanxin subscribe funding --to copy.ndjson
            """)
    }
}

struct SubscriberRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Delete a subscriber and close its connections.")

    @Argument var name: String

    func run() throws {
        let access = try BrokerAccess(name)
        guard try access.remove() else { throw access.unknown }
        say("\(name) can no longer subscribe.")
    }
}
