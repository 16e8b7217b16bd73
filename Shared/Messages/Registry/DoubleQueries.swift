public import FoundationEssentials

/// Asks which registrations are probably of one person: two who agree in name and birth date, in name and telephone, or in
/// birth date, sex and telephone. Both live in the territory. Nothing merges them but `registry.persons.merge.v1`.
public struct ListDoubles: Query, Territorial {
    public static let type = "registry.doubles.list.v1"

    /// The territory, with everything inside it.
    public var territory: TerritoryCode
    /// The last pair of the page before; nil for the first page.
    public var after: UUID?
    /// Pairs on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(territory: TerritoryCode, after: UUID? = nil, limit: Int? = nil) {
        self.territory = territory
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.number(limit, "limit", 1...RegistryPage.largest)
    }
}

/// Two registrations that are probably of one person.
public struct DoubleAnswer: Codable, Hashable, Sendable {
    /// The pair, which is the subject of its task.
    public var pair: UUID
    /// Both, in the order of their ids.
    public var persons: [PersonID]
    /// What is the same.
    public var agreeing: [PersonField]
    /// The task `review_double`. Who dismisses it declares that they are two persons. Nil if they live in two districts.
    public var task: UUID?

    public init(pair: UUID, persons: [PersonID], agreeing: [PersonField], task: UUID? = nil) {
        self.pair = pair
        self.persons = persons
        self.agreeing = agreeing
        self.task = task
    }
}

/// One page of probable doubles, by their pairs' ids.
public struct DoublesAnswer: Codable, Hashable, Sendable {
    public var doubles: [DoubleAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: UUID?

    public init(doubles: [DoubleAnswer], next: UUID? = nil) {
        self.doubles = doubles
        self.next = next
    }
}
