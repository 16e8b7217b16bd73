import AMQP
import ArgumentParser
import CommandLineKit
import Messages
import ServiceKit

struct PlanCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Ask what each block of a plan would withhold.",
        discussion: """
            A block is one source and programme at one level, for one kind of period. The list has the blocks \
            about families. Nothing else is ever withheld.

            Reporting is asked as the user of NUANXIN_AMQP_URL. It makes the figures of an edition by the plan, from \
            the present records, and keeps nothing. This takes as long as an edition. "left out" counts the tables \
            of the block that the edition would lack or would keep unchanged, by reason.

            `reporting protection loss` shows what the last edition withholds. Status 4 if the plan would be refused.
            """)

    @Argument(help: "A file such as seeds/plan.json.")
    var file: String
    @OptionGroup var sending: SendingOptions
    @OptionGroup var options: ReportOptions

    func run() throws {
        let definition = try orExit { try DefinitionFile<DefinePlan>(path: file) }
        try definition.send(sending, isQuestion: true, isQuiet: options.json)
        let endpoint = try orExit { try Endpoint(url: Settings().required(.amqpURL)) }
        let queries = BrokerQueries(endpoint, name: "nuanxin plan check", again: Self.longest)
        let query = TryPlan(plan: definition.command)
        let trial = try orExit { try queries.ask(query, for: PlanTrial.self) }.orExit()
        let blocks = CheckedBlock.all(trial)
        try options.show(blocks, CheckedBlock.table(blocks))
    }

    /// An edition of a large association takes a minute.
    private static let longest: Duration = .seconds(600)
}

/// A block of a plan, and how many of its figures would be withheld.
private struct CheckedBlock: Encodable {
    let source: String
    let programme: String
    let level: String
    let period: String
    let cells: Int64
    let hidden: Int64
    /// By reason, how many tables are left out of it.
    let leftOut: [String: Int]

    static func all(_ trial: PlanTrial) -> [CheckedBlock] {
        trial.blocks.map { block in
            let ours = trial.gaps.filter { gap in
                gap.why == EditionGap.Reason.families.rawValue
                    || gap.source == block.source && gap.programme == block.programme
                        && gap.level.level.length <= block.level.level.length
            }
            return CheckedBlock(
                source: block.source, programme: block.programme, level: block.level.rawValue,
                period: block.period.rawValue, cells: block.cells, hidden: block.hidden,
                leftOut: Dictionary(
                    ours.map { ($0.why, Int($0.tables)) }, uniquingKeysWith: +))
        }
    }

    static func table(_ blocks: [CheckedBlock]) -> String {
        var table = TextTable([
            ("level", .left), ("period", .left), ("source", .left), ("programme", .left),
            ("cells", .right), ("hidden", .right), ("share", .right), ("left out", .left),
        ])
        for block in blocks {
            let left = block.leftOut.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            table.add([
                block.level, block.period, block.source, block.programme, "\(block.cells)",
                "\(block.hidden)", percent(block.hidden, block.cells),
                left.joined(separator: ", "),
            ])
        }
        return table.text
    }
}
