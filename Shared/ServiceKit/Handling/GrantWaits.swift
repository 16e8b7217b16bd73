internal import Foundation
internal import Messages

/// Lets commands wait for the fact of their grant. Registry accepts a grant, and other services learn of it by a fact a moment
/// later; commands sent in between would be refused for good.
///
/// Only a publisher who is not known here waits, or one whose grant came a moment ago: another fact of it may follow. Somebody
/// with an older grant is refused at once.
///
/// A publisher that sends much for which it has no grant does not fill the database: few of its commands wait, and none for a
/// while after one has waited in vain.
final class GrantWaits {
    /// Commands of one publisher that may wait within one `window`, for each worker.
    static let limit = 100
    private static let window: Duration = .seconds(60)
    /// Seconds after a grant in which commands out of its scope wait for a further one.
    static let youth: Int64 = 60

    /// Seconds that a command waits; 0 for not at all.
    let patience: Int
    private var counts: [String: (since: ContinuousClock.Instant, count: Int)] = [:]

    /// - Parameter patience: in seconds.
    init(patience: Int) { self.patience = patience }

    /// Whether a further grant may be on its way.
    /// - Parameter scope: nil if the publisher is not known.
    static func isYoung(_ scope: Scope?, now: Timestamp) -> Bool {
        guard let scope else { return true }
        return now.microseconds - scope.since.microseconds < youth * 1_000_000
    }

    /// Whether another command of the publisher may wait, which is counted.
    func allow(_ publisher: String, now: ContinuousClock.Instant = .now) -> Bool {
        guard patience > 0 else { return false }
        counts = counts.filter { now - $0.value.since < Self.window }
        let (since, count) = counts[publisher] ?? (now, 0)
        guard count < Self.limit else { return false }
        counts[publisher] = (since, count + 1)
        return true
    }

    /// A command has waited in vain.
    func disappoint(_ publisher: String, now: ContinuousClock.Instant = .now) {
        counts[publisher] = (now, Self.limit)
    }
}
