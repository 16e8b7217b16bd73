import Foundation
import Postgres
import Support
import Testing

/// A session with a database of the test's own. Use it without suspending: it belongs to this thread.
func openSession(
    _ url: String, responseTimeout: Duration = .seconds(60)
) throws -> Connection {
    try Connection(PostgresConfiguration(url: url, responseTimeout: responseTimeout))
}

/// Runs blocking work on a thread of its own, as a worker does.
func onOwnThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result { try body() }) }.start()
    }
}

/// The error that `body` throws; not throwing fails the test.
func postgresError<Value>(
    _ body: () throws(PostgresError) -> Value, sourceLocation: SourceLocation = #_sourceLocation
) throws -> PostgresError {
    do throws(PostgresError) {
        _ = try body()
    } catch {
        return error
    }
    Issue.record("no error was thrown", sourceLocation: sourceLocation)
    throw CancellationError()
}
