import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct Texts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the free texts of a record, such as the reason of a rejection.",
        discussion: """
            Free texts may name people. They are stored sealed, for NUANXIN_TEXT_DAYS or until the person is \
            erased. The command needs the service's secret, NUANXIN_<SERVICE>_SECRET.

            Status 4 if there is none.
            """)

    @Argument(help: "The service: registry, funding or events.")
    var service: String
    @Argument(
        help: """
            The id of the record that the command made (a donation, a grant, a refund, a reversal), or of the \
            command itself.
            """)
    var record: String

    func run() throws {
        guard let id = UUID(wireText: record) else {
            throw ValidationError("the id must be \(ID<Never>.expected)")
        }
        let texts = try orExit {
            let databases = try ServiceDatabases()
            return try FreeText.all(
                of: id, databases.open(databases.services(only: service)[0]),
                ServiceSecret(of: service, databases.settings))
        }
        for text in texts { say("\(text.field): \(text.text)") }
        if texts.isEmpty { throw ExitCode(4) }
    }
}
