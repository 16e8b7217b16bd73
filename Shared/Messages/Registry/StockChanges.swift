/// Change in the number of registered households and persons of a territory from a day on. A person
/// counts where the person lives. A household counts where it lives, while at least one of its
/// members counts.
public struct StockChange: Codable, Hashable, Sendable {
    public var territory: TerritoryCode
    public var day: BusinessDate
    public var households: Int
    public var persons: Int
    /// Set if the change is in the numbers of those whom a verified category holds for: households of which, or of a member
    /// of which, it was asserted, and persons of whom it was.
    public var category: Category?

    public init(
        territory: TerritoryCode, day: BusinessDate, households: Int, persons: Int,
        category: Category? = nil
    ) {
        self.territory = territory
        self.day = day
        self.households = households
        self.persons = persons
        self.category = category
    }
}
