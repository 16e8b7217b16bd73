import Messages

/// The revision after which a page of revisions begins, in descending order of time.
struct RevisionPlace: Hashable, Sendable, CustomStringConvertible {
    let time: Timestamp
    let dataset: Dataset
    let seq: Int64

    static let expected = "the address of a link on the page of revisions"

    init(time: Timestamp, dataset: Dataset, seq: Int64) {
        self.time = time
        self.dataset = dataset
        self.seq = seq
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let microseconds = Int64(parts[0]), microseconds >= 0,
            microseconds < Self.limit, let dataset = Dataset(rawValue: String(parts[1])),
            let seq = Int64(parts[2]), seq >= 0
        else { return nil }
        self.init(time: Timestamp(microseconds: microseconds), dataset: dataset, seq: seq)
    }

    /// The year 2255, well within the range of PostgreSQL.
    private static let limit: Int64 = 9_000_000_000_000_000

    var description: String { "\(time.microseconds).\(dataset.rawValue).\(seq)" }
}
