internal import Messages

/// Bounds how much of a worker's time the queries of one publisher take, so that whoever asks thousands of them makes itself wait
/// and not the others. Queries change nothing and may be asked again, so what is above is refused. It is measured by time,
/// because one query may cost as much as a hundred others.
///
/// It lives with one worker.
final class QueryBudget {
    /// Of each second, for one publisher.
    let share: Duration
    /// A publisher without a limit.
    private let exempt: String
    private var second: ContinuousClock.Instant = .now
    private var spent: [String: Duration] = [:]

    init(share: Duration, exempt: String) {
        self.share = share
        self.exempt = exempt
    }

    /// Whether the publisher has had its share of this second.
    func isSpent(by publisher: String, at now: ContinuousClock.Instant = .now) -> Bool {
        if now - second >= .seconds(1) { (second, spent) = (now, [:]) }
        return publisher != exempt && spent[publisher, default: .zero] >= share
    }

    func spend(_ time: Duration, by publisher: String) {
        spent[publisher, default: .zero] += time
    }
}

extension Refusal {
    static let askedTooMuch = Refusal(
        .publisherOverQuota, pointer: "",
        expected: "fewer or smaller queries; ask this one again a second later")
}
