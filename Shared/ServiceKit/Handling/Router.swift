public import Messages

/// The handlers of a service, by message type.
///
/// A handler gets a message and the unit of work in which it finds and changes rows. It throws a `Refusal` or a `Wait` if it
/// does not accept the message; any other error is a failure.
public struct Router: Sendable {
    struct Route: Sendable {
        enum Kind { case command, query, fact }

        let kind: Kind
        let isAlone: Bool
        /// Whether the broker's permission is enough to send it: what it asks for is published.
        let isOpen: Bool
        let keys: (@Sendable (any Payload, inout Keys) -> Void)?
        let handle: @Sendable (any Payload, UnitOfWork) throws -> Handled
    }

    private(set) var routes: [String: Route] = [:]
    private(set) var types: [any Payload.Type] = []

    private let checksTerritories: Bool
    private let successions: Successions

    /// - Parameters:
    ///   - territories: takes in registry's list of territories, and takes no command about one that is not on it.
    ///   - successions: of a service that keeps that list itself.
    public init(territories: Bool = false, successions: Successions = .none) {
        checksTerritories = territories
        self.successions = territories ? KnownTerritories.successions : successions
        if territories {
            on(TerritoryLoaded.self, keys: KnownTerritories.keys, KnownTerritories.load)
        }
    }

    /// - Parameters:
    ///   - keys: declares the rows the message will touch.
    ///   - alone: gives each such message a transaction of its own, in which it may `execute`.
    ///   - handle: returns the facts that follow from the command.
    public mutating func on<C: Command>(
        _ type: C.Type, keys: (@Sendable (C, inout Keys) -> Void)? = nil, alone: Bool = false,
        _ handle: @escaping @Sendable (C, UnitOfWork) throws -> [Emission]
    ) {
        precondition(!(type is any Query.Type), "the handler of a query returns its answer")
        add(type, .command, keys, alone: alone) { .accepted(try handle($0, $1)) }
    }

    /// The same for a command from which one fact follows.
    public mutating func on<C: Command>(
        _ type: C.Type, keys: (@Sendable (C, inout Keys) -> Void)? = nil, alone: Bool = false,
        _ handle: @escaping @Sendable (C, UnitOfWork) throws -> Emission
    ) {
        on(type, keys: keys, alone: alone) { [try handle($0, $1)] }
    }

    /// For a fact that is taken in. One that says nothing new is taken in, too.
    public mutating func on<F: Fact>(
        _ type: F.Type, keys: (@Sendable (F, inout Keys) -> Void)? = nil, alone: Bool = false,
        _ handle: @escaping @Sendable (F, UnitOfWork) throws -> Void
    ) {
        add(type, .fact, keys, alone: alone) { fact, unit in
            try handle(fact, unit)
            return .applied
        }
    }

    /// For a fact from which others may follow.
    public mutating func on<F: Fact>(
        _ type: F.Type, keys: (@Sendable (F, inout Keys) -> Void)? = nil, alone: Bool = false,
        _ handle: @escaping @Sendable (F, UnitOfWork) throws -> [Emission]
    ) {
        add(type, .fact, keys, alone: alone) { fact, unit in
            let emissions = try handle(fact, unit)
            return emissions.isEmpty ? .applied : .accepted(emissions)
        }
    }

    /// A query always has a transaction of its own, so that it sees all that was decided before it.
    /// - Parameters:
    ///   - open: for a query of what is published: no grant is needed besides the broker's permission.
    ///   - handle: returns what was asked for.
    public mutating func on<Q: Query, Answer: Codable & Sendable>(
        _ type: Q.Type, keys: (@Sendable (Q, inout Keys) -> Void)? = nil, open: Bool = false,
        _ handle: @escaping @Sendable (Q, UnitOfWork) throws -> Answer
    ) {
        add(type, .query, keys, alone: true, open: open) { .answered(try handle($0, $1)) }
    }

    private mutating func add<P: Payload>(
        _ type: P.Type, _ kind: Route.Kind, _ keys: (@Sendable (P, inout Keys) -> Void)?,
        alone: Bool, open: Bool = false,
        _ handle: @escaping @Sendable (P, UnitOfWork) throws -> Handled
    ) {
        precondition(routes[P.type] == nil, "two handlers for \(P.type)")
        types.append(type)
        let isPlaced = checksTerritories && type is any Placed.Type
        let isChecked = kind != .fact && !open
        let successions = successions
        routes[P.type] = Route(
            kind: kind, isAlone: alone || kind == .query, isOpen: open,
            keys: isPlaced ? Self.placed(Self.erase(keys)) : Self.erase(keys),
            handle: { payload, unit in
                unit.successions = successions
                if isChecked { try unit.requireRight(to: payload) }
                if isPlaced, let command = payload as? any Placed {
                    try KnownTerritories.require(command.placement, unit)
                }
                return try handle(Self.typed(payload), unit)
            })
    }

    /// With the territory that the command names.
    private static func placed(
        _ keys: (@Sendable (any Payload, inout Keys) -> Void)?
    ) -> @Sendable (any Payload, inout Keys) -> Void {
        { payload, needed in
            if let command = payload as? any Placed {
                KnownTerritories.keys(command.placement, &needed)
            }
            keys?(payload, &needed)
        }
    }

    private static func erase<P: Payload>(
        _ keys: (@Sendable (P, inout Keys) -> Void)?
    ) -> (@Sendable (any Payload, inout Keys) -> Void)? {
        guard let keys else { return nil }
        return { payload, needed in keys(typed(payload), &needed) }
    }

    /// A route is looked up by the type that the payload was decoded as.
    private static func typed<P: Payload>(_ payload: any Payload) -> P {
        guard let typed = payload as? P else {
            preconditionFailure("\(Swift.type(of: payload).type) was routed as \(P.type)")
        }
        return typed
    }
}
