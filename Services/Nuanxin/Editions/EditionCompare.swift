import ArgumentParser
import CommandLineKit
import Foundation
import Postgres
import ServiceKit

struct EditionCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "List the figures that differ between two editions, as the public sees them.",
        discussion: """
            Signs: * withheld, - not collected, blank for a figure that did not exist yet, ? for one that \
            was replaced too long ago to be kept (NUANXIN_HISTORY_DAYS). Status 1 if there is no such \
            edition.
            """)

    @Argument(help: "The number of the earlier edition; 0 means before the first one.")
    var earlier: Int64
    @Argument(help: "The number of the later edition.")
    var later: Int64
    @Option(help: "Figures to list. All of them are counted.")
    var limit = 100
    @OptionGroup var options: ReportOptions

    func validate() throws {
        guard earlier >= 0 else { throw ValidationError("an edition's number is at least 0") }
        guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
    }

    func run() throws {
        let (missing, comparison) = try options.read("reporting") { connection in
            let missing = try [earlier, later].first { number in
                try number != 0 && EditionLine.all(connection, number: number, limit: 1).isEmpty
            }
            let isInOrder = missing == nil && earlier < later
            return (
                missing,
                isInOrder
                    ? try EditionComparison(connection, from: earlier, to: later, limit: limit)
                    : nil
            )
        }
        if let missing {
            throw ExitCode.error("there is no edition \(missing)", 1)
        }
        guard let comparison else {
            throw ValidationError("the first edition must come before the second one")
        }
        try options.show(comparison, comparison.text)
    }
}
