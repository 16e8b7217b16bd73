/// Units for which figures are asked.
public enum FigureUnits: String, WireEnum {
    /// The territory itself.
    case itself
    /// Its parts, one level down.
    case parts
}

/// Names one figure. Answers are in the order of its members.
public struct FigureKey: Codable, Hashable, Sendable {
    /// A measure of the data dictionary.
    public var measure: String
    /// Empty for figures of no programme.
    public var programme: String
    /// One part of the measure's dimension; empty for the total.
    public var dimension: String
    public var territory: TerritoryCode
    /// `2020-05-26`, `2020-05`, `2020-Q2`, `2020` or `all`.
    public var period: String

    public init(
        measure: String, programme: String, dimension: String, territory: TerritoryCode,
        period: String
    ) {
        self.measure = measure
        self.programme = programme
        self.dimension = dimension
        self.territory = territory
        self.period = period
    }

    func check(_ checks: inout Checks) {
        checks.text(measure, "measure", TextLimit.key)
        checks.text(programme, "programme", 0...Programme.maximumLength)
        checks.text(dimension, "dimension", 0...TextLimit.key.upperBound)
        GetFigures.check(period: period, &checks)
    }
}

/// Asks for exact figures as they are now, including what was received since the last edition. They
/// are for staff whose scope has the territory. Who asked, and for what, is kept; the answer is
/// not.
public struct GetFigures: Query, Territorial {
    public static let type = "reporting.figures.get.v1"

    /// Number of measures that one question may name.
    static let measureLimit = 50
    public static let largestPage = 500
    public static let usualPage = 100

    /// A district, or a territory in one.
    public var territory: TerritoryCode
    /// Default: the territory itself.
    public var units: FigureUnits?
    /// `families`, `funding` or `activities`; nil for all.
    public var dataset: String?
    /// 1 to 50 of the data dictionary; nil for all.
    public var measures: [String]?
    /// Nil for all programmes and for figures of no programme.
    public var programme: Programme?
    /// Only programmes of this series; nil for all, with or without a series.
    public var series: Programme?
    /// Only programmes that serve this key task; nil for all, with or without a key task.
    public var keyTask: Programme?
    /// One part of the measures' dimension, or empty for the total; nil for the total and each
    /// part.
    public var dimension: String?
    /// `2020-05-26`, `2020-05`, `2020-Q2`, `2020` or `all`; nil for all time.
    public var period: String?
    /// Length of periods: asks for the figures of all such periods in `period`, instead of the
    /// figure of `period` as a whole.
    public var span: PublicSpan?
    /// A day. Units are those in force on that day, each with the figures of all codes that it
    /// consists of by succession. If it is nil, units have the figures of their own codes.
    public var boundaries: BusinessDate?
    /// `next` of the page before.
    public var after: FigureKey?
    /// Figures on a page, 1 to 500. Default: 100.
    public var limit: Int?

    public init(
        territory: TerritoryCode, units: FigureUnits? = nil, dataset: String? = nil,
        measures: [String]? = nil, programme: Programme? = nil, series: Programme? = nil,
        keyTask: Programme? = nil, dimension: String? = nil, period: String? = nil,
        span: PublicSpan? = nil, boundaries: BusinessDate? = nil, after: FigureKey? = nil,
        limit: Int? = nil
    ) {
        self.territory = territory
        self.units = units
        self.dataset = dataset
        self.measures = measures
        self.programme = programme
        self.series = series
        self.keyTask = keyTask
        self.dimension = dimension
        self.period = period
        self.span = span
        self.boundaries = boundaries
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.day(boundaries, "boundaries", .territory)
        checks.require(
            territory.level >= .district, "territory",
            "the code of a district or of what lies in one")
        checks.require(
            units != .parts || territory.level < .compound, "units",
            "itself: a compound has no parts")
        checks.text(dataset, "dataset", TextLimit.key)
        if let measures {
            checks.count(measures, "measures", 1...Self.measureLimit)
            checks.each(measures, "measures") { measure, checks in
                checks.text(measure, "", TextLimit.key)
            }
        }
        checks.text(dimension, "dimension", 0...TextLimit.key.upperBound)
        if let period { Self.check(period: period, &checks) }
        checks.require(spanFits, "span", "a span that is not longer than the period")
        if let after { checks.nested(after, "after") { $0.check(&$1) } }
        checks.number(limit, "limit", 1...Self.largestPage)
    }

    static func check(period: String, _ checks: inout Checks) {
        checks.text(period, "period", 3...10)
        checks.require(
            period == "all" || Period(period) != nil, "period", Period.expected + ", or all")
    }

    private var spanFits: Bool {
        guard let span, let period = period.flatMap({ Period($0) }) else { return true }
        return span <= PublicSpan(period.span)
    }
}

extension PublicSpan: Comparable {
    public init(_ span: Period.Span) {
        self =
            switch span {
            case .day: .day
            case .month: .month
            case .quarter: .quarter
            case .year: .year
            }
    }

    /// A shorter one comes first.
    public static func < (left: PublicSpan, right: PublicSpan) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A figure as it is now.
public struct LiveFigure: Codable, Hashable, Sendable {
    public var measure: String
    /// Empty for figures of no programme.
    public var programme: String
    /// One part of the measure's dimension; empty for the total.
    public var dimension: String
    public var territory: TerritoryCode
    /// `2020-05-26`, `2020-05`, `2020-Q2`, `2020` or `all`.
    public var period: String
    public var unit: String
    /// `value`, `zero` or `not_collected`.
    public var state: FigureState
    /// Nil if it was not collected. Amounts of money are in fen.
    public var value: Int64?

    public init(key: FigureKey, unit: String, figure: PublishedFigure) {
        measure = key.measure
        programme = key.programme
        dimension = key.dimension
        territory = key.territory
        period = key.period
        self.unit = unit
        state = figure.state
        value = figure.value
    }

    public var key: FigureKey {
        FigureKey(
            measure: measure, programme: programme, dimension: dimension, territory: territory,
            period: period)
    }
}

/// A unit of the requested boundaries whose figures cannot be determined.
public struct DividedUnit: Codable, Hashable, Sendable {
    public var territory: TerritoryCode
    /// Codes whose area lies in this unit and in others. Their figures cannot be divided.
    public var codes: [TerritoryCode]

    public init(territory: TerritoryCode, codes: [TerritoryCode]) {
        self.territory = territory
        self.codes = codes
    }
}

/// One page of figures. Figures that the district never had are left out.
public struct FiguresAnswer: Codable, Hashable, Sendable {
    /// The figures count all that was received up to this time.
    public var asOf: Timestamp
    /// Number of figures on all pages.
    public var count: Int64
    public var figures: [LiveFigure]
    /// Units without figures on these boundaries; nil if all have figures.
    public var divided: [DividedUnit]?
    /// Nil on the last page.
    public var next: FigureKey?

    public init(
        asOf: Timestamp, count: Int64, figures: [LiveFigure], divided: [DividedUnit]? = nil,
        next: FigureKey? = nil
    ) {
        self.asOf = asOf
        self.count = count
        self.figures = figures
        self.divided = divided
        self.next = next
    }
}
