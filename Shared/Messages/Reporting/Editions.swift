/// Asks for an edition of all public figures now, beside those of the calendar. Requests that come before it is made are
/// answered by the same edition.
public struct PublishEdition: Command {
    public static let type = "reporting.edition.publish.v1"

    /// Why, for the record.
    public var reason: String
    /// Also publishes corrections of a few families below the district, which otherwise wait until they are many. What they
    /// change is hidden there from then on. False unless it says otherwise.
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

    /// From 1 on: how many were asked for.
    public var request: Int64
    public var reason: String
    public var revises: Bool

    public init(request: Int64, reason: String, revises: Bool) {
        self.request = request
        self.reason = reason
        self.revises = revises
    }
}

/// All changed cells of an edition have been published, and it is in force for all datasets. It comes on the stream after
/// the last of them.
public struct EditionPublished: Fact, Hashable {
    public static let type = "reporting.edition.published.v1"

    /// Where a dataset is now.
    public struct Position: Codable, Hashable, Sendable {
        public var dataset: String
        /// The last `seq` of the edition.
        public var seq: Int64
        /// How many cells there are.
        public var cells: Int64
        /// As in a heartbeat.
        public var digest: String

        public init(dataset: String, seq: Int64, cells: Int64, digest: String) {
            self.dataset = dataset
            self.seq = seq
            self.cells = cells
            self.digest = digest
        }
    }

    /// From 1 on.
    public var edition: Int64
    public var epoch: Int64
    /// The moment that all figures are of: what reporting had taken in by then.
    public var asOf: Timestamp
    /// How many cells changed.
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
