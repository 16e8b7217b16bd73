internal import Messages

// What depends on the publisher of a message.

extension Decider {
    /// Handles a message. The time of a query is its publisher's.
    func measured(_ route: Router.Route, _ message: Message) throws -> Handled {
        guard route.kind == .query else { return try route.handle(message.payload, unit) }
        let started = ContinuousClock.now
        defer { loaded.queries.spend(ContinuousClock.now - started, by: unit.publisher) }
        return try route.handle(message.payload, unit)
    }

    /// Counts what was decided, once it is committed.
    func measure() {
        var counts: [String: Int] = [:]
        for decision in decisions { counts[decision.result.name, default: 0] += 1 }
        for (name, count) in counts { Measurements.outcome(name, count) }
        quotas.measure(logger)
    }

    /// Whether the broker dropped a command at the time that its publisher had set. Nobody waits for it any more, so nothing of it
    /// is kept. Nobody sets such a time for a fact.
    func hasExpired(_ examined: Examined) -> Bool {
        examined.intake.deadReason == "expired" && examined.intake.origin == .commands
    }

    func scope(of intake: Intake, _ route: Router.Route) -> Scope {
        guard route.kind != .fact else { return .none }
        if intake.isOwn { return .unlimited }
        guard let publisher = intake.publisher else { return .none }
        return publisher == settings.operatorName
            ? .unlimited : loaded.scopes[publisher] ?? .none
    }

    /// The router checks the territories.
    func outOfScope(_ message: Message, _ scope: Scope) -> Refusal? {
        let type = message.header.type
        return scope.allows(type, SendingRight.of(type).naming)
            ? nil : Refusal(.outOfScope, pointer: "/type")
    }

    /// A query may name a person, so it is neither parked nor buried, but refused: whoever asked may
    /// ask again. What the document says counts too: of a message that the broker has given up, the publisher has written
    /// the routing key.
    func isQuery(_ examined: Examined) -> Bool {
        [examined.intake.routingKey, examined.type].contains { type in
            type.flatMap { router.routes[$0] }?.kind == .query
        }
    }
}
