import ArgumentParser
import CommandLineKit

struct EditionList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List editions, newest first.",
        discussion: """
            "hidden" counts the figures that are withheld: counts of few families, and figures that would \
            reveal them. "left out" counts what the plan names and the edition lacks; `nuanxin edition show` \
            lists it.
            """)

    @Option(help: "Editions to list.")
    var limit = 20
    @OptionGroup var options: ReportOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
    }

    func run() throws {
        let editions = try options.read("reporting") { try EditionLine.all($0, limit: limit) }
        try options.show(
            editions, editions.isEmpty ? "there is no edition yet" : EditionLine.table(editions))
    }
}
