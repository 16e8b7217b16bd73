internal import Foundation

/// The settings of a batch.
struct BatchSettings: Sendable {
    let secret: ServiceSecret
    static let defaultRetry = RetrySchedule(delays: [0, 0, 5, 30, 120, 600, 3600])
    var retry = defaultRetry
    var inboxDays = 30
    /// Seconds for which a command waits for the grant of its publisher; 0 for not at all.
    var grantPatience = 10
    /// The broker user whose scope is unlimited.
    var operatorName = "operator"
    /// Commands of one publisher that a worker decides in a second; 0 for no limit.
    var publisherRate = 0
    /// Of each second, the time of a worker that the queries of one publisher take.
    var queryShare: Duration = .milliseconds(500)
    /// Tells a process from the one before it.
    var process = Trials.thisProcess

    init(_ secret: ServiceSecret) { self.secret = secret }
}
