internal import Synchronization

/// Keeps the workers of a process apart while one of them tries suspect messages: if the process ends then, the message on trial
/// must be the cause, and not a batch or a job beside it.
///
/// Nobody waits here: who may not go on now comes again at its next turn, and serves its connections meanwhile.
final class TrialGate: Sendable {
    static let ofProcess = TrialGate()

    /// What takes longer is not waited for: it is most likely one large message or an edition, and has shown that it is harmless.
    private static let longestBatch: Duration = .seconds(1)
    /// How long new batches make way for a trial that was turned away.
    private static let courtesy: Duration = .milliseconds(200)

    private struct State {
        /// When the batches under way began, by worker.
        var batches: [Int: ContinuousClock.Instant] = [:]
        var trial: Int?
        var wanted: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// - Returns: whether the worker may go on; then it must `leave` afterwards.
    func enter(_ worker: Int, isTrial: Bool, now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            guard state.trial == nil else { return false }
            if isTrial {
                guard state.batches.values.allSatisfy({ now - $0 > Self.longestBatch }) else {
                    state.wanted = now
                    return false
                }
                (state.trial, state.wanted) = (worker, nil)
                return true
            }
            if let wanted = state.wanted, now - wanted < Self.courtesy { return false }
            state.batches[worker] = now
            return true
        }
    }

    func leave(_ worker: Int) {
        state.withLock { state in
            state.batches[worker] = nil
            if state.trial == worker { state.trial = nil }
        }
    }
}
