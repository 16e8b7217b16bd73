/// Loads an edition of the list of territories, or the part of it that one message can hold.
public struct LoadTerritory: Command {
    public static let type = "registry.territory.load.v1"

    /// The day on which the list was published. A later edition replaces an earlier one.
    public var edition: BusinessDate
    /// Publisher of the list, for readers.
    public var source: String
    /// 1 to 5,000 units.
    public var units: [TerritoryUnit]
    /// A territory of which the message lists every unit. Units inside it that older editions have
    /// and this one does not list have ended. If it is absent, the message ends predecessors only.
    public var completeWithin: TerritoryCode?

    public init(
        edition: BusinessDate, source: String, units: [TerritoryUnit],
        completeWithin: TerritoryCode? = nil
    ) {
        self.edition = edition
        self.source = source
        self.units = units
        self.completeWithin = completeWithin
    }

    public func check(_ checks: inout Checks) {
        checks.happened(edition, "edition")
        checks.text(source, "source", TextLimit.name)
        checks.count(units, "units", 1...TerritoryUnit.limit)
        checks.each(units, "units") { $0.check(&$1) }
    }
}

/// An edition of the list of territories is in force.
public struct TerritoryLoaded: Fact {
    public static let type = "registry.territory.loaded.v1"

    public var edition: BusinessDate
    public var source: String
    public var units: [TerritoryUnit]
    /// Predecessors and successors of units. Figures on new boundaries count records of a closed
    /// unit with one successor in that successor. Records of a unit that was split stay there until
    /// they are moved.
    public var successions: [TerritorySuccession]?
    /// Units that this edition has ended.
    public var closed: [TerritoryClosure]?

    public init(
        edition: BusinessDate, source: String, units: [TerritoryUnit],
        successions: [TerritorySuccession]? = nil, closed: [TerritoryClosure]? = nil
    ) {
        self.edition = edition
        self.source = source
        self.units = units
        self.successions = successions
        self.closed = closed
    }
}

/// A unit that replaced another one, or a part of it.
public struct TerritorySuccession: Codable, Hashable, Sendable {
    public var predecessor: TerritoryCode
    public var successor: TerritoryCode
    /// The first day of the successor.
    public var from: BusinessDate

    public init(predecessor: TerritoryCode, successor: TerritoryCode, from: BusinessDate) {
        self.predecessor = predecessor
        self.successor = successor
        self.from = from
    }
}

/// The last day of a unit.
public struct TerritoryClosure: Codable, Hashable, Sendable {
    public var code: TerritoryCode
    public var validTo: BusinessDate

    public init(code: TerritoryCode, validTo: BusinessDate) {
        self.code = code
        self.validTo = validTo
    }
}

/// One territory of a list.
public struct TerritoryUnit: Codable, Hashable, Sendable {
    /// Largest number of units in one message.
    public static let limit = 5_000
    /// Largest number of predecessors of a unit.
    static let predecessorLimit = 100

    public var code: TerritoryCode
    public var nameZh: String
    public var nameEn: String
    public var validFrom: BusinessDate
    public var validTo: BusinessDate?
    /// Units that it replaced wholly or in part: one for a new code, several for a merger, the same
    /// one in several units for a split. A predecessor that the edition does not list has ended.
    public var predecessors: [TerritoryCode]?

    public init(
        code: TerritoryCode, nameZh: String, nameEn: String, validFrom: BusinessDate,
        validTo: BusinessDate? = nil, predecessors: [TerritoryCode]? = nil
    ) {
        self.code = code
        self.nameZh = nameZh
        self.nameEn = nameEn
        self.validFrom = validFrom
        self.validTo = validTo
        self.predecessors = predecessors
    }

    func check(_ checks: inout Checks) {
        checks.day(validFrom, "validFrom", .territory)
        checks.day(validTo, "validTo", .validity)
        checks.count(predecessors ?? [], "predecessors", 0...Self.predecessorLimit)
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
        checks.period(validFrom, validTo, "validTo")
    }
}
