import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres

struct ProtectionLoss: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loss",
        abstract: "Show how many figures about families are withheld, by block of the plan.",
        discussion: """
            Cells are the figures about families in the last edition, zeros included. Value is the sum of \
            the counts, without money. Parts of the plan that the edition lacks are not counted: see \
            `nuanxin edition show`.

            --check prints only the levels. Status 1 if more is withheld than the limits allow: 0 % of the \
            figures of the district, 5 % of subdistricts, 25 % of communities, and 5 % of the value of all; \
            or if a level has no figures about families.
            """)

    @Flag(help: "Compare with the limits of the association.")
    var check = false
    @OptionGroup var options: ReportOptions

    func run() throws {
        let report = LossReport(try options.read("reporting") { try HiddenShare.all($0) })
        guard check else {
            try options.show(report, report.text)
            return
        }
        try options.show(report, report.sums)
        let excesses = report.excesses
        guard excesses.isEmpty else {
            for excess in excesses { writeError("error: \(excess)") }
            throw ExitCode(1)
        }
    }
}

/// The hidden figures, by block of the plan and in all.
struct LossReport: Encodable {
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

    /// How much of the figures of a level may be hidden, in per cent.
    private static let bounds: KeyValuePairs<String, Int64> = [
        "district": 0, "subdistrict": 5, "community": 25,
    ]
    /// How much of the value of all levels may be.
    private static let valueBound: Int64 = 5

    let blocks: [Line]
    let levels: [Line]
    let all: HiddenShare

    init(_ shares: [FamilyBlock: HiddenShare]) {
        blocks = shares.keys.sorted(by: FamilyBlock.comesFirst).map { block in
            Line(
                level: TerritoryCode.Level.name(block.level), period: block.period,
                source: block.source, programme: block.programme,
                share: shares[block] ?? HiddenShare())
        }
        levels = FamilyBlock.levels.compactMap { level in
            let ours = shares.filter { $0.key.level == level }
            guard !ours.isEmpty else { return nil }
            let sum = ours.values.reduce(into: HiddenShare()) { $0.add($1) }
            return Line(level: TerritoryCode.Level.name(level), share: sum)
        }
        all = levels.reduce(into: HiddenShare()) { $0.add($1.share) }
    }

    /// Where more is hidden than may be, in words.
    var excesses: [String] {
        var found: [String] = []
        for (level, bound) in Self.bounds {
            guard let share = levels.first(where: { $0.level == level })?.share else {
                found.append("no figure about families is published of the level \(level)")
                continue
            }
            if Self.exceeds(share.hidden, share.cells, bound) {
                found.append(
                    "\(level): \(percent(share.hidden, share.cells)) of the figures are hidden, "
                        + "\(bound) % may be")
            }
        }
        if Self.exceeds(all.hiddenValue, all.value, Self.valueBound) {
            found.append(
                "\(percent(all.hiddenValue, all.value)) of the value is hidden, "
                    + "\(Self.valueBound) % may be")
        }
        return found
    }

    private static func exceeds(_ part: Int64, _ whole: Int64, _ bound: Int64) -> Bool {
        Double(part) * 100 > Double(whole) * Double(bound)
    }

    var text: String {
        guard !blocks.isEmpty else { return sums }
        var table = TextTable([
            ("level", .left), ("period", .left), ("source", .left), ("programme", .left),
            ("cells", .right), ("hidden", .right), ("share", .right), ("of value", .right),
        ])
        for line in blocks {
            table.add(
                [line.level, line.period ?? "", line.source ?? "", line.programme ?? ""]
                    + Self.shares(line.share))
        }
        return table.text + "\n\n" + sums
    }

    /// By level, and of all.
    var sums: String {
        guard !levels.isEmpty else { return "no figure about families is published" }
        var table = TextTable([
            ("level", .left), ("cells", .right), ("hidden", .right), ("share", .right),
            ("of value", .right),
        ])
        for line in levels { table.add([line.level] + Self.shares(line.share)) }
        table.add(["all"] + Self.shares(all))
        return table.text
    }

    private static func shares(_ share: HiddenShare) -> [String] {
        [
            "\(share.cells)", "\(share.hidden)", percent(share.hidden, share.cells),
            percent(share.hiddenValue, share.value),
        ]
    }
}
