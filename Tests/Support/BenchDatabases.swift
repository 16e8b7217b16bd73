import Foundation
import Postgres
import Synchronization

/// The databases of benches. A run of all tests makes some two thousand of 11 MB, so they are dropped after their tests.
///
/// A test may hand on the address of a bench that is gone, and open another one there. A database is therefore dropped
/// when no bench has used it for a while. Many are dropped in a row on a thread of their own, because each drop makes
/// PostgreSQL write a checkpoint: the first of a row is the dear one, and tests wait for none. What is left at the end of
/// the run goes with the servers.
public enum BenchDatabases {
    /// Keeps a database for as long as a bench uses it.
    final class Lease: Sendable {
        let url: String
        private let name: String

        /// - Parameter isOwn: whether the database was made for this bench. Others are kept, unless a bench has made them.
        init(_ url: String, isOwn: Bool) {
            self.url = url
            name = URL(string: url)?.lastPathComponent ?? ""
            BenchDatabases.state.withLock { $0.lease(name, isOwn: isOwn) }
        }

        deinit { BenchDatabases.release(name) }
    }

    /// Who uses which of them.
    public struct State: Sendable {
        /// How many benches use each database that was made for one.
        private var users: [String: Int] = [:]
        /// Databases without a bench, the oldest first.
        private var idle: [(name: String, since: ContinuousClock.Instant)] = []
        private var isDropping = false

        public init() {}

        public mutating func lease(_ name: String, isOwn: Bool) {
            if isOwn {
                users[name] = 1
            } else if let count = users[name] {
                users[name] = count + 1
                idle.removeAll { $0.name == name }
            }
        }

        public mutating func release(_ name: String, at now: ContinuousClock.Instant) {
            guard let count = users[name] else { return }
            users[name] = count - 1
            if count == 1 { idle.append((name, now)) }
        }

        /// The databases to drop now, which nobody gets any more; none if there are few, or others are being dropped.
        public mutating func due(at now: ContinuousClock.Instant) -> [String] {
            let due = idle.prefix { now - $0.since >= BenchDatabases.rest }.map(\.name)
            guard !isDropping, due.count >= BenchDatabases.row else { return [] }
            idle.removeFirst(due.count)
            for name in due { users[name] = nil }
            isDropping = true
            return due
        }

        public mutating func finish() { isDropping = false }
    }

    /// For which nobody has used a database that is dropped.
    public static let rest = Duration.seconds(60)
    /// Databases that are dropped in a row, at least.
    public static let row = 100
    /// For a drop and the checkpoint before it, on a busy disk.
    private static let patience = Duration.seconds(120)

    private static let state = Mutex(State())

    /// Whether all databases are kept, to look at those of a test that fails.
    private static let areKept = TestServers.option("NUANXIN_TEST_KEEP_DATABASES") != nil

    private static func release(_ name: String) {
        let now = ContinuousClock.now
        let due = state.withLock { state in
            state.release(name, at: now)
            return areKept ? [] : state.due(at: now)
        }
        guard !due.isEmpty else { return }
        Thread.detachNewThread {
            // A database that somebody still uses stays, and so do all if there is no server.
            let connection = try? ServerSet.current().maintenance()
            for name in due {
                _ = try? connection?.run(
                    Statement(trusted: "DROP DATABASE IF EXISTS \(name)"), within: patience)
            }
            state.withLock { $0.finish() }
        }
    }
}
