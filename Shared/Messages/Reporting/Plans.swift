/// A level of territories at which figures are published.
public enum PublicLevel: String, WireEnum {
    case district, subdistrict, community, compound

    public var level: TerritoryCode.Level {
        switch self {
        case .district: .district
        case .subdistrict: .subdistrict
        case .community: .community
        case .compound: .compound
        }
    }
}

/// Length of a period of figures.
public enum PublicSpan: String, WireEnum {
    case day, month, quarter, year, all
}

/// Measures at one level.
public struct PlanBlock: Codable, Hashable, Sendable {
    /// Largest number of measures of a block.
    public static let limit = 200

    /// Names of the data dictionary.
    public var measures: [String]
    public var level: PublicLevel
    /// The shortest period; all longer ones are public too.
    public var from: PublicSpan
    /// Whether the parts of a measure are public. Not for families below the district.
    public var parts: Bool

    public init(measures: [String], level: PublicLevel, from: PublicSpan, parts: Bool) {
        self.measures = measures
        self.level = level
        self.from = from
        self.parts = parts
    }
}

/// Defines the public figures, the time of editions and the protection of families, from the next
/// edition on. It replaces the plan before.
public struct DefinePlan: Command {
    public static let type = "reporting.plan.define.v1"

    /// One more than the version of the plan in force.
    public var version: Int
    public var reason: String
    /// Below the district, counts from 1 up to one less are hidden. 1 to 100; 1 hides nothing.
    public var threshold: Int
    /// Number of registered households from which a district's figures of families are published,
    /// and are exact. Below it, no figures of families are published.
    public var exactFrom: Int
    /// Number of days after the end of a period until its figures of families below the district
    /// are published, 0 to 366.
    public var settleDays: Int
    /// Time of each day's edition, Asia/Shanghai, such as `02:00`.
    public var madeAt: String
    public var blocks: [PlanBlock]

    public init(
        version: Int, reason: String, threshold: Int, exactFrom: Int, settleDays: Int,
        madeAt: String, blocks: [PlanBlock]
    ) {
        self.version = version
        self.reason = reason
        self.threshold = threshold
        self.exactFrom = exactFrom
        self.settleDays = settleDays
        self.madeAt = madeAt
        self.blocks = blocks
    }

    public func check(_ checks: inout Checks) {
        checks.number(version, "version", 1...1_000_000)
        checks.text(reason, "reason", TextLimit.reason)
        checks.number(threshold, "threshold", 1...100)
        checks.number(exactFrom, "exactFrom", 0...100_000_000)
        checks.number(settleDays, "settleDays", 0...366)
        checks.require(Self.isTime(madeAt), "madeAt", "a time of day such as 02:00")
        checks.count(blocks, "blocks", 1...500)
        checks.each(blocks, "blocks") { block, checks in
            checks.count(block.measures, "measures", 1...PlanBlock.limit)
        }
    }

    private static func isTime(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hour = Int(parts[0]), let minute = Int(parts[1])
        else { return false }
        return 0...23 ~= hour && 0...59 ~= minute
    }
}

/// The plan of public figures from the next edition on.
public struct PlanDefined: Fact {
    public static let type = "reporting.plan.defined.v1"

    public var version: Int
    public var reason: String
    public var threshold: Int
    public var exactFrom: Int
    public var settleDays: Int
    public var madeAt: String
    public var blocks: [PlanBlock]

    public init(_ command: DefinePlan) {
        version = command.version
        reason = command.reason
        threshold = command.threshold
        exactFrom = command.exactFrom
        settleDays = command.settleDays
        madeAt = command.madeAt
        blocks = command.blocks
    }
}

/// Asks which present figures a plan would hide, before it is decided. Nothing of it is kept. The
/// answer takes as long as an edition.
public struct TryPlan: Query {
    public static let type = "reporting.plan.try.v1"

    /// The plan to try.
    public var plan: DefinePlan

    public init(plan: DefinePlan) {
        self.plan = plan
    }

    public func check(_ checks: inout Checks) {
        checks.nested(plan, "plan") { $0.check(&$1) }
    }
}

/// The effect of a plan on figures about families.
public struct PlanTrial: Codable, Hashable, Sendable {
    /// One source and programme at a level, of one kind of period.
    public struct Block: Codable, Hashable, Sendable {
        public var level: PublicLevel
        public var period: PublicSpan
        public var source: String
        public var programme: String
        /// Number of figures that would be published or hidden.
        public var cells: Int64
        public var hidden: Int64

        public init(
            level: PublicLevel, period: PublicSpan, source: String, programme: String,
            cells: Int64, hidden: Int64
        ) {
            self.level = level
            self.period = period
            self.source = source
            self.programme = programme
            self.cells = cells
            self.hidden = hidden
        }
    }

    /// A table that would be left out, or stay as it is published.
    public struct Gap: Codable, Hashable, Sendable {
        public var source: String
        public var programme: String
        /// The widest level concerned; it concerns all levels below too.
        public var level: PublicLevel
        /// The reason, as shown by `nuanxin edition show`: families, totals, signed, waiting or
        /// forgotten.
        public var why: String
        /// Number of tables.
        public var tables: Int64

        public init(
            source: String, programme: String, level: PublicLevel, why: String, tables: Int64
        ) {
            self.source = source
            self.programme = programme
            self.level = level
            self.why = why
            self.tables = tables
        }
    }

    /// The moment of the figures.
    public var asOf: Timestamp
    public var blocks: [Block]
    public var gaps: [Gap]

    public init(asOf: Timestamp, blocks: [Block], gaps: [Gap]) {
        self.asOf = asOf
        self.blocks = blocks
        self.gaps = gaps
    }
}
