/// Publishes an edition of a month's bulletin: the figures as they are published now, kept as they are for ever.
///
/// A later edition of the same month takes the place of the one before, and readers see what differs.
public struct PublishBulletin: Command {
    public static let type = "reporting.bulletin.publish.v1"

    /// A month.
    public var period: Period
    /// The day on the bulletin: after the month, and not before that of the edition before.
    public var publishedOn: BusinessDate
    /// Why there is another edition, for its readers.
    public var reason: String?

    public init(period: Period, publishedOn: BusinessDate, reason: String? = nil) {
        self.period = period
        self.publishedOn = publishedOn
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.require(period.span == .month, "period", "a month such as 2020-05")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// An edition of a bulletin is out.
public struct BulletinPublished: Fact {
    public static let type = "reporting.bulletin.published.v1"

    /// Where a dataset was when its figures were taken.
    public struct Position: Codable, Hashable, Sendable {
        public var dataset: String
        public var seq: Int64

        public init(dataset: String, seq: Int64) {
            self.dataset = dataset
            self.seq = seq
        }
    }

    public var period: Period
    /// From 1 on, for each month.
    public var edition: Int
    public var publishedOn: BusinessDate
    /// What the bulletin is about.
    public var territory: TerritoryCode
    public var reason: String?
    /// The life of reporting's database that the positions are of.
    public var epoch: Int64
    public var positions: [Position]
    public var figures: Int
    /// How many of them differ from the edition before; nil for the first.
    public var changed: Int?

    public init(
        period: Period, edition: Int, publishedOn: BusinessDate, territory: TerritoryCode,
        reason: String?, epoch: Int64, positions: [Position], figures: Int, changed: Int?
    ) {
        self.period = period
        self.edition = edition
        self.publishedOn = publishedOn
        self.territory = territory
        self.reason = reason
        self.epoch = epoch
        self.positions = positions
        self.figures = figures
        self.changed = changed
    }
}
