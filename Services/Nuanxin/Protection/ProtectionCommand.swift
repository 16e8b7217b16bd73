import ArgumentParser

struct ProtectionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protection",
        abstract: "Look after the protection of small figures.",
        discussion: """
            Reads reporting's database; figures in it are exact, so what is printed is for staff. What the last \
            edition leaves out says nuanxin edition show.
            """,
        subcommands: [ProtectionAudit.self, ProtectionLoss.self])
}
