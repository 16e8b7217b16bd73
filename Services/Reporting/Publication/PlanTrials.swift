import Messages
import Postgres
import ServiceKit

/// Answers how much a plan would hide: makes an edition by it, counts its figures, and rolls back.
///
/// A trial keeps its worker busy as long as an edition takes. So only one runs at a time; another is refused meanwhile, so that
/// no second worker waits for the first.
enum PlanTrials {
    static func run(_ query: TryPlan, _ unit: UnitOfWork) throws -> PlanTrial {
        try Plans.require(query.plan.blocks, at: "/plan/blocks", unit)
        try Rebuilds.requireWhole(unit)
        guard try !unit.query("SELECT FROM plan FOR UPDATE SKIP LOCKED").isEmpty else {
            throw Refusal(.planBusy, at: "")
        }
        let steps: [Statement] =
            ["SAVEPOINT trial"] + Editions.planning + Plans.replacing(query.plan.blocks) + [
                """
                UPDATE plan SET threshold = \(Int64(query.plan.threshold)),
                                exact_from = \(Int64(query.plan.exactFrom)),
                                settle_days = \(Int32(query.plan.settleDays))
                """
            ]
        for step in steps { try unit.execute(step) }
        let gaps = try Editions.figures(of: 0, revises: false, unit.now) { try unit.execute($0) }
        let blocks = try unit.execute(counts).compactMap(block)
        try unit.execute("ROLLBACK TO SAVEPOINT trial")
        return PlanTrial(asOf: unit.now, blocks: blocks, gaps: summed(gaps))
    }

    private static let counts: Statement = """
        SELECT length(e.territory), e.span::text, m.source, e.programme, count(*),
               count(*) FILTER (WHERE e.showing <> '-')
        FROM edition_figure e
        JOIN measure m ON m.name = split_part(e.name, ':', 1) AND m.protection <> 'none'
        GROUP BY length(e.territory), e.span, m.source, e.programme
        ORDER BY length(e.territory), e.span, m.source, e.programme
        """

    private static func block(_ row: ResultRow) throws -> PlanTrial.Block? {
        var row = row.cursor()
        let level = level(Int(try row.next(Int32.self)))
        let span = PublicSpan(rawValue: try row.next(String.self))
        guard let level, let span else { return nil }
        return PlanTrial.Block(
            level: level, period: span, source: try row.next(), programme: try row.next(),
            cells: try row.next(), hidden: try row.next())
    }

    private static func level(_ length: Int) -> PublicLevel? {
        PublicLevel.allCases.first { $0.level.length == length }
    }

    private static func summed(_ gaps: [EditionGuard.Gap]) -> [PlanTrial.Gap] {
        var tables: [PlanTrial.Gap: Int64] = [:]
        for gap in gaps {
            guard let level = level(gap.level) else { continue }
            let one = PlanTrial.Gap(
                source: gap.name.source, programme: gap.name.programme, level: level,
                why: gap.why.rawValue, tables: 0)
            tables[one, default: 0] += 1
        }
        return tables.map { gap, count in
            var gap = gap
            gap.tables = count
            return gap
        }.sorted { ($0.source, $0.programme, $0.why) < ($1.source, $1.programme, $1.why) }
    }
}

extension RefusalCode {
    static let planBusy = RefusalCode(
        "plan_busy", "a time at which no other plan is tried or defined")
}
