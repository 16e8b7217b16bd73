import ArgumentParser

/// Makes and plays synthetic data, for demonstrations, tests and benchmarks. No image contains it.
@main
struct ScenarioTool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenario",
        abstract: "Make and play the reference scenario, or one of another size.",
        subcommands: [ScenarioGenerate.self, ScenarioPlay.self])
}
