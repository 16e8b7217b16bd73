internal import Foundation
internal import Synchronization

/// The state of a process's workers, for `/livez` and `/readyz`.
final class Health: Sendable {
    struct Check: Sendable {
        var isDatabaseConnected = false
        var isBrokerConnected = false
        var isOutletConnected = false
        /// Seconds by which the machine's clock is ahead of the database's.
        var clockDifference: Int64 = 0
        /// Since when the database cannot decide what the worker holds; nil if it can.
        var heldSince: ContinuousClock.Instant?
        /// When the worker was last free for messages.
        var heartbeat: ContinuousClock.Instant = .now
        /// When it was last seen at all, at least waiting for its database.
        var seen: ContinuousClock.Instant = .now

        var isClockRight: Bool { abs(clockDifference) <= DatabaseClock.tolerance }
        var isReady: Bool {
            isDatabaseConnected && isBrokerConnected && isOutletConnected && isClockRight
                && isDeciding
        }
        /// Whether its batch is not held for long.
        var isDeciding: Bool {
            heldSince.map { ContinuousClock.now - $0 < Health.longestPause } ?? true
        }
    }

    /// A worker counts as stuck after so long without a report.
    static let longestSilence: Duration = .seconds(120)
    /// Time unseen after which a worker is not ready.
    static let longestPause: Duration = .seconds(15)

    private let checks: Mutex<[Check]>

    init(workers: Int) {
        checks = Mutex(Array(repeating: Check(), count: workers))
    }

    func report(_ worker: Int, _ check: Check) {
        checks.withLock { $0[worker] = check }
    }

    /// A worker that waits says how its connections are, which does not mean that it moves.
    func see(_ worker: Int, _ check: Check) {
        checks.withLock { checks in
            let heartbeat = checks[worker].heartbeat
            checks[worker] = check
            checks[worker].heartbeat = heartbeat
        }
    }

    var isAlive: Bool {
        let now = ContinuousClock.now
        return checks.withLock { $0.allSatisfy { now - $0.heartbeat < Self.longestSilence } }
    }

    var isReady: Bool {
        let now = ContinuousClock.now
        return checks.withLock {
            $0.allSatisfy { $0.isReady && now - $0.seen < Self.longestPause }
        }
    }

    /// Sets the gauges for monitoring.
    func measure() {
        let checks = checks.withLock { $0 }
        let now = ContinuousClock.now
        Measurements.health(
            withoutDatabase: checks.count { !$0.isDatabaseConnected },
            withoutQueues: checks.count { !$0.isBrokerConnected },
            withoutOutlet: checks.count { !$0.isOutletConnected },
            // A worker whose batch is held moves, and decides nothing all the same.
            silence: checks.map { now - min($0.heartbeat, $0.heldSince ?? now) }.max() ?? .zero,
            clockDifference: checks.map(\.clockDifference).max { abs($0) < abs($1) } ?? 0)
    }

    /// What `/readyz` says without being asked for more.
    var summary: String {
        let checks = checks.withLock { $0 }
        if checks.allSatisfy(\.isReady) { return "ready\n" }
        let wrong = checks.map(\.clockDifference).first { abs($0) > DatabaseClock.tolerance }
        return wrong.map { "not ready: \(Self.clock($0))\n" } ?? "not ready\n"
    }

    private static func clock(_ difference: Int64) -> String {
        "clock: \(abs(difference)) s \(difference < 0 ? "behind" : "ahead of") the database's"
    }

    /// One line for each check, in the form of Kubernetes' `?verbose`.
    var report: String {
        let now = ContinuousClock.now
        let lines = checks.withLock { checks in
            checks.enumerated().flatMap { index, check in
                [
                    line("worker \(index) database", check.isDatabaseConnected),
                    line("worker \(index) queues", check.isBrokerConnected),
                    line("worker \(index) publishing", check.isOutletConnected),
                    line("worker \(index) deciding", check.isDeciding),
                    line("worker \(index) awake", now - check.seen < Self.longestPause),
                    line(
                        "worker \(index) "
                            + (check.isClockRight ? "clock" : Self.clock(check.clockDifference)),
                        check.isClockRight),
                ]
            }
        }
        return lines.joined() + (isReady ? "ready\n" : "not ready\n")
    }

    private func line(_ name: String, _ isOK: Bool) -> String { "[\(isOK ? "+" : "-")] \(name)\n" }
}
