internal import Messages

// The scope of a message's publisher.

extension Decider {
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
