public import Messages

/// Which handler takes which message type.
public struct Router: Sendable {
    struct Route: Sendable {
        let isCommand: Bool
        let isAlone: Bool
        let isQuery: Bool
        /// Whether the broker's permission is enough to send it: what it asks for is published.
        let isOpen: Bool
        let keys: (@Sendable (any Payload, inout Keys) -> Void)?
        let handle: @Sendable (any Payload, UnitOfWork) throws -> Outcome
    }

    private(set) var routes: [String: Route] = [:]
    private(set) var types: [any Payload.Type] = []

    private let checksTerritories: Bool

    /// - Parameter territories: takes in registry's list of territories, and takes no command about one that is not on it.
    public init(territories: Bool = false) {
        checksTerritories = territories
        if territories {
            on(TerritoryLoaded.self, keys: KnownTerritories.keys, KnownTerritories.load)
        }
    }

    /// - Parameters:
    ///   - keys: declares the rows the message will touch.
    ///   - alone: gives each such message a transaction of its own, in which it may `execute`. A query
    ///     always has one, so that it sees all that was decided before it.
    ///   - open: for a query of what is published: no grant is needed besides the broker's permission.
    public mutating func on<P: Payload>(
        _ type: P.Type, keys: (@Sendable (P, inout Keys) -> Void)? = nil, alone: Bool = false,
        open: Bool = false,
        _ handle: @escaping @Sendable (P, UnitOfWork) throws -> Outcome
    ) {
        precondition(routes[P.type] == nil, "two handlers for \(P.type)")
        types.append(type)
        let isPlaced = checksTerritories && type is any Placed.Type
        routes[P.type] = Route(
            isCommand: type is any Command.Type, isAlone: alone || type is any Query.Type,
            isQuery: type is any Query.Type, isOpen: open,
            keys: isPlaced ? Self.placed(Self.erase(keys)) : Self.erase(keys),
            handle: { payload, unit in
                guard let payload = payload as? P else { return .ignored }
                if isPlaced, let command = payload as? any Placed,
                    let problem = try KnownTerritories.problem(command.placement, unit)
                {
                    return problem
                }
                return try handle(payload, unit)
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
        return { payload, needed in
            if let payload = payload as? P { keys(payload, &needed) }
        }
    }
}
