/// Publishes an edition of a month's bulletin, with the figures as they are published now. An
/// edition never changes.
///
/// A later edition of the same month replaces the one before; readers see the differences.
public struct PublishBulletin: Command {
    public static let type = "reporting.bulletin.publish.v1"

    /// A month.
    public var period: Period
    /// The day on the bulletin: after the month, and not before that of the edition before.
    public var publishedOn: BusinessDate
    /// Reason for another edition, for its readers.
    public var reason: String?

    public init(period: Period, publishedOn: BusinessDate, reason: String? = nil) {
        self.period = period
        self.publishedOn = publishedOn
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.happened(publishedOn, "publishedOn")
        checks.begun(period, "period")
        checks.require(period.span == .month, "period", "a month such as 2020-05")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// An edition of a bulletin is published.
public struct BulletinPublished: Fact {
    public static let type = "reporting.bulletin.published.v1"

    /// Position of a dataset when its figures were taken.
    public struct Position: Codable, Hashable, Sendable {
        public var dataset: String
        public var seq: Int64

        public init(dataset: String, seq: Int64) {
            self.dataset = dataset
            self.seq = seq
        }
    }

    public var period: Period
    /// Number of the edition of that month, from 1.
    public var edition: Int
    public var publishedOn: BusinessDate
    /// The territory of the bulletin.
    public var territory: TerritoryCode
    public var reason: String?
    /// Epoch of reporting's database to which the positions belong.
    public var epoch: Int64
    public var positions: [Position]
    public var figures: Int
    /// Number of figures that differ from the edition before; nil for the first.
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
