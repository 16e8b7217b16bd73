import ArgumentParser

struct EditionList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List editions, the newest first.",
        discussion: """
            Hidden are figures of few families, and what would tell them. Left out is what the plan names \
            and the edition cannot say: nuanxin edition show lists it.
            """)

    @Option(help: "How many.")
    var limit = 20
    @OptionGroup var options: ReportingOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
    }

    func run() throws {
        let editions = try options.read { try EditionLine.all($0, limit: limit) }
        try options.show(
            editions, editions.isEmpty ? "there is no edition yet" : EditionLine.table(editions))
    }
}
