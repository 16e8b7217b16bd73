import ArgumentParser
import Foundation
import Messages
import Postgres
import ServiceKit

struct DeadRedrive: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Have the service try dead letters again.",
        discussion: """
            They become due at once, with all tries before them. One that fails again is an open dead \
            letter again. What no service knows the type of must be published again instead.
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

    /// Puts back how a message comes in, where the broker has dead-lettered it: that has cost it its routing
    /// key, which is its type. Services publish facts, all others commands.
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
