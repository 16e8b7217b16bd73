/// Asks for the handovers that concern a territory: those that were asked for it, those of persons who live in it and
/// wait for its office to decide, and those on which its office has decided.
public struct ListHandovers: Query, Territorial {
    public static let type = "registry.handovers.list.v1"

    /// The territory, with everything inside it.
    public var territory: TerritoryCode
    /// The last handover of the page before; nil for the first page.
    public var after: HandoverID?
    /// Handovers on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(territory: TerritoryCode, after: HandoverID? = nil, limit: Int? = nil) {
        self.territory = territory
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.number(limit, "limit", 1...RegistryPage.largest)
    }
}

/// What has become of a handover.
public enum HandoverState: String, WireEnum {
    case waiting, accepted, declined
}

/// A handover as it was asked for. Only whoever may decide on it is told that there is such a person.
public struct HandoverAnswer: Codable, Hashable, Sendable {
    public var handover: HandoverID
    /// As the request named the person.
    public var person: PersonID
    /// Where the person is to be registered.
    public var territory: TerritoryCode
    /// The household there that the person joins.
    public var household: HouseholdID?
    public var role: Role?
    public var movedOn: BusinessDate
    public var state: HandoverState
    /// True if it waits for the publisher: the person lives in a territory that was granted.
    public var decides: Bool
    /// Where the person lives, for whoever decides.
    public var livesIn: TerritoryCode?
    /// The household that the person would leave, for whoever decides.
    public var leaves: HouseholdID?

    public init(
        handover: HandoverID, person: PersonID, territory: TerritoryCode,
        household: HouseholdID? = nil, role: Role? = nil, movedOn: BusinessDate,
        state: HandoverState, decides: Bool, livesIn: TerritoryCode? = nil,
        leaves: HouseholdID? = nil
    ) {
        self.handover = handover
        self.person = person
        self.territory = territory
        self.household = household
        self.role = role
        self.movedOn = movedOn
        self.state = state
        self.decides = decides
        self.livesIn = livesIn
        self.leaves = leaves
    }
}

/// One page of handovers, by their ids.
public struct HandoversAnswer: Codable, Hashable, Sendable {
    public var handovers: [HandoverAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: HandoverID?

    public init(handovers: [HandoverAnswer], next: HandoverID? = nil) {
        self.handovers = handovers
        self.next = next
    }
}
