import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct EraseAgain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase-again",
        abstract: "Erase again everybody who was erased before a restore.",
        discussion: """
            `nuanxin restore` does this by itself. Run it once more when publishers have sent again what was \
            lost: that may register persons anew who were erased since. It reads erasures.json in the directory of \
            the backups and publishes registry.person.erase.v1 for each person who is not erased in registry, as \
            the operator (NUANXIN_AMQP_URL).
            """)

    @Argument(help: "The directory of backups, with erasures.json.")
    var directory: String

    func run() throws {
        let databases = try orExit { try ServiceDatabases() }
        try orExit {
            try NamedFile.requireDirectory(directory, as: "the directory of the backups")
            let list = try ErasureList(in: URL(filePath: directory))
            try Self.publish(
                list, DatabaseAddress(databases.url("registry")), databases.settings)
        }
    }

    /// Seconds for the broker to store the commands.
    private static let patience: Duration = .seconds(60)

    /// Has the broker store the commands. Registry decides them when it runs.
    static func publish(
        _ list: ErasureList, _ registry: DatabaseAddress, _ settings: Settings
    ) throws {
        let today = Timestamp.now().businessDay
        let commands = try list.commands(for: registry, on: today)
        guard !commands.isEmpty else { return say("nobody has to be erased again") }
        let outgoing = try commands.enumerated().map { index, command in
            let id = UUID()
            let header = Header(
                id: id, source: "nuanxin/operator", type: ErasePerson.type, time: .now())
            return OutgoingCommand(
                line: index + 1, id: id.wireText, type: ErasePerson.type,
                body: try MessageEncoder().encode(header, command))
        }
        try CommandPublisher.store(
            outgoing, url: settings.required(.amqpURL), within: patience)
        say("erased again when registry runs: \(commands.count)")
    }
}
