internal import Messages

// What depends on the publisher of a message.

extension Decider {
    /// Whether the broker dropped a command at the time that its publisher had set. Nobody waits for it any more, so nothing of it
    /// is kept. Nobody sets such a time for a fact.
    func hasExpired(_ examined: Examined) -> Bool {
        examined.intake.deadReason == "expired" && examined.intake.origin == .commands
    }

    func scope(of intake: Intake, _ route: Router.Route) -> Scope {
        guard route.kind != .fact else { return .none }
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
}
