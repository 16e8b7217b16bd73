/// Whether a cell may still change as a matter of course.
public enum CellStatus: String, WireEnum {
    /// Its period is open.
    case provisional
    /// As it was when its period was closed.
    case `final`
    /// Changed after its period was closed.
    case revised
}

/// Why a cell was published again.
public enum RevisionReason: String, WireEnum {
    case routine
    case lateData = "late_data"
    case correction
    case method

    public var zh: String {
        switch self {
        case .routine: "日常更新"
        case .lateData: "迟到数据"
        case .correction: "更正"
        case .method: "统计方法变更"
        }
    }

    public var en: String {
        switch self {
        case .routine: "routine"
        case .lateData: "late data"
        case .correction: "correction"
        case .method: "change of method"
        }
    }
}

/// What can be said of a measure in a cell.
public enum FigureState: String, WireEnum {
    case value, zero
    case notCollected = "not_collected"
    case suppressed
}

/// A measure of a cell as it is published. Amounts of money are in fen.
public struct PublishedFigure: Codable, Hashable, Sendable {
    public var state: FigureState
    /// Nil unless the state is `value` or `zero`.
    public var value: Int64?

    public init(state: FigureState, value: Int64? = nil) {
        self.state = state
        self.value = value
    }
}

/// All figures of one cell, as they are now: never a difference.
///
/// A subscriber keeps the epoch and the highest `seq` of each dataset. It drops what is not above it, asks for what
/// is missing between, and takes a snapshot when the epoch is a higher one.
public struct CellChanged: Fact, Hashable {
    public static let type = "reporting.cell.changed.v2"

    public struct Key: Codable, Hashable, Sendable {
        public var territory: TerritoryCode
        /// `2020-05-26`, `2020-05`, `2020-Q2`, `2020` or `all`.
        public var period: String
        /// Empty for what belongs to no programme.
        public var programme: String

        public init(territory: TerritoryCode, period: String, programme: String) {
            self.territory = territory
            self.period = period
            self.programme = programme
        }
    }

    public struct Reason: Codable, Hashable, Sendable {
        public var code: RevisionReason
        public var zh: String
        public var en: String

        public init(_ code: RevisionReason) {
            self.code = code
            zh = code.zh
            en = code.en
        }
    }

    /// What stood there before.
    public struct Replaced: Codable, Hashable, Sendable {
        public var seq: Int64
        public var vintage: Int
        public var status: CellStatus
        /// The measures that differ, as they were.
        public var measures: [String: PublishedFigure]

        public init(
            seq: Int64, vintage: Int, status: CellStatus, measures: [String: PublishedFigure]
        ) {
            self.seq = seq
            self.vintage = vintage
            self.status = status
            self.measures = measures
        }
    }

    /// `families`, `funding` or `activities`.
    public var dataset: String
    /// The life of reporting's database, in microseconds since 1970 of its beginning: a restored one begins another.
    public var epoch: Int64
    /// Without gaps in each dataset and epoch.
    public var seq: Int64
    /// The edition that it came with; nil for what was published before there were editions.
    public var edition: Int64?
    /// The moment that its figures are of.
    public var asOf: Timestamp?
    public var key: Key
    /// 0 while the period is open, 1 when it is closed, and one more with each revision after that.
    public var vintage: Int
    public var status: CellStatus
    public var reason: Reason
    /// By name; a measure of one dimension is `name:dimension`, such as `insured_households:low_income`. What the
    /// cell once had stays named; what is not named was not collected.
    public var measures: [String: PublishedFigure]
    /// Nil for the first one of a cell, or if it is not kept any more.
    public var replaces: Replaced?

    public init(
        dataset: String, epoch: Int64, seq: Int64, edition: Int64? = nil, asOf: Timestamp? = nil,
        key: Key, vintage: Int, status: CellStatus, reason: RevisionReason,
        measures: [String: PublishedFigure], replaces: Replaced? = nil
    ) {
        self.dataset = dataset
        self.epoch = epoch
        self.seq = seq
        self.edition = edition
        self.asOf = asOf
        self.key = key
        self.vintage = vintage
        self.status = status
        self.reason = Reason(reason)
        self.measures = measures
        self.replaces = replaces
    }

    /// What counts of the cell for the digest of the state: key, measures, status and vintage, as JSON with names in
    /// ascending order and no spaces, and a line feed.
    public func canonicalLine(_ encoder: MessageEncoder) throws -> [UInt8] {
        struct Line: Encodable {
            let key: Key
            let measures: [String: PublishedFigure]
            let status: CellStatus
            let vintage: Int
        }
        let line = Line(key: key, measures: measures, status: status, vintage: vintage)
        return try encoder.encode(data: line) + [UInt8(ascii: "\n")]
    }
}

/// Says where a dataset is, so that silence means a fault and a subscriber can prove that it holds the same.
public struct HeartbeatSent: Fact, Hashable {
    public static let type = "reporting.heartbeat.sent.v1"

    public var dataset: String
    public var epoch: Int64
    /// The last one published.
    public var seq: Int64
    /// How many cells there are.
    public var cells: Int64
    /// The bitwise exclusive or of the SHA-256 of each cell's canonical line, 64 hexadecimal digits.
    public var digest: String

    public init(dataset: String, epoch: Int64, seq: Int64, cells: Int64, digest: String) {
        self.dataset = dataset
        self.epoch = epoch
        self.seq = seq
        self.cells = cells
        self.digest = digest
    }
}
