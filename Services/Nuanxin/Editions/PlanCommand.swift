import ArgumentParser

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show the plan of public figures, check another, and put it in force.",
        subcommands: [PlanShow.self, PlanCheck.self, PlanDefine.self])
}
