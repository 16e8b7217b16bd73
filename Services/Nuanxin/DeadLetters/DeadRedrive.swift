import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

struct DeadRedrive: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Let the service try dead letters again.",
        discussion: """
            They are tried at once, with all attempts before them. A message that fails again becomes an \
            open dead letter again. If the service does not know its type, or its body is not kept (any more), \
            publish the message again instead.
            """)

    @OptionGroup var selection: DeadSelection

    func run() throws {
        let connection = try selection.connection()
        var count = 0
        let digests = try selection.digests(connection)
        for digest in digests {
            try restoreWay(digest, connection)
            let redriven = try connection.run(
                DeadLetters.redrive([digest], note: "redriven: \(selection.reason)"))
            count += redriven.affected
        }
        say("\(count) redriven")
        if count < digests.count {
            throw ExitCode.error(
                """
                \(digests.count - count) not: their bodies are not kept, or they are not open any more; \
                publish them again
                """, 4)
        }
    }

    /// Restores the origin and the routing key (the type) of a message that the broker has dead-lettered. Services publish
    /// facts; everybody else publishes commands.
    private func restoreWay(_ digest: [UInt8], _ connection: Connection) throws {
        let rows = try connection.run(
            """
            SELECT publisher, type FROM dead_letter
            WHERE digest = \(digest) AND state = 'open' AND origin IN ('dead', 'unroutable')
            """)
        guard let row = rows.first else { return }
        let publisher = try row.decode(optional: String.self, at: 0) ?? ""
        guard let type = try row.decode(optional: String.self, at: 1) else { return }
        let origin = Topology.services.contains(publisher) ? "facts" : "commands"
        _ = try connection.run(
            """
            UPDATE dead_letter SET origin = \(origin), routing_key = \(type)
            WHERE digest = \(digest) AND state = 'open'
            """)
    }
}
