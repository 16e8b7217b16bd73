import ArgumentParser
import Foundation
import Messages
import Postgres
import ServiceKit

struct Dead: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after messages that a service could not handle.",
        subcommands: [DeadList.self, DeadShow.self, DeadRedrive.self, DeadDiscard.self])
}

/// Which dead letters of a service are meant, and why.
struct DeadSelection: ParsableArguments {
    @Argument(help: "registry, funding, events or reporting.")
    var service: String
    @Argument(help: "Handles, as dead list shows them.")
    var handles: [String] = []
    @Option(help: "All open ones with this code.")
    var code: String?
    @Flag(help: "All open ones.")
    var all = false
    @Option(help: "Why, for the record.")
    var reason: String

    func validate() throws {
        let ways = [!handles.isEmpty, code != nil, all].count { $0 }
        guard ways == 1 else {
            throw ValidationError("Name handles, or --code, or --all.")
        }
        guard !reason.trimmingCharacters(in: .whitespaces).isEmpty else {
            throw ValidationError("--reason must say something.")
        }
    }

    func connection() throws -> Connection {
        try orExit {
            let databases = try ServiceDatabases()
            return try databases.open(databases.services(only: service)[0])
        }
    }

    /// The digests that are meant; whoever changes them looks again whether they are still open.
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
