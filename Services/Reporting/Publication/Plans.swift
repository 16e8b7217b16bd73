import Messages
import Postgres
import ServiceKit

/// The plan in force: `version` is its sequence.
struct DefinedPlan: Aggregate {
    var threshold: Int64
    var exactFrom: Int64
    var settleDays: Int32
    var madeAt: String
    var reason: String
    var sequence: Int64 = 0

    /// There is one.
    static let name = "plan"
    var key: String { Self.name }

    static let table = Table(
        "plan", key: Column("name", \.key), DefinedPlan.init,
        Field("threshold", \.threshold), Field("exact_from", \.exactFrom),
        Field("settle_days", \.settleDays), Field("made_at", \.madeAt), Field("reason", \.reason),
        Field("sequence", \.sequence))
}

/// The association decides what is public. This concerns all territories, so the operator sends it.
enum Plans {
    static func define(_ command: DefinePlan, _ unit: UnitOfWork) throws -> Emission {
        guard var plan = try unit.find(DefinedPlan.self, DefinedPlan.name) else {
            throw StoredValueError(type: "plan")
        }
        try Refusal.requireNext(command.version, after: plan.sequence, else: .planVersionTaken)
        try require(command.blocks, at: "/blocks", unit)
        plan.threshold = Int64(command.threshold)
        plan.exactFrom = Int64(command.exactFrom)
        plan.settleDays = Int32(command.settleDays)
        plan.madeAt = command.madeAt
        plan.reason = command.reason
        for statement in replacing(command.blocks) { try unit.execute(statement) }
        try unit.execute(Editions.noteMethod)
        return try unit.save(&plan, PlanDefined(command))
    }

    static func replacing(_ blocks: [PlanBlock]) -> [Statement] {
        let cells = blocks.flatMap { block in block.measures.map { ($0, block) } }
        return [
            "DELETE FROM plan_cell",
            """
            INSERT INTO plan_cell (measure, level, span, has_parts)
            SELECT b.measure, b.level, s.span, b.has_parts
            FROM unnest(\(cells.map(\.0)), \(cells.map { Int32($0.1.level.level.length) }),
                        \(cells.map(\.1.from.rawValue)), \(cells.map(\.1.parts)))
                AS b (measure, level, shortest, has_parts)
            JOIN measure m ON m.name = b.measure
            JOIN unnest(enum_range(NULL::span)) AS s (span) ON s.span >= b.shortest::span
            -- A stock that lapses has no figure of all time.
            WHERE NOT (m.lapses AND s.span = 'all')
            """,
        ]
    }

    // MARK: Rules of a plan

    /// - Parameter pointer: to the blocks in the message.
    static func require(
        _ blocks: [PlanBlock], at pointer: String, _ unit: UnitOfWork
    ) throws {
        let measures = try Measures.inForce(unit.query)
        var planned: [String: [PublicLevel: PublicSpan]] = [:]
        let settled = try settledSpans(unit)
        var below = Set(settled.keys)
        for (index, block) in blocks.enumerated() {
            for (place, name) in block.measures.enumerated() {
                let at = "\(pointer)/\(index)/measures/\(place)"
                guard let measure = measures[name] else { throw Refusal(.unknownMeasure, at: at) }
                guard planned[name]?[block.level] == nil else {
                    throw Refusal(.planRepeats, at: at)
                }
                planned[name, default: [:]][block.level] = block.from
                if measure.isAboutFamilies, block.level != .district {
                    let expected =
                        measure.rightBelowDistrict(block) ?? measure.rightBeside(below)
                    if let expected {
                        throw Refusal(.planTellsFamilies, at: at, expected: expected)
                    }
                    below.insert(measure.source)
                }
                if measure.kind == .lapsingStock, block.from == .all {
                    throw Refusal(
                        .planPublishesNothing, at: at,
                        expected: "day, month, quarter or year: \(name) lapses")
                }
            }
        }
        try requireFit(planned, measures, settled, at: pointer)
    }

    /// Below the district the figures of a source about families have one shortest period, and no level without the wider one.
    private static func requireFit(
        _ planned: [String: [PublicLevel: PublicSpan]], _ measures: [String: Measure],
        _ settled: [Source: PublicSpan], at pointer: String
    ) throws(Refusal) {
        var shortest = settled
        for (name, levels) in planned.sorted(by: { $0.key < $1.key }) {
            guard let measure = measures[name], measure.isAboutFamilies else { continue }
            if levels[.community] != nil, levels[.subdistrict] == nil || levels[.district] == nil {
                throw Refusal(
                    .planContradicts, at: pointer,
                    expected: "\(name) of subdistricts and of the district, beside communities")
            }
            for (level, span) in levels where level != .district {
                if let other = shortest[measure.source], other != span {
                    throw Refusal(
                        .planContradicts, at: pointer,
                        expected: """
                            \(name) from \(other.rawValue) on, as all of \(measure.source.rawValue)
                            """)
                }
                shortest[measure.source] = span
            }
        }
    }

    /// Spans of sources that were published below the district. They stay, because a shorter span could tell what was hidden by a
    /// longer one.
    private static func settledSpans(_ unit: UnitOfWork) throws -> [Source: PublicSpan] {
        let rows = try unit.query("SELECT DISTINCT source, span::text FROM settled_table")
        return try Dictionary(
            rows.compactMap { row in
                guard let source = Source(rawValue: try row.decode(String.self, at: 0)),
                    let span = PublicSpan(rawValue: try row.decode(String.self, at: 1))
                else { return nil }
                return (source, span)
            }, uniquingKeysWith: { first, _ in first })
    }
}

extension Measure {
    /// A right block about families below the district; nil if this one is right.
    fileprivate func rightBelowDistrict(_ block: PlanBlock) -> String? {
        if !isAdditive {
            return "a sum: distinct, smallest and largest figures tell single families"
        }
        if tellsFewPersons { return "the district: few persons may be of many families" }
        if block.parts { return "false for parts" }
        if block.level == .compound { return "subdistricts or communities" }
        return [.month, .quarter, .year].contains(block.from) ? nil : "month, quarter or year"
    }

    /// - Parameter sources: those that are or were public below the district. Published figures are known for ever.
    fileprivate func rightBeside(_ sources: Set<Source>) -> String? {
        guard !sources.contains(source) else { return nil }
        let other = Source.ofSameFamilies.first { $0.contains(source) }?
            .first(where: sources.contains)
        return other.map { "the district: below it \($0.rawValue) tells of the same families" }
    }
}

extension RefusalCode {
    static let planVersionTaken = RefusalCode(
        "plan_version_taken", "one more than the version in force")
    static let planRepeats = RefusalCode("plan_repeats", "each measure once at a level")
    static let planTellsFamilies = RefusalCode(
        "plan_tells_families", "sums without parts, by month, quarter or year")
    static let planPublishesNothing = RefusalCode(
        "plan_publishes_nothing", "a period that the measure has figures of")
    static let planContradicts = RefusalCode("plan_contradicts", "a plan that fits itself")
}
