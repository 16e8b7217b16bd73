import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

struct Dead: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, redrive and discard messages that a service could not handle.",
        subcommands: [DeadList.self, DeadShow.self, DeadRedrive.self, DeadDiscard.self])
}

/// The selected dead letters of a service, and the reason.
struct DeadSelection: ParsableArguments {
    @Argument(help: "The service: registry, funding, events or reporting.")
    var service: String
    @Argument(help: "Handles from `nuanxin dead list`.")
    var handles: [String] = []
    @Option(help: "All open dead letters with this code.")
    var code: String?
    @Flag(help: "All open dead letters.")
    var all = false
    @Option(help: "The reason, for the record.")
    var reason: String

    func validate() throws {
        let ways = [!handles.isEmpty, code != nil, all].count { $0 }
        guard ways == 1 else {
            throw ValidationError("Give handles, --code or --all.")
        }
        guard !reason.trimmingCharacters(in: .whitespaces).isEmpty else {
            throw ValidationError("--reason must not be empty.")
        }
    }

    func connection() throws -> Connection {
        try orExit {
            let databases = try ServiceDatabases()
            return try databases.open(databases.services(only: service)[0])
        }
    }

    /// The selected digests. Before a change, check again that they are still open.
    func digests(_ connection: Connection) throws -> [[UInt8]] {
        guard handles.isEmpty else {
            return try handles.map {
                try DeadLetter.find(service, connection, handle: $0).digestBytes
            }
        }
        return try connection.run(
            """
            SELECT digest FROM dead_letter
            WHERE state = 'open' AND (\(code) IS NULL OR code = \(code))
            """
        ).map { try $0.decode([UInt8].self, at: 0) }
    }
}
