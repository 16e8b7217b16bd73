public import FoundationEssentials

/// Asks for the messages that make up a figure.
public struct ExplainFigure: Query, Territorial {
    public static let type = "reporting.figure.explain.v1"

    public var measure: String
    public var territory: TerritoryCode
    /// `2020-05-26`, `2020-05`, `2020-Q2`, `2020` or `all`.
    public var period: String
    /// Nil for figures of no programme.
    public var programme: Programme?
    /// One part of the measure's dimension; nil for the total.
    public var dimension: String?
    /// `next` of the page before.
    public var after: Place?
    /// Contributions on a page, 1 to 500. Default: 100.
    public var limit: Int?

    /// A place in the order of days and records.
    public struct Place: Codable, Hashable, Sendable {
        public var day: BusinessDate
        public var record: String

        public init(day: BusinessDate, record: String) {
            self.day = day
            self.record = record
        }
    }

    public init(
        measure: String, territory: TerritoryCode, period: String, programme: Programme? = nil,
        dimension: String? = nil, after: Place? = nil, limit: Int? = nil
    ) {
        self.measure = measure
        self.territory = territory
        self.period = period
        self.programme = programme
        self.dimension = dimension
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.text(measure, "measure", TextLimit.key)
        checks.text(period, "period", 3...10)
        checks.require(
            period == "all" || Period(period) != nil, "period", Period.expected + ", or all")
        if let after { checks.nested(after, "after") { $1.day($0.day, "day", .listed) } }
        checks.number(limit, "limit", 1...FigureExplanation.largestPage)
    }
}

/// A figure as it is now, with one page of its contributions. The contributions of all pages add up
/// to the figure.
public struct FigureExplanation: Codable, Hashable, Sendable {
    public static let largestPage = 500
    public static let usualPage = 100

    public struct Part: Codable, Hashable, Sendable {
        /// The fact of this contribution.
        public var message: UUID
        /// The time of that fact; nil for facts recorded before times were kept.
        public var time: Timestamp?
        /// Kind and id of the record, such as `loan/6f…`.
        public var record: String
        public var territory: TerritoryCode
        public var day: BusinessDate
        /// Its share of the figure. In a distinct count the first contribution of a subject adds 1.
        /// In a smallest or largest amount the first one with that amount adds all of it.
        public var contribution: Int64

        public init(
            message: UUID, time: Timestamp?, record: String, territory: TerritoryCode,
            day: BusinessDate, contribution: Int64
        ) {
            self.message = message
            self.time = time
            self.record = record
            self.territory = territory
            self.day = day
            self.contribution = contribution
        }
    }

    public var measure: String
    public var unit: String
    public var figure: PublishedFigure
    /// Number of parts on all pages.
    public var count: Int64
    public var parts: [Part]
    /// Nil on the last page.
    public var next: ExplainFigure.Place?

    public init(
        measure: String, unit: String, figure: PublishedFigure, count: Int64,
        parts: [Part], next: ExplainFigure.Place? = nil
    ) {
        self.measure = measure
        self.unit = unit
        self.figure = figure
        self.count = count
        self.parts = parts
        self.next = next
    }
}
