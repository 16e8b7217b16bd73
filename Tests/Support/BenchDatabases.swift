import Foundation
import Postgres
import Synchronization

/// The databases of benches. A run of all tests makes some 2,500 of 11 MB, so those that can go are dropped meanwhile.
///
/// A test that asks for the address of its bench may open another bench there at any time, so such a database stays until the
/// servers are removed. The others go when their bench does. Many are dropped in a row on a thread of their own, because
/// each drop makes PostgreSQL write a checkpoint: the first of a row is the dear one, and tests wait for none. What is left at the
/// end of the run goes with the servers.
public enum BenchDatabases {
    /// Keeps a database for as long as its bench lives.
    final class Lease: Sendable {
        private let address: String
        private let name: String
        /// Whether nobody else can have the database.
        private let isOwn: Mutex<Bool>

        /// - Parameter isOwn: whether the database was made for this bench.
        init(_ address: String, isOwn: Bool) {
            self.address = address
            name = URL(string: address)?.lastPathComponent ?? ""
            self.isOwn = Mutex(isOwn)
        }

        /// The address, for a connection of the bench alone.
        var own: String { address }

        /// The address, for others too.
        var url: String {
            isOwn.withLock { $0 = false }
            return address
        }

        deinit {
            if isOwn.withLock({ $0 }) { BenchDatabases.release(name) }
        }
    }

    /// The databases without a bench.
    public struct State: Sendable {
        private var idle: [String] = []
        private var isDropping = false

        public init() {}

        /// - Returns: the databases to drop now; none if there are few, or others are being dropped.
        public mutating func release(_ name: String) -> [String] {
            idle.append(name)
            guard !isDropping, idle.count >= BenchDatabases.row else { return [] }
            isDropping = true
            defer { idle = [] }
            return idle
        }

        public mutating func finish() { isDropping = false }
    }

    /// Databases that are dropped in a row, at least.
    public static let row = 100
    /// For a drop and the checkpoint before it, on a busy disk.
    private static let patience = Duration.seconds(120)

    private static let state = Mutex(State())

    /// Whether all databases are kept, to look at those of a test that fails.
    private static let areKept = TestServers.option("NUANXIN_TEST_KEEP_DATABASES") != nil

    private static func release(_ name: String) {
        guard !areKept else { return }
        let due = state.withLock { $0.release(name) }
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
