/// Requests an edition of all public figures now, in addition to those of the calendar. All
/// requests before it is made are answered by the same edition.
public struct PublishEdition: Command {
    public static let type = "reporting.edition.publish.v1"

    /// The reason, for the record.
    public var reason: String
    /// Also publishes corrections of few families below the district, which otherwise wait until
    /// they are many. The figures that they change are hidden from then on. Default: false.
    public var revises: Bool?

    public init(reason: String, revises: Bool? = nil) {
        self.reason = reason
        self.revises = revises
    }

    public func check(_ checks: inout Checks) {
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// An edition will be made.
public struct EditionRequested: Fact {
    public static let type = "reporting.edition.requested.v1"

    /// Number of the request, from 1.
    public var request: Int64
    public var reason: String
    public var revises: Bool

    public init(request: Int64, reason: String, revises: Bool) {
        self.request = request
        self.reason = reason
        self.revises = revises
    }
}

/// All changed cells of an edition are published, and it is in force for all datasets. It follows
/// the last of them on the stream.
public struct EditionPublished: Fact, Hashable {
    public static let type = "reporting.edition.published.v1"

    /// Position of a dataset.
    public struct Position: Codable, Hashable, Sendable {
        public var dataset: String
        /// The last `seq` of the edition.
        public var seq: Int64
        /// Number of cells.
        public var cells: Int64
        /// Digest of the cells, as in a heartbeat.
        public var digest: String

        public init(dataset: String, seq: Int64, cells: Int64, digest: String) {
            self.dataset = dataset
            self.seq = seq
            self.cells = cells
            self.digest = digest
        }
    }

    /// Number of the edition, from 1.
    public var edition: Int64
    public var epoch: Int64
    /// The moment of all figures: they count what reporting had received by then.
    public var asOf: Timestamp
    /// Number of changed cells.
    public var changed: Int64
    public var positions: [Position]

    public init(
        edition: Int64, epoch: Int64, asOf: Timestamp, changed: Int64, positions: [Position]
    ) {
        self.edition = edition
        self.epoch = epoch
        self.asOf = asOf
        self.changed = changed
        self.positions = positions
    }
}
