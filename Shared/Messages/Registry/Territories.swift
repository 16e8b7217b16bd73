/// Loads an edition of the list of territories, or the part of it that one message can hold.
public struct LoadTerritory: Command {
    public static let type = "registry.territory.load.v1"

    /// The day the list was published; a later edition replaces what an earlier one says.
    public var edition: BusinessDate
    /// Who published it, for readers.
    public var source: String
    /// 1 to 5,000.
    public var units: [TerritoryUnit]
    /// A territory of which the message lists every unit: what older editions know inside it and this
    /// one does not list, has ended. Nil if the message closes nothing but predecessors.
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
    /// Which unit followed which. Figures on new boundaries count what is recorded in a closed unit
    /// with one successor there; what was split stays where it was recorded until it is moved.
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

/// That a unit took over another one, or a part of it.
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
    /// The most units one message may hold.
    public static let limit = 5_000
    /// The most units that one can follow.
    public static let predecessorLimit = 100

    public var code: TerritoryCode
    public var nameZh: String
    public var nameEn: String
    public var validFrom: BusinessDate
    public var validTo: BusinessDate?
    /// The units that it took over, or parts of them: one for a new code, several for a merger; several
    /// units with the same one for a split. A predecessor that the edition does not list has ended.
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
        checks.count(predecessors ?? [], "predecessors", 0...Self.predecessorLimit)
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
        checks.period(validFrom, validTo, "validTo")
    }
}
