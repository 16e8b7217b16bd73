import ArgumentParser
import Messages
import ServiceKit

struct PlanDefine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "define",
        abstract: "Put a plan in force that stands in a file such as seeds/plan.json.",
        discussion: """
            Sent to reporting as the user of NUANXIN_AMQP_URL, who must be the operator. Its version is one \
            more than that in force. Status 4 if reporting refuses: it says where, and what would be right.
            """)

    @Argument(help: "The file.")
    var file: String
    @OptionGroup var sending: SendingOptions

    func run() throws {
        try orExit { try DefinitionFile<DefinePlan>(path: file) }
            .send(sending, isQuestion: false)
    }
}
