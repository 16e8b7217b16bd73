extension Tag { public enum Person {} }
public typealias PersonID = ID<Tag.Person>

public enum Sex: String, WireEnum {
    case male, female
}

/// Registers one person, in an existing household or in none.
public struct RegisterPerson: Command, Territorial, PersonDescription {
    public static let type = "registry.person.register.v1"

    public var person: PersonID
    public var household: HouseholdID?
    /// Role of the person in the household.
    public var role: Role?
    public var territory: TerritoryCode
    public var registeredOn: BusinessDate
    public var name: String
    /// Nil for somebody without one, such as a newborn or a foreigner.
    public var residentId: ResidentID?
    public var phone: String?
    /// Other papers, at most 8.
    public var papers: [Paper]?
    /// Required if no number of a paper says it.
    public var birthDate: BusinessDate?
    /// Required if no number of a paper says it.
    public var sex: Sex?

    public init(
        person: PersonID, household: HouseholdID? = nil, role: Role? = nil,
        territory: TerritoryCode, registeredOn: BusinessDate, name: String,
        residentId: ResidentID? = nil, phone: String? = nil, papers: [Paper]? = nil,
        birthDate: BusinessDate? = nil, sex: Sex? = nil
    ) {
        self.person = person
        self.household = household
        self.role = role
        self.territory = territory
        self.registeredOn = registeredOn
        self.name = name
        self.residentId = residentId
        self.phone = phone
        self.papers = papers
        self.birthDate = birthDate
        self.sex = sex
    }

    public func check(_ checks: inout Checks) {
        checks.happened(registeredOn, "registeredOn")
        checkPerson(&checks)
        checks.require(
            isBorn(by: registeredOn), "registeredOn", "a date on or after the person's birth")
    }
}

/// A person is registered. Without name, papers or phone number.
public struct PersonRegistered: Fact {
    public static let type = "registry.person.registered.v1"

    public var person: PersonID
    public var household: HouseholdID?
    public var role: Role?
    public var territory: TerritoryCode
    public var registeredOn: BusinessDate
    public var birthDate: BusinessDate
    public var sex: Sex
    /// Changes in numbers beyond the person: a household in which nobody lived, and one that has moved since that day.
    public var stock: [StockChange]?

    public init(
        person: PersonID, household: HouseholdID? = nil, role: Role? = nil,
        territory: TerritoryCode, registeredOn: BusinessDate, birthDate: BusinessDate, sex: Sex,
        stock: [StockChange]? = nil
    ) {
        self.person = person
        self.household = household
        self.role = role
        self.territory = territory
        self.registeredOn = registeredOn
        self.birthDate = birthDate
        self.sex = sex
        self.stock = stock
    }
}

/// Confirms a registered person after the identity card was seen.
public struct VerifyPerson: Command {
    public static let type = "registry.person.verify.v1"

    public var person: PersonID
    public var verifiedOn: BusinessDate

    public init(person: PersonID, verifiedOn: BusinessDate) {
        self.person = person
        self.verifiedOn = verifiedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(verifiedOn, "verifiedOn")
    }
}

/// The identity of a person is verified.
public struct PersonVerified: Fact {
    public static let type = "registry.person.verified.v1"

    public var person: PersonID
    public var territory: TerritoryCode
    public var verifiedOn: BusinessDate

    public init(person: PersonID, territory: TerritoryCode, verifiedOn: BusinessDate) {
        self.person = person
        self.territory = territory
        self.verifiedOn = verifiedOn
    }
}

/// Moves a person to another territory, into another household, or both, or out of the
/// association's area.
public struct MovePerson: Command {
    public static let type = "registry.person.move.v1"

    public var person: PersonID
    /// Nil if the person moves out.
    public var destination: TerritoryCode?
    /// The person's household from then on; nil for none.
    public var household: HouseholdID?
    /// Role of the person in that household.
    public var role: Role?
    public var movedOn: BusinessDate

    public init(
        person: PersonID, destination: TerritoryCode? = nil, household: HouseholdID? = nil,
        role: Role? = nil, movedOn: BusinessDate
    ) {
        self.person = person
        self.destination = destination
        self.household = household
        self.role = role
        self.movedOn = movedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(movedOn, "movedOn")
    }
}

/// A person lives elsewhere, or in another household.
public struct PersonMoved: PeopleFact {
    public static let type = "registry.person.moved.v1"

    public var person: PersonID
    public var from: TerritoryCode
    /// The person's household until then.
    public var leftHousehold: HouseholdID?
    /// Nil if the person moved out.
    public var territory: TerritoryCode?
    public var household: HouseholdID?
    public var role: Role?
    public var movedOn: BusinessDate
    public var birthDate: BusinessDate
    public var sex: Sex
    /// Changes in the numbers of registered households and persons. Empty if the fact of a registration says them. Older facts
    /// do not have it.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        person: PersonID, from: TerritoryCode, leftHousehold: HouseholdID? = nil,
        territory: TerritoryCode? = nil, household: HouseholdID? = nil, role: Role? = nil,
        movedOn: BusinessDate, birthDate: BusinessDate, sex: Sex, stock: [StockChange]? = nil,
        records: PeopleRecords? = nil
    ) {
        self.person = person
        self.from = from
        self.leftHousehold = leftHousehold
        self.territory = territory
        self.household = household
        self.role = role
        self.movedOn = movedOn
        self.birthDate = birthDate
        self.sex = sex
        self.stock = stock
        self.records = records
    }
}

/// Records that a person has died.
public struct RecordDeath: Command {
    public static let type = "registry.person.record_death.v1"

    public var person: PersonID
    public var diedOn: BusinessDate

    public init(person: PersonID, diedOn: BusinessDate) {
        self.person = person
        self.diedOn = diedOn
    }

    public func check(_ checks: inout Checks) {
        checks.day(diedOn, "diedOn", .life)
    }
}

/// A person has died. The person remains a member of the household.
public struct PersonDied: PeopleFact {
    public static let type = "registry.person.died.v1"

    public var person: PersonID
    public var household: HouseholdID?
    public var territory: TerritoryCode
    public var diedOn: BusinessDate
    /// Changes in the numbers of registered households and persons. Older facts do not have it.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        person: PersonID, household: HouseholdID? = nil, territory: TerritoryCode,
        diedOn: BusinessDate, stock: [StockChange]? = nil, records: PeopleRecords? = nil
    ) {
        self.person = person
        self.household = household
        self.territory = territory
        self.diedOn = diedOn
        self.stock = stock
        self.records = records
    }
}
