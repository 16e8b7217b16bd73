import ArgumentParser
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
            open dead letter again. If no service knows its type, publish the message again instead. One \
            that is too large (`too_large`) is not tried: its body was not kept.
            """)

    @OptionGroup var selection: DeadSelection

    func run() throws {
        let connection = try selection.connection()
        var count = 0
        for digest in try selection.digests(connection) {
            try restoreWay(digest, connection)
            let redriven = try connection.run(
                DeadLetters.redrive(
                    [digest], note: "redriven: \(selection.reason)", at: .now()))
            count += redriven.affected
        }
        print("\(count) redriven")
    }

    /// Restores the origin and the routing key (the type) of a message that the broker has dead-lettered. Services publish
    /// facts; everybody else publishes commands.
    private func restoreWay(_ digest: [UInt8], _ connection: Connection) throws {
        let rows = try connection.run(
            """
            SELECT publisher, body FROM dead_letter
            WHERE digest = \(digest) AND state = 'open' AND origin IN ('dead', 'unroutable')
            """)
        guard let row = rows.first else { return }
        let publisher = try row.decode(optional: String.self, at: 0) ?? ""
        guard let type = (try? Document(row.decode([UInt8].self, at: 1)))?.type else { return }
        let origin = Topology.services.contains(publisher) ? "facts" : "commands"
        _ = try connection.run(
            """
            UPDATE dead_letter SET origin = \(origin), routing_key = \(type)
            WHERE digest = \(digest) AND state = 'open'
            """)
    }
}
