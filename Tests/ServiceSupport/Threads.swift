import Foundation
import Synchronization

/// Runs the same on several threads at once, each with connections of its own.
enum Threads {
    private final class Results<T: Sendable>: Sendable {
        private let values = Mutex<[Int: Result<T, any Error>]>([:])

        func set(_ index: Int, _ result: Result<T, any Error>) {
            values.withLock { $0[index] = result }
        }

        func get(_ index: Int) throws -> T? {
            try values.withLock { $0[index] }?.get()
        }
    }

    /// - Parameter body: is given its number, and what to call when it is ready: it returns when all
    ///   are.
    static func run<T: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int, () -> Void) throws -> T
    ) throws -> [T] {
        let results = Results<T>()
        let line = StartLine(count)
        let done = DispatchSemaphore(value: 0)
        for index in 0..<count {
            Thread.detachNewThread {
                results.set(index, Result { try body(index) { line.arrive() } })
                line.arrive()
                done.signal()
            }
        }
        for _ in 0..<count { done.wait() }
        return try (0..<count).compactMap { try results.get($0) }
    }
}

/// Lets threads go on when all have arrived. Arriving more often does nothing.
private final class StartLine: @unchecked Sendable {
    // The condition guards `missing`.
    private let condition = NSCondition()
    private var missing: Int

    init(_ count: Int) { missing = count }

    func arrive() {
        condition.lock()
        missing -= 1
        condition.broadcast()
        while missing > 0 { condition.wait() }
        condition.unlock()
    }
}

/// Runs blocking work on a thread of its own, as a worker does.
func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result { try body() }) }.start()
    }
}
