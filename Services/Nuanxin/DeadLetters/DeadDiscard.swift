import ArgumentParser
import CommandLineKit
import Postgres
import ServiceKit

struct DeadDiscard: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Close dead letters without handling them. Their bodies are deleted at once.")

    @OptionGroup var selection: DeadSelection

    func run() throws {
        let connection = try selection.connection()
        let digests = try selection.digests(connection)
        let discarded = try connection.run(
            DeadLetters.discard(digests, note: "discarded: \(selection.reason)"))
        say("\(discarded.affected) discarded")
    }
}
