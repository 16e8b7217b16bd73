internal import Dispatch
internal import Foundation
public import Postgres
internal import Synchronization

/// Threads that read the database for HTTP requests, whose own threads must not block. Each has a session.
public final class DatabaseReaders: Sendable {
    /// Too many requests wait already.
    public struct Busy: Error {}

    private typealias Task = @Sendable (Result<Connection, any Error>) -> Void

    private static let waitingLimit = 1_000
    private static let threads = 2
    private static let longestStatement: Duration = .seconds(30)

    private let configuration: PostgresConfiguration
    private let waiting = Mutex<[Task]>([])
    private let ready = DispatchSemaphore(value: 0)

    init(_ configuration: PostgresConfiguration) {
        var configuration = configuration
        configuration.statementTimeout = Self.longestStatement
        self.configuration = configuration
    }

    /// They end with the process.
    func start(service: String) {
        for index in 0..<Self.threads {
            let thread = Thread { [self] in work() }
            thread.name = "\(service)-read-\(index)"
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    /// Runs `body` on one of the threads. It sees what is committed and may not write.
    public func read<T: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let task: Task = { connection in
                continuation.resume(with: Result { try body(connection.get()) })
            }
            let isTaken = waiting.withLock { waiting in
                guard waiting.count < Self.waitingLimit else { return false }
                waiting.append(task)
                return true
            }
            if isTaken { ready.signal() } else { continuation.resume(throwing: Busy()) }
        }
    }

    private func work() {
        var connection: Connection?
        while true {
            ready.wait()
            guard let task = waiting.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                continue
            }
            if connection?.isOpen != true { connection = nil }
            do {
                let open = try connection ?? self.open()
                connection = open
                task(.success(open))
            } catch {
                task(.failure(error))
                // Those who wait already would each wait for another try to connect.
                for other in takeAll() { other(.failure(error)) }
            }
        }
    }

    private func takeAll() -> [Task] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    private func open() throws -> Connection {
        let connection = try Connection(configuration)
        _ = try connection.pipeline(
            ServiceSession.settings + ["SET default_transaction_read_only = on"])
        return connection
    }
}
