/// Which units a question about figures is of.
public enum FigureUnits: String, WireEnum {
    /// The territory itself.
    case itself
    /// Its parts, one level down.
    case parts
}

/// Names one figure. In the order of its members figures are answered.
public struct FigureKey: Codable, Hashable, Sendable {
    /// A measure of the data dictionary.
    public var measure: String
    /// Empty for what belongs to no programme.
    public var programme: String
    /// One part of what the measure is divided by; empty for all of it.
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

/// Asks for exact figures as they are now. They go beyond the last edition by what was taken in since, and are for staff whose
/// scope has the territory: that somebody asked, and for what, is kept; what was answered is not.
public struct GetFigures: Query, Territorial {
    public static let type = "reporting.figures.get.v1"

    /// Measures that one question may name.
    public static let measureLimit = 50
    public static let largestPage = 500
    public static let usualPage = 100

    /// A district, or what lies in one.
    public var territory: TerritoryCode
    /// The territory itself unless it says otherwise.
    public var units: FigureUnits?
    /// `families`, `funding` or `activities`; nil for all.
    public var dataset: String?
    /// 1 to 50 of the data dictionary; nil for all.
    public var measures: [String]?
    /// Nil for all of them, and for what belongs to none.
    public var programme: Programme?
    /// Only programmes of this series; nil for all, and for what belongs to none.
    public var series: Programme?
    /// Only programmes that serve this key task; nil for all, and for what serves none.
    public var keyTask: Programme?
    /// One part of what measures are divided by, empty for all of it; nil for all of it and each part.
    public var dimension: String?
    /// `2020-05-26`, `2020-05`, `2020-Q2`, `2020` or `all`; nil for all time.
    public var period: String?
    /// The figures of all periods so long that lie in `period`, instead of that of the period as a whole.
    public var span: PublicSpan?
    /// A day: the units are those that were in force on it, each with the figures of all codes that it is made of by succession.
    /// Nil for units with what is booked on their own codes.
    public var boundaries: BusinessDate?
    /// `next` of the page before.
    public var after: FigureKey?
    /// Figures on a page, 1 to 500; 100 unless it says otherwise.
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
    /// Empty for what belongs to no programme.
    public var programme: String
    /// One part of what the measure is divided by; empty for all of it.
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

/// A unit of the boundaries that were asked for whose figures cannot be told.
public struct DividedUnit: Codable, Hashable, Sendable {
    public var territory: TerritoryCode
    /// Codes whose area lies in this unit and in others. What is booked on them cannot be divided.
    public var codes: [TerritoryCode]

    public init(territory: TerritoryCode, codes: [TerritoryCode]) {
        self.territory = territory
        self.codes = codes
    }
}

/// One page of figures. What the district never had is not named.
public struct FiguresAnswer: Codable, Hashable, Sendable {
    /// All that was taken in until then is counted.
    public var asOf: Timestamp
    /// How many figures there are on all pages.
    public var count: Int64
    public var figures: [LiveFigure]
    /// Parts of which there are no figures on these boundaries; nil if there are of all.
    public var divided: [DividedUnit]?
    /// Nil if this is the last page.
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
