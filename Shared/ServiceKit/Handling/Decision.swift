internal import Foundation
internal import Logging
internal import Messages

extension Decider {
    /// What the first round trip brought.
    struct Loaded {
        let inbox: [Inbox.Key: Inbox.Entry]
        let scopes: [String: Scope]
        /// Parked messages that are ours to handle now.
        let claimed: Set<[UInt8]>
        let waits: GrantWaits
        let queries: QueryBudget
    }

    /// Why a message has no effect. If an earlier try of the one message of a batch has found that out, its handler is
    /// not asked again.
    enum Verdict: Error {
        /// By the handler, or by the database, which does not take what the handler wanted to store.
        case refused(Refusal)
        case waits(Wait)
        case failed
        /// Another session of the database holds what it needs.
        case locked
    }

    struct Decision {
        enum Result {
            case decided(Answer)
            /// Decided before; the answer is the first one.
            case again(Answer)
            case conflict
            case unreadable(Refusal)
            /// Not decided, and not kept. The same message may come again.
            case turnedAway(Refusal)
            /// Another worker took the parked message.
            case nothing
            /// A copy for another service, which the broker's permissions have not checked.
            case dropped
        }

        let examined: Examined
        let result: Result
        var facts: [Emission] = []
        /// What a query asked for.
        var answer: (any Codable & Sendable)?
        /// Whether the inbox knows nothing of the message yet.
        var isNew = true

        /// Whether it was this worker's to decide.
        var isTaken: Bool {
            if case .nothing = result { false } else { true }
        }
    }
}

extension Decider {
    func turnAway(_ examined: Examined) -> Decision {
        let refusal = Refusal(.publisherOverQuota, pointer: "")
        return Decision(examined: examined, result: .turnedAway(refusal))
    }
}

extension Decider.Decision.Result {
    /// The label of the measurement.
    var name: String {
        switch self {
        case .decided(let answer): "\(answer.state)"
        case .again: "duplicate"
        case .conflict: "conflict"
        case .unreadable: "unreadable"
        case .turnedAway: "turned_away"
        case .nothing: "taken"
        case .dropped: "copy"
        }
    }
}

extension Refusal {
    /// - Parameter reason: as the broker says it, or `Trials.reason`.
    static func givenUp(because reason: String) -> Refusal {
        Refusal(reason == "expired" ? .expired : .deliveryLimit, pointer: "", found: reason)
    }
}
