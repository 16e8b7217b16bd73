import ArgumentParser
import Messages

struct PlanDefine: ParsableCommand {
    static let configuration = DefinitionOptions.defining("plan", "seeds/plan.json")

    @OptionGroup var definition: DefinitionOptions

    func run() throws { try definition.send(DefinePlan.self, isQuestion: false) }
}
