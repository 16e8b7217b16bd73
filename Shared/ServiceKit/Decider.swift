internal import Foundation
internal import Logging
internal import Messages
internal import Postgres

/// Goes through the messages of one transaction and decides each, in memory.
struct Decider {
    /// What the first round trip brought.
    struct Loaded {
        let inbox: [UUID: Inbox.Entry]
        let scopes: [String: Scope]
        /// Parked messages that are ours to handle now.
        let claimed: Set<[UInt8]>
    }

    /// What an earlier try found out about the one message of a batch; its handler is not asked again.
    enum Verdict: Error {
        /// The database refused what the handler wanted to store.
        case refused(Refusal)
        case waits(for: UUID, otherwise: Refusal)
        case failed
    }

    struct Decision {
        enum Result {
            case decided(Answer)
            /// Decided before; the answer is the first one.
            case again(Answer)
            case conflict
            case unreadable(Fault)
            /// Another worker took the parked message.
            case nothing
        }

        let examined: Examined
        let result: Result
        var facts: [Emission] = []
        /// What a query asked for.
        var answer: (any Codable & Sendable)?
        /// Whether the inbox knows nothing of the message yet.
        var isNew = true
    }

    private let router: Router
    private let settings: BatchSettings
    private let unit: UnitOfWork
    private let loaded: Loaded
    private let logger: Logger
    private var seen: [UUID: Int] = [:]
    private(set) var decisions: [Decision] = []
    private(set) var parked: [Parked.Entry] = []
    private(set) var dead: [DeadLetters.Entry] = []

    init(
        router: Router, settings: BatchSettings, unit: UnitOfWork, loaded: Loaded, logger: Logger
    ) {
        self.router = router
        self.settings = settings
        self.unit = unit
        self.loaded = loaded
        self.logger = logger
    }

    /// - Parameter verdict: set when this message was tried before.
    /// - Throws: errors of the database, and the `Verdict` on a message that must not keep what its
    ///   handler has executed.
    mutating func decide(_ examined: Examined, verdict: Verdict?) throws {
        if examined.intake.isParked && !loaded.claimed.contains(examined.digest) {
            decisions.append(Decision(examined: examined, result: .nothing))
            return
        }
        switch examined.content {
        case .failure(let error):
            let fault = examined.intake.deadReason.map(Fault.deliveryLimit) ?? error.fault
            if !isQuery(examined) {
                dead.append(DeadLetters.Entry(examined: examined, fault: fault))
            }
            decisions.append(Decision(examined: examined, result: .unreadable(fault)))
        case .success(let message):
            let isNew = loaded.inbox[message.header.id] == nil
            if let known = answerBefore(message.header.id) {
                let mayGoOn =
                    examined.intake.isParked && !known.answer.state.isFinal
                    || isQuery(examined) && known.answer.state == .accepted
                if known.digest != examined.digest {
                    decisions.append(Decision(examined: examined, result: .conflict))
                    return
                }
                if !mayGoOn {
                    decisions.append(Decision(examined: examined, result: .again(known.answer)))
                    return
                }
            }
            seen[message.header.id] = decisions.count
            var decision = try handle(examined, message, verdict)
            decision.isNew = isNew
            decisions.append(decision)
        }
    }

    /// The inbox rows to write: for messages decided now.
    func inboxRows(isNew: Bool) -> [Inbox.Decision] {
        decisions.compactMap { decision in
            guard case .decided(let answer) = decision.result, decision.isNew == isNew,
                case .success(let message) = decision.examined.content
            else { return nil }
            // A fact may be of any age: its row is kept from the day it arrived.
            let time = decision.examined.intake.origin == .facts ? unit.now : message.header.time
            return Inbox.Decision(
                id: message.header.id, day: time.day, digest: decision.examined.digest,
                answer: answer)
        }
        .sorted { $0.id < $1.id }
    }

    /// Counts what was decided, once it is committed.
    func measure() {
        var counts: [String: Int] = [:]
        for decision in decisions { counts[decision.result.name, default: 0] += 1 }
        for (name, count) in counts { Measurements.outcome(name, count) }
    }

    private func answerBefore(_ id: UUID) -> Inbox.Entry? {
        if let index = seen[id], case .decided(let answer) = decisions[index].result {
            return Inbox.Entry(digest: decisions[index].examined.digest, answer: answer)
        }
        return loaded.inbox[id]
    }

    private mutating func handle(
        _ examined: Examined, _ message: Message, _ verdict: Verdict?
    ) throws -> Decision {
        switch verdict {
        case .refused(let refusal): return close(examined, message, refusal)
        case .waits(let id, let refusal): return wait(examined, message, id, refusal)
        case .failed: return retry(examined, .handlerFailed)
        case nil: break
        }
        if let reason = examined.intake.deadReason {
            return bury(examined, .deliveryLimit(reason))
        }
        guard let route = router.routes[message.header.type] else {
            return Decision(examined: examined, result: .decided(Answer(state: .applied)))
        }
        let scope = scope(of: examined.intake, route)
        if route.isCommand, !route.isOpen, let refusal = outOfScope(message, scope) {
            return close(examined, message, refusal)
        }
        if route.isQuery, examined.intake.receiptQueue == nil {
            return close(examined, message, Refusal(.replyToMissing, at: ""))
        }
        unit.begin(
            message.header, publisher: examined.intake.publisher ?? "", scope: scope,
            alone: route.isAlone)
        let outcome: Outcome
        do {
            outcome = try route.handle(message.payload, unit)
        } catch let error as PostgresError {
            throw error
        } catch {
            logger.error(
                "handler failed",
                metadata: [
                    "type": "\(message.header.type)", "id": "\(message.header.id)",
                    "error": "\(error)",
                ])
            if unit.hasExecuted { throw Verdict.failed }
            unit.drop()
            return retry(examined, .handlerFailed)
        }
        if unit.hasExecuted, let verdict = outcome.verdict { throw verdict }
        return conclude(examined, message, outcome)
    }

    private mutating func conclude(
        _ examined: Examined, _ message: Message, _ outcome: Outcome
    ) -> Decision {
        switch outcome {
        case .accepted(let facts):
            unit.keep()
            let answer = Answer(state: .accepted, facts: Int16(facts.count))
            return Decision(examined: examined, result: .decided(answer), facts: facts)
        case .answered(let answer):
            precondition(isQuery(examined), "only a query is answered")
            unit.keep()
            return Decision(
                examined: examined, result: .decided(Answer(state: .accepted)), answer: answer)
        case .applied, .ignored:
            unit.keep()
            return Decision(examined: examined, result: .decided(Answer(state: .applied)))
        case .refused(let refusal):
            unit.drop()
            return close(examined, message, refusal)
        case .waits(let id, let refusal):
            unit.drop()
            return wait(examined, message, id, refusal)
        }
    }

    // MARK: What is not accepted

    /// A refused command is decided. A fact cannot be refused: its publisher is another service, so an
    /// operator must look at it.
    private mutating func close(
        _ examined: Examined, _ message: Message, _ refusal: Refusal
    ) -> Decision {
        guard message.payload is any Fact else {
            return Decision(
                examined: examined, result: .decided(Answer(state: .rejected, refusal: refusal)))
        }
        return bury(
            examined,
            Fault(refusal.code, pointer: refusal.pointer, expected: refusal.expected))
    }

    private mutating func wait(
        _ examined: Examined, _ message: Message, _ id: UUID, _ refusal: Refusal
    ) -> Decision {
        let attempt = settings.retry.firstWait(after: examined.intake.attempt)
        guard !isQuery(examined), let delay = settings.retry.delay(after: attempt) else {
            return close(examined, message, refusal)
        }
        return park(examined, attempt + 1, delay, waitsFor: id, refusal)
    }

    private mutating func retry(_ examined: Examined, _ fault: Fault) -> Decision {
        let attempt = examined.intake.attempt
        guard !isQuery(examined), let delay = settings.retry.delay(after: attempt) else {
            return bury(examined, fault)
        }
        let refusal = Refusal(code: fault.code, pointer: "", expected: fault.expected)
        return park(examined, attempt + 1, delay, waitsFor: nil, refusal)
    }

    private mutating func park(
        _ examined: Examined, _ attempt: Int, _ delay: Int, waitsFor: UUID?, _ refusal: Refusal
    ) -> Decision {
        parked.append(
            Parked.Entry(
                examined: examined, attempt: attempt, due: unit.now.adding(seconds: delay),
                waitsFor: waitsFor, code: refusal.code))
        return Decision(
            examined: examined, result: .decided(Answer(state: .parked, refusal: refusal)))
    }

    private mutating func bury(_ examined: Examined, _ fault: Fault) -> Decision {
        let refusal = Refusal(code: fault.code, pointer: fault.pointer, expected: fault.expected)
        guard !isQuery(examined) else {
            return Decision(
                examined: examined, result: .decided(Answer(state: .rejected, refusal: refusal)))
        }
        dead.append(DeadLetters.Entry(examined: examined, fault: fault))
        return Decision(
            examined: examined, result: .decided(Answer(state: .dead, refusal: refusal)))
    }

    /// A query may name a person, so it is neither parked nor buried, but refused: whoever asked may
    /// ask again.
    private func isQuery(_ examined: Examined) -> Bool {
        router.routes[examined.intake.routingKey]?.isQuery ?? false
    }

    // MARK: Scope

    private func scope(of intake: Intake, _ route: Router.Route) -> Scope {
        guard route.isCommand else { return .none }
        guard let publisher = intake.publisher else { return .none }
        return publisher == settings.operatorName
            ? .unlimited : loaded.scopes[publisher] ?? .none
    }

    private func outOfScope(_ message: Message, _ scope: Scope) -> Refusal? {
        let isQuery = message.payload is any Query
        if !scope.allows(type: message.header.type, isQuery: isQuery) {
            return Refusal(
                code: RefusalCode.outOfScope.code, pointer: "/type",
                expected: RefusalCode.outOfScope.expected)
        }
        if let territorial = message.payload as? any Territorial,
            !scope.covers(territorial.territory)
        {
            return Refusal(.outOfScope, at: "/territory")
        }
        return nil
    }
}

extension Decider.Decision.Result {
    /// The label of the measurement.
    fileprivate var name: String {
        switch self {
        case .decided(let answer): "\(answer.state)"
        case .again: "duplicate"
        case .conflict: "conflict"
        case .unreadable: "unreadable"
        case .nothing: "taken"
        }
    }
}

extension Outcome {
    /// What must be done over in a transaction that holds nothing of the handler's, if anything.
    fileprivate var verdict: Decider.Verdict? {
        switch self {
        case .accepted, .answered, .applied, .ignored: nil
        case .refused(let refusal): .refused(refusal)
        case .waits(let id, let refusal): .waits(for: id, otherwise: refusal)
        }
    }
}

extension Fault {
    static let handlerFailed = Fault("handler_failed", expected: "a service that can handle it")

    static func deliveryLimit(_ reason: String) -> Fault {
        Fault(
            "delivery_limit", found: reason,
            expected: "a message that does not end the service that handles it")
    }
}
