/// Asks for all cells of a dataset as they were at one `seq`, page by page.
public struct RequestSnapshot: Query {
    public static let type = "reporting.snapshot.request.v1"

    public var dataset: String
    /// Epoch of the first page; nil when asking for the first page.
    public var epoch: Int64?
    /// `seq` of the first page; nil when asking for the first page, which has the newest.
    public var seq: Int64?
    /// `next` of the page before.
    public var after: Int64?
    /// Cells on a page, 1 to 500. Default: 200.
    public var limit: Int?

    public init(
        dataset: String, epoch: Int64? = nil, seq: Int64? = nil, after: Int64? = nil,
        limit: Int? = nil
    ) {
        self.dataset = dataset
        self.epoch = epoch
        self.seq = seq
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.text(dataset, "dataset", TextLimit.key)
        checks.number(limit, "limit", 1...CellPage.largest)
    }
}

/// Asks for the cells that were published in a range of `seq`, each as it was published then.
public struct RequestRange: Query {
    public static let type = "reporting.range.request.v1"

    public var dataset: String
    public var epoch: Int64
    /// The last `seq` that the subscriber has; the range begins after it.
    public var since: Int64
    /// The last `seq` requested; nil for all that exist.
    public var until: Int64?
    /// Cells on a page, 1 to 500. Default: 200.
    public var limit: Int?

    public init(
        dataset: String, epoch: Int64, since: Int64, until: Int64? = nil, limit: Int? = nil
    ) {
        self.dataset = dataset
        self.epoch = epoch
        self.since = since
        self.until = until
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.text(dataset, "dataset", TextLimit.key)
        checks.number(limit, "limit", 1...CellPage.largest)
    }
}

/// Answer to a request for a snapshot or a range.
public struct CellPage: Codable, Hashable, Sendable {
    public static let largest = 500
    public static let usual = 200

    public var dataset: String
    public var epoch: Int64
    /// For a snapshot, its position in the stream. For a range, the last `seq` published.
    public var seq: Int64
    /// Digest of all cells at `seq`; nil if others were published since the first page.
    public var digest: String?
    public var cells: [CellChanged]
    /// Start of the next page: `after` of a snapshot, `since` of a range. Nil on the last page.
    public var next: Int64?

    public init(
        dataset: String, epoch: Int64, seq: Int64, digest: String? = nil, cells: [CellChanged],
        next: Int64? = nil
    ) {
        self.dataset = dataset
        self.epoch = epoch
        self.seq = seq
        self.digest = digest
        self.cells = cells
        self.next = next
    }
}
