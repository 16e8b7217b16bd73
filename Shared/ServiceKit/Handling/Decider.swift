internal import Foundation
internal import Logging
internal import Messages
internal import Postgres

/// Goes through the messages of one transaction and decides each, in memory.
struct Decider {
    let router: Router
    let settings: BatchSettings
    let unit: UnitOfWork
    let loaded: Loaded
    let logger: Logger
    private var seen: [Inbox.Key: Int] = [:]
    private(set) var decisions: [Decision] = []
    private(set) var parked: [Parked.Entry] = []
    private(set) var dead: [DeadLetters.Entry] = []
    var quotas = Quotas()

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
        if examined.isCopy {
            decisions.append(Decision(examined: examined, result: .dropped))
            return
        }
        switch examined.content {
        case .failure(let refusal):
            if refusal.code == RefusalCode.publisherOverQuota.code {
                quotas.note(.rate, examined.intake)
                decisions.append(Decision(examined: examined, result: .turnedAway(refusal)))
                return
            }
            let refusal = examined.intake.deadReason.map(Refusal.givenUp) ?? refusal
            if !isQuery(examined), !hasExpired(examined), !examined.isDryRun {
                keep(examined, refusal)
            }
            decisions.append(Decision(examined: examined, result: .unreadable(refusal)))
        case .success(let message):
            let key = Inbox.Key(of: message, examined.intake)
            let isNew = loaded.inbox[key] == nil
            if let known = answerBefore(key) {
                let mayGoOn =
                    examined.intake.isParked && !known.answer.state.isFinal
                    || isQuery(examined) && known.answer.state == .accepted
                if let digest = known.digest, digest != examined.digest {
                    // Nobody answers for a fact: an operator must look at it.
                    if key.isFact {
                        let refusal = Refusal(.conflict, pointer: "/id")
                        dead.append(DeadLetters.Entry(examined: examined, refusal: refusal))
                    }
                    decisions.append(Decision(examined: examined, result: .conflict))
                    return
                }
                if !mayGoOn {
                    decisions.append(Decision(examined: examined, result: .again(known.answer)))
                    return
                }
            }
            seen[key] = decisions.count
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
            let key = Inbox.Key(of: message, decision.examined.intake)
            // A fact may be of any age: its row is kept from the day it arrived.
            let time = key.isFact ? unit.now : message.header.time
            return Inbox.Decision(
                key: key, day: time.day,
                digest: isQuery(decision.examined) ? nil : decision.examined.digest,
                answer: answer)
        }
        .sorted { $0.key < $1.key }
    }

    private func answerBefore(_ key: Inbox.Key) -> Inbox.Entry? {
        if let index = seen[key], case .decided(let answer) = decisions[index].result {
            return Inbox.Entry(digest: decisions[index].examined.digest, answer: answer)
        }
        return loaded.inbox[key]
    }

    private mutating func handle(
        _ examined: Examined, _ message: Message, _ verdict: Verdict?
    ) throws -> Decision {
        if let verdict { return reject(examined, message, verdict) }
        if let reason = examined.intake.deadReason {
            let refusal = Refusal.givenUp(because: reason)
            return hasExpired(examined)
                ? Decision(examined: examined, result: .turnedAway(refusal))
                : bury(examined, refusal)
        }
        guard let route = router.routes[message.header.type] else {
            return Decision(examined: examined, result: .decided(Answer(state: .applied)))
        }
        let scope = scope(of: examined.intake, route)
        if route.kind != .fact, !route.isOpen, let refusal = outOfScope(message, scope) {
            return close(examined, message, refusal)
        }
        if route.kind == .query, examined.intake.receiptQueue == nil {
            return close(examined, message, Refusal(.replyToMissing, at: ""))
        }
        unit.begin(
            message.header, publisher: examined.intake.publisher ?? "", scope: scope,
            alone: route.isAlone, replyTo: ReplyAddress(examined.intake))
        CrashPoint.pass(deciding: message.header.id)
        if route.kind == .query, loaded.queries.isSpent(by: unit.publisher) {
            quotas.note(.rate, examined.intake)
            return Decision(examined: examined, result: .turnedAway(.askedTooMuch))
        }
        do {
            let handled = try measured(route, message)
            unit.keep()
            return accept(examined, handled)
        } catch let error as PostgresError {
            throw error
        } catch {
            let verdict = self.verdict(on: message, error)
            // What it has executed goes with the transaction alone.
            if unit.hasExecuted { throw verdict }
            unit.drop()
            return reject(examined, message, verdict)
        }
    }

    private func accept(_ examined: Examined, _ handled: Handled) -> Decision {
        switch handled {
        case .accepted(let facts):
            let answer = Answer(
                state: .accepted, facts: Int16(facts.count), refusal: unit.remark,
                outcome: unit.outcome)
            return Decision(examined: examined, result: .decided(answer), facts: facts)
        case .answered(let answer):
            return Decision(
                examined: examined, result: .decided(Answer(state: .accepted)), answer: answer)
        case .applied:
            return Decision(examined: examined, result: .decided(Answer(state: .applied)))
        }
    }

    // MARK: What is not accepted

    private func verdict(on message: Message, _ error: any Error) -> Verdict {
        switch error {
        case let refusal as Refusal: return .refused(refusal)
        case let wait as Wait: return .waits(wait)
        default:
            logger.error(
                "handler failed",
                metadata: [
                    "type": "\(message.header.type)", "id": "\(message.header.id)",
                    "error": "\(error)",
                ])
            return .failed
        }
    }

    private mutating func reject(
        _ examined: Examined, _ message: Message, _ verdict: Verdict
    ) -> Decision {
        switch verdict {
        case .refused(let refusal): close(examined, message, refusal)
        case .waits(let wait): park(examined, message, wait)
        case .failed: retry(examined, Refusal(.handlerFailed, pointer: ""))
        case .locked: waitForRow(examined)
        }
    }

    /// A refused command is decided. A fact cannot be refused: its publisher is another service, so an
    /// operator must look at it.
    private mutating func close(
        _ examined: Examined, _ message: Message, _ refusal: Refusal
    ) -> Decision {
        if let wait = waitForGrant(examined, message, refusal) { return wait }
        guard message.payload is any Fact else {
            return Decision(
                examined: examined, result: .decided(Answer(state: .rejected, refusal: refusal)))
        }
        return bury(examined, refusal)
    }

    /// A command that is out of scope waits a moment for the grant that may be on its way, unless no grant is enough. Registry
    /// itself has no such handler.
    private mutating func waitForGrant(
        _ examined: Examined, _ message: Message, _ refusal: Refusal
    ) -> Decision? {
        guard refusal.code == RefusalCode.outOfScope.code,
            router.routes[PublisherGranted.type] != nil,
            router.routes[message.header.type]?.kind == .command, !examined.isDryRun,
            SendingRight.of(message.header.type).extent != .operatorOnly,
            let publisher = examined.intake.publisher, publisher != settings.operatorName,
            GrantWaits.isYoung(loaded.scopes[publisher], now: unit.now)
        else { return nil }
        guard examined.intake.attempt == 0 else {
            loaded.waits.disappoint(publisher)
            return nil
        }
        guard loaded.waits.allow(publisher) else { return nil }
        return park(
            examined, 1, loaded.waits.patience, waitsFor: DerivedID.grant(of: publisher), refusal,
            until: unit.now.adding(seconds: loaded.waits.patience))
    }

    private mutating func park(
        _ examined: Examined, _ message: Message, _ wait: Wait
    ) -> Decision {
        let attempt = settings.retry.firstWait(after: examined.intake.attempt)
        guard !isQuery(examined), let delay = settings.retry.delay(after: attempt) else {
            return close(examined, message, wait.otherwise)
        }
        return park(
            examined, attempt + 1, delay, waitsFor: wait.id, wait.otherwise,
            until: end(after: attempt))
    }

    private mutating func retry(_ examined: Examined, _ refusal: Refusal) -> Decision {
        let attempt = examined.intake.attempt
        guard !isQuery(examined), let delay = settings.retry.delay(after: attempt) else {
            return bury(examined, refusal)
        }
        return park(
            examined, attempt + 1, delay, waitsFor: nil, refusal, until: end(after: attempt))
    }

    /// When a message that is parked now is tried for the last time, if nothing wakes it before.
    private func end(after attempt: Int) -> Timestamp {
        unit.now.adding(seconds: settings.retry.rest(after: attempt))
    }

    /// No try is used up: the message has done nothing wrong.
    private mutating func waitForRow(_ examined: Examined) -> Decision {
        let refusal = Refusal(.rowLocked, pointer: "")
        guard !isQuery(examined), !examined.isDryRun else {
            return Decision(
                examined: examined, result: .decided(Answer(state: .rejected, refusal: refusal)))
        }
        return park(
            examined, examined.intake.attempt, LockedMessages.pause, waitsFor: nil, refusal,
            until: nil)
    }

    private mutating func park(
        _ examined: Examined, _ attempt: Int, _ delay: Int, waitsFor: UUID?, _ refusal: Refusal,
        until: Timestamp?
    ) -> Decision {
        if quotas.turnsAway(.parked, examined.intake) { return turnAway(examined) }
        parked.append(
            Parked.Entry(
                examined: examined, attempt: attempt, due: unit.now.adding(seconds: delay),
                waitsFor: waitsFor, code: refusal.code))
        return Decision(
            examined: examined,
            result: .decided(Answer(state: .parked, refusal: refusal, until: until)))
    }

    private mutating func bury(_ examined: Examined, _ refusal: Refusal) -> Decision {
        guard !isQuery(examined) else {
            return Decision(
                examined: examined, result: .decided(Answer(state: .rejected, refusal: refusal)))
        }
        guard keep(examined, refusal) else { return turnAway(examined) }
        return Decision(
            examined: examined, result: .decided(Answer(state: .dead, refusal: refusal)))
    }

    /// Keeps a dead letter, unless its publisher has left too many.
    /// - Returns: whether it is kept.
    @discardableResult
    private mutating func keep(_ examined: Examined, _ refusal: Refusal) -> Bool {
        if quotas.turnsAway(.deadLetters, examined.intake) { return false }
        dead.append(DeadLetters.Entry(examined: examined, refusal: refusal))
        return true
    }
}
