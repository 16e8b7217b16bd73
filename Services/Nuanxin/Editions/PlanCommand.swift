import ArgumentParser

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Look at the plan of what is public, check another, and put it in force.",
        subcommands: [PlanShow.self, PlanCheck.self, PlanDefine.self])
}
