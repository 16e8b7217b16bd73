/// Destroys the key of a person's data: name, resident id, phone number and evidence can no longer be
/// read by anyone. What was counted until that day stays counted.
public struct ErasePerson: Command {
    public static let type = "registry.person.erase.v1"

    public var person: PersonID
    public var erasedOn: BusinessDate

    public init(person: PersonID, erasedOn: BusinessDate) {
        self.person = person
        self.erasedOn = erasedOn
    }
}

/// The data of a person, under all of the person's ids, can no longer be read.
public struct PersonErased: Fact {
    public static let type = "registry.person.erased.v1"

    public var person: PersonID
    /// Registrations that were merged into this one.
    public var merged: [PersonID]
    public var territory: TerritoryCode
    public var erasedOn: BusinessDate
    /// What it changes of those who are registered; missing if registry did not say so yet.
    public var stock: [StockChange]?

    public init(
        person: PersonID, merged: [PersonID], territory: TerritoryCode, erasedOn: BusinessDate,
        stock: [StockChange]? = nil
    ) {
        self.person = person
        self.merged = merged
        self.territory = territory
        self.erasedOn = erasedOn
        self.stock = stock
    }
}
