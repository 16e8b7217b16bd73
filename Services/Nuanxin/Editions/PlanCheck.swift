import AMQP
import ArgumentParser
import Messages
import Postgres
import ServiceKit

struct PlanCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what each block of the plan hides, or would hide by another plan.",
        discussion: """
            With a file such as seeds/plan.json, reporting is asked as the user of NUANXIN_AMQP_URL whether it \
            would accept that plan, and makes the figures of an edition by it, on what is there now. Nothing is \
            kept of it, and it takes as long as an edition. Status 4 says that the plan would be refused.

            Without one, reporting's database is read: what is hidden of the figures of the last edition.

            A block is a source and programme at a level, of one kind of period. Listed are those about \
            families; of anything else nothing is hidden. Left out says how many tables of the block an \
            edition has not got, or keeps as they were, and why: nuanxin edition show has the words.
            """)

    @Argument(help: "A plan to ask about.")
    var file: String?
    @OptionGroup var sending: SendingOptions
    @OptionGroup var options: ReportingOptions

    func run() throws {
        let lines = try file.map(tried) ?? options.read { try CheckedBlock.all($0) }
        try options.show(lines, CheckedBlock.table(lines))
    }

    /// What would become of a plan that would be accepted.
    private func tried(_ file: String) throws -> [CheckedBlock] {
        let definition = try orExit { try DefinitionFile<DefinePlan>(path: file) }
        try definition.send(sending, isQuestion: true, isQuiet: options.json)
        let endpoint = try orExit { try Endpoint(url: Settings().required(.amqpURL)) }
        let queries = BrokerQueries(endpoint, name: "nuanxin plan check", again: Self.longest)
        let query = TryPlan(plan: definition.command)
        let trial = try orExit { try queries.ask(query, for: PlanTrial.self) }.orExit()
        return CheckedBlock.all(trial)
    }

    /// An edition of a large association takes a minute.
    private static let longest: Duration = .seconds(600)
}

/// A block of the plan, and what becomes of it.
private struct CheckedBlock: Encodable {
    let source: String
    let programme: String
    let level: String
    let period: String
    let cells: Int64
    let hidden: Int64
    /// By reason, how many tables are left out of it.
    let leftOut: [String: Int]

    private struct Gap {
        let source: String
        let programme: String
        let period: String
        let level: Int32
        let why: EditionGap.Reason

        func concerns(_ block: PlanBlock) -> Bool {
            // Districts that have too few families for anything.
            if why == .families { return true }
            return source == block.source && programme == block.programme && level <= block.level
                && block.contains(period: period)
        }
    }

    static func all(_ connection: Connection) throws -> [CheckedBlock] {
        let shares = try HiddenShare.all(connection)
        let gaps = try Self.gaps(connection)
        var programmes: [String: Set<String>] = [:]
        for block in shares.keys { programmes[block.source, default: []].insert(block.programme) }
        for gap in gaps where !gap.source.isEmpty {
            programmes[gap.source, default: []].insert(gap.programme)
        }
        return try planned(connection, programmes).map { block in
            let share = shares[block] ?? HiddenShare()
            let ours = gaps.filter { $0.concerns(block) }
            return CheckedBlock(
                source: block.source, programme: block.programme,
                level: TerritoryCode.Level.name(block.level), period: block.period,
                cells: share.cells, hidden: share.hidden,
                leftOut: Dictionary(ours.map { ($0.why.rawValue, 1) }, uniquingKeysWith: +))
        }
    }

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

    /// The blocks of the plan, in order; of a source of which there is nothing, one without a programme.
    private static func planned(
        _ connection: Connection, _ programmes: [String: Set<String>]
    ) throws -> [PlanBlock] {
        try connection.run(
            """
            SELECT DISTINCT m.source, p.level, p.span
            FROM plan_cell p JOIN measure m ON m.name = p.measure
            WHERE m.protection <> 'none'
            """
        ).flatMap { row in
            var row = row.cursor()
            let source = try row.next(String.self)
            let (level, period) = (try row.next(Int32.self), try row.next(String.self))
            return programmes[source, default: [""]].map {
                PlanBlock(level: level, period: period, source: source, programme: $0)
            }
        }.sorted(by: PlanBlock.comesFirst)
    }

    private static func gaps(_ connection: Connection) throws -> [Gap] {
        try connection.run(
            """
            SELECT source, programme, period, level, why FROM edition_gap
            WHERE edition = (SELECT max(number) FROM edition)
            """
        ).map { row in
            var row = row.cursor()
            return Gap(
                source: try row.next(), programme: try row.next(), period: try row.next(),
                level: try row.next(), why: try row.next(enum: EditionGap.Reason.self))
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
