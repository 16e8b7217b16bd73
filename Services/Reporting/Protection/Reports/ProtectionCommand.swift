import ArgumentParser

struct ProtectionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protection",
        abstract: "Audit the protection of small figures.",
        discussion: """
            The commands read the database NUANXIN_REPORTING_DB. It has exact figures, so the output is for \
            staff only. `nuanxin edition show` lists what the last edition lacks.
            """,
        subcommands: [ProtectionAudit.self, ProtectionLoss.self])
}
