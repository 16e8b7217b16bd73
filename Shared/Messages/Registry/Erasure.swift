/// Destroys the key of a person's data: nobody can read name, resident id, phone number and
/// evidence any more. Figures up to that day do not change.
public struct ErasePerson: Command {
    public static let type = "registry.person.erase.v1"

    public var person: PersonID
    public var erasedOn: BusinessDate

    public init(person: PersonID, erasedOn: BusinessDate) {
        self.person = person
        self.erasedOn = erasedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(erasedOn, "erasedOn")
    }
}

/// Nobody can read the data of a person any more, under any of the person's ids.
public struct PersonErased: PeopleFact {
    public static let type = "registry.person.erased.v1"

    public var person: PersonID
    /// Registrations that were merged into this one.
    public var merged: [PersonID]
    public var territory: TerritoryCode
    public var erasedOn: BusinessDate
    /// Changes in the numbers of registered households and persons. Older facts do not have it.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        person: PersonID, merged: [PersonID], territory: TerritoryCode, erasedOn: BusinessDate,
        stock: [StockChange]? = nil, records: PeopleRecords? = nil
    ) {
        self.person = person
        self.merged = merged
        self.territory = territory
        self.erasedOn = erasedOn
        self.stock = stock
        self.records = records
    }
}
