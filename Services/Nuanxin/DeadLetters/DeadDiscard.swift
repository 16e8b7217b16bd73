import ArgumentParser
import Postgres
import ServiceKit

struct DeadDiscard: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Close dead letters without handling them. They stay on record.")

    @OptionGroup var selection: DeadSelection

    func run() throws {
        let connection = try selection.connection()
        let digests = try selection.digests(connection)
        let discarded = try connection.run(
            """
            UPDATE dead_letter
            SET state = 'discarded', note = \("discarded: " + selection.reason)
            WHERE digest = ANY(\(digests)) AND state = 'open'
            """)
        print("\(discarded.affected) discarded")
    }
}
