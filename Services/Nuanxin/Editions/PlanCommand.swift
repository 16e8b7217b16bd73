import ArgumentParser

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Look at the plan of what is public, and at what it hides.",
        discussion: "Reads reporting's database.",
        subcommands: [PlanShow.self, PlanCheck.self])
}
