import Foundation
import Support
import Synchronization

/// A worker of a service: a bench on a thread of its own, which never leaves it.
final class PropertyWorker: Sendable {
    private typealias Job = @Sendable (Result<ServiceBench, any Error>) -> Void

    /// Jobs of the thread; nil ends it.
    private final class Queue: Sendable {
        private let jobs = Mutex<[Job?]>([])
        // Counts what is in `jobs`; a semaphore may be used on any thread.
        private let count = DispatchSemaphore(value: 0)

        func add(_ job: Job?) {
            jobs.withLock { $0.append(job) }
            count.signal()
        }

        func next() -> Job? {
            count.wait()
            return jobs.withLock { $0.removeFirst() }
        }
    }

    private let queue = Queue()

    init(_ open: @escaping @Sendable () throws -> ServiceBench) {
        let queue = queue
        Thread.detachNewThread {
            let bench = Result { try open() }
            while let job = queue.next() { job(bench) }
        }
    }

    deinit { queue.add(nil) }

    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (ServiceBench) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.add { bench in
                continuation.resume(with: Result { try body(bench.get()) })
            }
        }
    }
}
