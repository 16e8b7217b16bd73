extension Tag { public enum Reach {} }
public typealias ReachID = ID<Tag.Reach>

/// The channel on which an audience is counted.
public enum ReachChannel: String, WireEnum {
    /// 微信公众号.
    case wechatAccount = "wechat_account"
    /// 微信群.
    case wechatGroup = "wechat_group"
    case livePlatform = "live_platform"
    case videoAccount = "video_account"
    case website
}

/// The quantity that is counted of an online audience.
public enum ReachMetric: String, WireEnum {
    case followers, viewers
    case viewerHouseholds = "viewer_households"
}

/// Records a reading of an online channel's audience, or that of one live stream or online class,
/// at a time. The reading with the latest time counts, in whichever order readings arrive.
public struct RecordReach: Command, Territorial, Placed, Flattened {
    public static let type = "events.reach.record.v1"

    /// Id of this reading.
    public var reach: ReachID
    public var channel: ReachChannel
    public var metric: ReachMetric
    /// Account or group of the platform, if there are several: their audiences add up. 1 to 64
    /// characters.
    public var account: String?
    public var programme: Programme
    public var territory: TerritoryCode
    /// The live stream or online class whose audience it is, if it is that of one.
    public var session: SessionID?
    /// Size of the audience, 0 to 100,000,000.
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
        checks.happened(asOf, "asOf")
        checks.happened(countedOn, "countedOn")
        checks.text(account, "account", TextLimit.key)
        checks.number(count, "count", 0...100_000_000)
        checks.date(countedOn, "countedOn", of: asOf)
    }
}

/// A reading of a channel's audience. `change` is the difference to the reading before it in time,
/// so the changes up to a day add up to the newest reading of that day. A reading that arrives late
/// restates the one after it.
public struct ReachRecorded: Fact, Flattened, Hashable {
    public static let type = "events.reach.recorded.v1"

    public var reach: ReachID
    public var channel: ReachChannel
    public var metric: ReachMetric
    public var account: String?
    public var programme: Programme
    public var territory: TerritoryCode
    public var session: SessionID?
    /// Kind of the session.
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
    /// The business date of a time: the day that it is for the association, not for a clock in UTC or elsewhere.
    mutating func date(_ date: BusinessDate, _ field: StaticString, of time: Timestamp) {
        let day = time.businessDay
        require(date == day, field, "\(day), the day of \(time) in Asia/Shanghai")
    }
}
