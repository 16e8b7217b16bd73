internal import Glibc
internal import Synchronization

/// Places at which a test may end the process as `kill -9` would: `NUANXIN_CRASH_AT=<point>[:n]` ends
/// it at the n-th passage.
public enum CrashPoint: String, CaseIterable, Sendable {
    case beforeCommit = "before-commit"
    case afterCommit = "after-commit"
    case afterPublish = "after-publish"
    case afterConfirm = "after-confirm"
    case afterAcknowledge = "after-acknowledge"
    case beforePosition = "before-position"

    private struct Armed {
        let point: CrashPoint
        var remaining: Int
    }

    private static let armed = Mutex<Armed?>(nil)
    private static let isArmed = Atomic<Bool>(false)

    /// - Returns: false if `text` names no point.
    static func arm(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let point = parts.first.flatMap({ CrashPoint(rawValue: String($0)) }) else {
            return false
        }
        let count = parts.count == 2 ? Int(parts[1]) ?? 0 : 1
        guard count > 0 else { return false }
        armed.withLock { $0 = Armed(point: point, remaining: count) }
        isArmed.store(true, ordering: .releasing)
        return true
    }

    func pass() {
        guard Self.isArmed.load(ordering: .acquiring) else { return }
        let isDue = Self.armed.withLock { armed in
            guard armed?.point == self else { return false }
            armed?.remaining -= 1
            return armed?.remaining == 0
        }
        if isDue { kill(getpid(), SIGKILL) }
    }
}
