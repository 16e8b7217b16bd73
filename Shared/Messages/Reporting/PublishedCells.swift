/// Status of a cell: whether its period is open, closed or revised.
public enum CellStatus: String, WireEnum {
    /// Its period is open.
    case provisional
    /// Final figures, as of the closing of its period.
    case `final`
    /// Changed after its period was closed.
    case revised
}

/// Reason why a cell was published.
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

/// State of a measure in a cell.
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

/// All figures of one cell as they are now, never differences.
///
/// A subscriber keeps the epoch and the highest `seq` of each dataset. It drops cells that are not
/// above it, asks for missing ones, and takes a snapshot when the epoch is higher.
public struct CellChanged: Fact, Hashable {
    public static let type = "reporting.cell.changed.v2"

    public struct Key: Codable, Hashable, Sendable {
        public var territory: TerritoryCode
        /// `2020-05-26`, `2020-05`, `2020-Q2`, `2020` or `all`.
        public var period: String
        /// Empty for figures of no programme.
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

    /// The figures before.
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
    /// Epoch of reporting's database: its start, in microseconds since 1970. A restored database
    /// starts a new epoch.
    public var epoch: Int64
    /// Position in the stream, without gaps in each dataset and epoch.
    public var seq: Int64
    /// The edition of this cell; nil for cells published before there were editions.
    public var edition: Int64?
    /// The moment of its figures.
    public var asOf: Timestamp?
    public var key: Key
    /// 0 while the period is open, 1 when it is closed, plus 1 with each later revision.
    public var vintage: Int
    public var status: CellStatus
    public var reason: Reason
    /// Measures by name; a part is `name:part`, such as `insured_households:low_income`. Measures
    /// that the cell once had stay in it; measures that are absent were not collected.
    public var measures: [String: PublishedFigure]
    /// Nil for the first version of a cell, or if the version before is no longer kept.
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

    /// The cell's line in the digest of the state: key, measures, status and vintage, as JSON with
    /// names in ascending order and no spaces, and a line feed.
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

/// Position of a dataset, at regular intervals. Its absence means a fault, and a subscriber can
/// check that it holds the same cells.
public struct HeartbeatSent: Fact, Hashable {
    public static let type = "reporting.heartbeat.sent.v1"

    public var dataset: String
    public var epoch: Int64
    /// The last `seq` published.
    public var seq: Int64
    /// Number of cells.
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
