import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres

struct PlanShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show which figures are public: measures, levels and periods.",
        discussion: """
            "from year" means years and all time. A plus sign means that the figure is also published by its \
            parts, such as the kind of an activity.
            """)

    @OptionGroup var options: ReportOptions

    func run() throws {
        let plan = try options.read("reporting") { try PublishedPlan($0) }
        try options.show(plan, plan.text)
    }
}

/// The plan as it is in force.
private struct PublishedPlan: Encodable {
    struct Measure: Encodable {
        let source: String
        let measure: String
        /// `none` if it is not about families.
        let protection: String
        var levels: [String: Level] = [:]
    }

    struct Level: Encodable {
        let periods: [String]
        let hasParts: Bool

        var text: String {
            let rank = periods.first.flatMap { PublishedPlan.periods.firstIndex(of: $0) }
            let isWhole = rank.map { periods == Array(PublishedPlan.periods[$0...]) } ?? false
            let spans =
                isWhole && periods.count > 1
                ? "from \(periods[0])" : periods.joined(separator: ", ")
            return hasParts ? spans + " +" : spans
        }
    }

    /// Lengths of codes.
    private static let levels: [Int32] = [6, 9, 12, 15]
    private static let periods = ["day", "month", "quarter", "year", "all"]

    let threshold: Int64
    let exactFrom: Int64
    let settleDays: Int32
    /// In Asia/Shanghai.
    let madeAt: String
    private(set) var measures: [Measure] = []

    init(_ connection: Connection) throws {
        let plan = try connection.run(
            "SELECT threshold, exact_from, settle_days, made_at FROM plan")
        guard let row = plan.first else { throw Missing() }
        threshold = try row.decode(at: 0)
        exactFrom = try row.decode(at: 1)
        settleDays = try row.decode(at: 2)
        madeAt = try row.decode(at: 3)
        let levels = try connection.run(
            """
            SELECT m.source, m.name, m.protection, p.level,
                   array_agg(p.span::text ORDER BY p.span),
                   bool_or(p.has_parts) AND m.dimension IS NOT NULL
            FROM plan_cell p JOIN measure m ON m.name = p.measure
            GROUP BY m.source, m.name, p.level ORDER BY m.source, m.name, p.level
            """)
        for row in levels {
            var row = row.cursor()
            let measure = Measure(
                source: try row.next(), measure: try row.next(), protection: try row.next())
            if measures.last?.measure != measure.measure { measures.append(measure) }
            let name = TerritoryCode.Level.name(try row.next())
            measures[measures.count - 1].levels[name] = Level(
                periods: try row.next(arrayOf: String.self), hasParts: try row.next())
        }
    }

    private struct Missing: Error, CustomStringConvertible {
        let description = "there is no plan"
    }

    var text: String {
        let levels = Self.levels.map { TerritoryCode.Level.name($0) }
        var table = TextTable(
            [("source", .left), ("measure", .left), ("about", .left)]
                + levels.map { ($0, .left) })
        for measure in measures {
            table.add(
                [
                    measure.source, measure.measure,
                    measure.protection == "none" ? "" : "families",
                ] + levels.map { measure.levels[$0]?.text ?? "" })
        }
        return """
            An edition is made each day at \(madeAt) in Asia/Shanghai.
            A district is shown exactly from \(exactFrom) registered households on.
            Figures about families below it come \(settleDays) days after their period; counts from 1 to \
            \(threshold - 1) and what would tell them are hidden.

            \(table.text)
            """
    }
}
