internal import Foundation
internal import Glibc
internal import Synchronization

/// Places at which a test may end the process as `kill -9` would: `NUANXIN_CRASH_AT=<point>[:n]` ends
/// it at the n-th passage. `NUANXIN_CRASH_AT=message:<id>` ends it whenever it decides the message with that id.
public enum CrashPoint: String, CaseIterable, Sendable {
    case beforeCommit = "before-commit"
    case afterCommit = "after-commit"
    case afterPublish = "after-publish"
    case afterConfirm = "after-confirm"
    case afterAcknowledge = "after-acknowledge"
    case beforePosition = "before-position"

    /// An edition is due, and nothing of it is made.
    case editionDue = "edition-due"
    /// All of it is written, and not committed.
    case editionInMaking = "edition-in-making"
    /// It is committed, and nothing of it is published.
    case editionMade = "edition-made"
    /// Passed once for each cell that is sent.
    case editionInPublishing = "edition-in-publishing"
    /// The broker has confirmed cells, which is not noted; passed once for each window.
    case editionWindowConfirmed = "edition-window-confirmed"
    /// Everything is confirmed, and the edition before is in force still.
    case editionConfirmed = "edition-confirmed"

    /// Passed once for each fact of a journal that is sent again.
    case replayInSending = "replay-in-sending"

    /// The points that every service passes when it handles messages.
    public static let ofMessages: [CrashPoint] = [
        .beforeCommit, .afterCommit, .afterPublish, .afterConfirm, .afterAcknowledge,
        .beforePosition,
    ]
    /// The steps of an edition, in their order.
    public static let ofEditions: [CrashPoint] = [
        .editionDue, .editionInMaking, .editionMade, .editionInPublishing, .editionWindowConfirmed,
        .editionConfirmed,
    ]

    private struct Armed {
        let point: CrashPoint
        var remaining: Int
    }

    /// The message that ends the process.
    private static let deadly = Mutex<UUID?>(nil)
    private static let armed = Mutex<Armed?>(nil)
    private static let isArmed = Atomic<Bool>(false)

    /// - Returns: false if `text` names no point.
    static func arm(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1)
        if parts.first == "message" {
            guard let id = parts.last.flatMap({ UUID(uuidString: String($0)) }) else {
                return false
            }
            deadly.withLock { $0 = id }
            isArmed.store(true, ordering: .releasing)
            return true
        }
        guard let point = parts.first.flatMap({ CrashPoint(rawValue: String($0)) }) else {
            return false
        }
        let count = parts.count == 2 ? Int(parts[1]) ?? 0 : 1
        guard count > 0 else { return false }
        armed.withLock { $0 = Armed(point: point, remaining: count) }
        isArmed.store(true, ordering: .releasing)
        return true
    }

    /// Passed when a message is about to be decided.
    static func pass(deciding id: UUID) {
        guard isArmed.load(ordering: .acquiring) else { return }
        if deadly.withLock({ $0 == id }) { kill(getpid(), SIGKILL) }
    }

    public func pass() {
        guard Self.isArmed.load(ordering: .acquiring) else { return }
        let isDue = Self.armed.withLock { armed in
            guard armed?.point == self else { return false }
            armed?.remaining -= 1
            return armed?.remaining == 0
        }
        if isDue { kill(getpid(), SIGKILL) }
    }
}
