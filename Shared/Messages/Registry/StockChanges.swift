/// Change in the number of registered households and persons of a territory from a day on. A person
/// counts where the person lives. A household counts where it lives, while at least one of its
/// members counts.
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
