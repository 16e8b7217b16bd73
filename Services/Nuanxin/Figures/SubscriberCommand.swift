import ArgumentParser
import ServiceKit

struct SubscriberCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscriber",
        abstract: "Let another system read what is published, or no longer.",
        subcommands: [SubscriberAdd.self, SubscriberRevoke.self])
}

struct SubscriberAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a user of the broker that may read what is published, and ask for it.",
        discussion: "Its password is printed once and kept nowhere.")

    @Argument(help: "Lower-case letters, digits, hyphens and underscores.")
    var name: String

    func run() throws {
        let access = try BrokerAccess(name)
        try access.refuseTaken()
        let url = try access.add(Topology(publishers: [], subscribers: [name]))
        print(
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
        commandName: "revoke", abstract: "End a subscriber: its connections close.")

    @Argument var name: String

    func run() throws {
        let access = try BrokerAccess(name)
        guard try access.remove() else { throw access.unknown }
        print("\(name) may subscribe no more.")
    }
}
