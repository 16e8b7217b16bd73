public import Messages

/// How a service finds the units that took a closed one over.
public struct Successions: Sendable {
    /// What a service knows of a unit.
    public enum Standing: Sendable {
        /// It is not known: it counts as a part of the unit around it.
        case unknown
        case inForce
        /// - Parameter into: the units that took it over; empty if none has.
        case closed(into: [TerritoryCode])
    }

    let find: @Sendable (TerritoryCode, UnitOfWork) throws -> Standing

    public init(_ find: @escaping @Sendable (TerritoryCode, UnitOfWork) throws -> Standing) {
        self.find = find
    }

    /// For a service that keeps no list of territories.
    public static let none = Successions { _, _ in .inForce }
}

/// The one mechanism of authority. The router asks `requireRight` before a handler runs. A handler asks `requireScope` for
/// each unit, household, person and record that its command touches, before it changes anything.
extension UnitOfWork {
    /// The most units that are followed from one, so that a wrong list cannot be followed for ever.
    private static let followed = 200

    /// Whether nothing bounds what the publisher may send: only the operator.
    public var isUnlimited: Bool { scope.isUnlimited }

    /// Whether the publisher may speak for that territory.
    ///
    /// Records of a closed unit belong to the units that took it over: whoever was granted the old unit does not see them
    /// any more. Records of a unit that was split belong to all its parts together, until they are moved.
    public func covers(_ territory: TerritoryCode) throws -> Bool {
        if scope.isUnlimited { return true }
        return try standing(territory).allSatisfy(scope.covers)
    }

    /// Whether the grant itself names the territory, whatever became of it.
    public func isGranted(_ territory: TerritoryCode) -> Bool { scope.covers(territory) }

    /// Refuses a message of a publisher who may not speak for that territory.
    public func requireScope(
        _ territory: TerritoryCode, at pointer: @autoclosure () -> String,
        expected: @autoclosure () -> String? = nil
    ) throws {
        guard try covers(territory) else {
            throw Refusal(
                .outOfScope, at: pointer(), expected: expected() ?? RefusalCode.outOfScope.expected)
        }
    }

    /// The same for something that serves every unit in its territory, such as a fund or an activity of the district: a
    /// publisher of one of those units may use it for that unit.
    public func requireScope(
        of territory: TerritoryCode, serving part: TerritoryCode,
        at pointer: @autoclosure () -> String
    ) throws {
        if territory.contains(part) { return }
        try requireScope(territory, at: pointer())
    }

    /// The units as which a unit counts today: itself, or those that took it over.
    public func standing(_ territory: TerritoryCode) throws -> [TerritoryCode] {
        var open = [territory]
        var seen: Set<TerritoryCode> = []
        var standing: [TerritoryCode] = []
        while let code = open.popLast(), seen.count < Self.followed {
            guard seen.insert(code).inserted else { continue }
            let successors = try successors(of: code)
            if successors.isEmpty { standing.append(code) } else { open += successors }
        }
        return standing
    }

    /// Those of the unit itself, or else of the narrowest closed unit around it.
    private func successors(of territory: TerritoryCode) throws -> [TerritoryCode] {
        var around: TerritoryCode? = territory
        while let code = around, code.level > .district {
            switch try successions.find(code, self) {
            case .inForce: return []
            case .closed(let successors) where !successors.isEmpty: return successors
            case .closed, .unknown: around = code.parent
            }
        }
        return []
    }

    // MARK: The router's side

    /// Refuses a command that the publisher's grant does not reach, before its handler reads anything.
    func requireRight(to payload: any Payload) throws {
        guard !scope.isUnlimited else { return }
        let type = Swift.type(of: payload).type
        let right = SendingRight.of(type)
        let pointer = right.touches.first ?? ""
        switch right.extent {
        case .published: return
        case .operatorOnly: throw Refusal(.outOfScope, at: pointer, expected: "the operator")
        case .district: try requireDistrict(around: payload, at: pointer)
        case .territories:
            guard let territorial = payload as? any Territorial else { return }
            try requireScope(territorial.territory, at: "/territory")
        }
    }

    /// A rule of a district binds everybody in it, so its whole territory must have been granted.
    private func requireDistrict(around payload: any Payload, at pointer: String) throws {
        let expected = "a grant of the whole district"
        if let territorial = payload as? any Territorial {
            let code = territorial.territory
            try requireScope(
                code.ancestor(at: .district) ?? code, at: "/territory", expected: expected)
        } else {
            guard scope.hasDistrict else {
                throw Refusal(.outOfScope, at: pointer, expected: expected)
            }
        }
    }
}
