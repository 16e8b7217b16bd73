extension Tag { public enum Reach {} }
public typealias ReachID = ID<Tag.Reach>

/// Where an audience is counted.
public enum ReachChannel: String, WireEnum {
    /// 微信公众号.
    case wechatAccount = "wechat_account"
    /// 微信群.
    case wechatGroup = "wechat_group"
    case livePlatform = "live_platform"
    case videoAccount = "video_account"
    case website
}

/// What is counted of an online audience.
public enum ReachMetric: String, WireEnum {
    case followers, viewers
    case viewerHouseholds = "viewer_households"
}

/// Records how many an online channel, or one live stream or online class, has reached by a time. It is a stock: the
/// newest reading is what counts, whichever comes first.
public struct RecordReach: Command, Territorial, Placed {
    public static let type = "events.reach.record.v1"

    /// This reading.
    public var reach: ReachID
    public var channel: ReachChannel
    public var metric: ReachMetric
    /// Which account or group of the platform it is, if there are several: each is an audience of its own, and they add
    /// up. 1 to 64 characters.
    public var account: String?
    public var programme: Programme
    public var territory: TerritoryCode
    /// The live stream or online class, if it is one's audience.
    public var session: SessionID?
    /// 0 to 100,000,000.
    public var count: Int
    public var asOf: Timestamp
    /// The business date of `asOf`.
    public var countedOn: BusinessDate

    public var placement: Placement { Placement(territory, on: countedOn) }

    public init(
        reach: ReachID, channel: ReachChannel, metric: ReachMetric, account: String? = nil,
        programme: Programme, territory: TerritoryCode, session: SessionID? = nil, count: Int,
        asOf: Timestamp, countedOn: BusinessDate
    ) {
        self.reach = reach
        self.channel = channel
        self.metric = metric
        self.account = account
        self.programme = programme
        self.territory = territory
        self.session = session
        self.count = count
        self.asOf = asOf
        self.countedOn = countedOn
    }

    public func check(_ checks: inout Checks) {
        checks.text(account, "account", TextLimit.key)
        checks.number(count, "count", 0...100_000_000)
        checks.date(countedOn, "countedOn", of: asOf)
    }
}

/// A channel has reached so many. `change` is what this reading adds to the one before it by time, so that changes up
/// to a day add up to the newest reading on it; a reading that comes late restates the one after it.
public struct ReachRecorded: Fact {
    public static let type = "events.reach.recorded.v1"

    public var reach: ReachID
    public var channel: ReachChannel
    public var metric: ReachMetric
    public var account: String?
    public var programme: Programme
    public var territory: TerritoryCode
    public var session: SessionID?
    /// The session's.
    public var kind: ActivityKind?
    public var count: Int
    public var change: Int
    public var asOf: Timestamp
    public var countedOn: BusinessDate

    public init(
        reach: ReachID, channel: ReachChannel, metric: ReachMetric, account: String? = nil,
        programme: Programme, territory: TerritoryCode, session: SessionID? = nil,
        kind: ActivityKind? = nil, count: Int, change: Int, asOf: Timestamp, countedOn: BusinessDate
    ) {
        self.reach = reach
        self.channel = channel
        self.metric = metric
        self.account = account
        self.programme = programme
        self.territory = territory
        self.session = session
        self.kind = kind
        self.count = count
        self.change = change
        self.asOf = asOf
        self.countedOn = countedOn
    }
}

extension Checks {
    /// A business date that the clock shows somewhere on earth at that time.
    mutating func date(_ date: BusinessDate, _ field: StaticString, of time: Timestamp) {
        let days = time.microseconds.quotientAndRemainder(dividingBy: Timestamp.perDay)
        let day = days.quotient - (days.remainder < 0 ? 1 : 0)
        require(abs(Int64(date.day) - day) <= 1, field, "the date of \(time)")
    }
}
