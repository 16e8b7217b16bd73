/// How many more, or fewer, are registered in a territory from a day on. A person who lives here counts where the person
/// lives; a household where it lives, as long as one of its members counts.
public struct StockChange: Codable, Hashable, Sendable {
    public var territory: TerritoryCode
    public var day: BusinessDate
    public var households: Int
    public var persons: Int

    public init(territory: TerritoryCode, day: BusinessDate, households: Int, persons: Int) {
        self.territory = territory
        self.day = day
        self.households = households
        self.persons = persons
    }
}
