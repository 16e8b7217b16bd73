import ArgumentParser
import Messages
import Postgres

struct ProtectionLoss: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loss",
        abstract: "Say how much is hidden of what the plan publishes about families.",
        discussion: """
            Cells are the figures of the last edition about families, zeros with them. Value is the sum of what \
            is counted; money is left out. What the edition leaves out is not in it: nuanxin edition show.
            """)

    @OptionGroup var options: ReportingOptions

    func run() throws {
        let report = LossReport(try options.read { try HiddenShare.all($0) })
        try options.show(report, report.text)
    }
}

/// What is hidden, by block of the plan and in all.
private struct LossReport: Encodable {
    struct Line: Encodable {
        let level: String
        /// Nil for the sum of a level.
        var period: String?
        var source: String?
        var programme: String?
        let share: HiddenShare

        enum CodingKeys: String, CodingKey { case level, period, source, programme }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(level, forKey: .level)
            try container.encodeIfPresent(period, forKey: .period)
            try container.encodeIfPresent(source, forKey: .source)
            try container.encodeIfPresent(programme, forKey: .programme)
            try share.encode(to: encoder)
        }
    }

    let blocks: [Line]
    let levels: [Line]

    init(_ shares: [PlanBlock: HiddenShare]) {
        blocks = shares.keys.sorted(by: PlanBlock.comesFirst).map { block in
            Line(
                level: TerritoryCode.Level.name(block.level), period: block.period,
                source: block.source, programme: block.programme,
                share: shares[block] ?? HiddenShare())
        }
        levels = PlanBlock.levels.compactMap { level in
            let ours = shares.filter { $0.key.level == level }
            guard !ours.isEmpty else { return nil }
            let sum = ours.values.reduce(into: HiddenShare()) { $0.add($1) }
            return Line(level: TerritoryCode.Level.name(level), share: sum)
        }
    }

    var text: String {
        guard !blocks.isEmpty else { return "no figure about families is published" }
        var table = TextTable([
            ("level", .left), ("period", .left), ("source", .left), ("programme", .left),
            ("cells", .right), ("hidden", .right), ("share", .right), ("of value", .right),
        ])
        for line in blocks {
            table.add(
                [line.level, line.period ?? "", line.source ?? "", line.programme ?? ""]
                    + Self.shares(line.share))
        }
        var sums = TextTable([
            ("level", .left), ("cells", .right), ("hidden", .right), ("share", .right),
            ("of value", .right),
        ])
        for line in levels { sums.add([line.level] + Self.shares(line.share)) }
        return table.text + "\n\n" + sums.text
    }

    private static func shares(_ share: HiddenShare) -> [String] {
        [
            "\(share.cells)", "\(share.hidden)", percent(share.hidden, share.cells),
            percent(share.hiddenValue, share.value),
        ]
    }
}
