/// Registers one person, in a household that exists or in none.
public struct RegisterPerson: Command, Territorial {
    public static let type = "registry.person.register.v1"

    public var person: PersonID
    public var household: HouseholdID?
    /// Where the person stands in the household.
    public var role: Role?
    public var territory: TerritoryCode
    public var registeredOn: BusinessDate
    public var name: String
    public var residentId: ResidentID
    public var phone: String?

    public init(
        person: PersonID, household: HouseholdID? = nil, role: Role? = nil,
        territory: TerritoryCode, registeredOn: BusinessDate, name: String, residentId: ResidentID,
        phone: String? = nil
    ) {
        self.person = person
        self.household = household
        self.role = role
        self.territory = territory
        self.registeredOn = registeredOn
        self.name = name
        self.residentId = residentId
        self.phone = phone
    }

    public func check(_ checks: inout Checks) {
        checks.text(name, "name", TextLimit.person)
        checks.text(phone, "phone", TextLimit.phone)
    }
}

/// A person is registered. Without name, resident id or phone number.
public struct PersonRegistered: Fact {
    public static let type = "registry.person.registered.v1"

    public var person: PersonID
    public var household: HouseholdID?
    public var role: Role?
    public var territory: TerritoryCode
    public var registeredOn: BusinessDate
    public var birthDate: BusinessDate
    public var sex: Sex
    /// What it changes besides the person: a household in which nobody lived.
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
}

/// A person is who the registration says.
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

/// Moves a person to another territory, into another household, or both; or out of the area that the
/// association looks after.
public struct MovePerson: Command {
    public static let type = "registry.person.move.v1"

    public var person: PersonID
    /// Nil if the person moves out.
    public var destination: TerritoryCode?
    /// The household the person is in from then on; nil for none.
    public var household: HouseholdID?
    /// Where the person stands in that household.
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
}

/// A person lives elsewhere, or in another household.
public struct PersonMoved: Fact {
    public static let type = "registry.person.moved.v1"

    public var person: PersonID
    public var from: TerritoryCode
    /// The household the person was in until then.
    public var leftHousehold: HouseholdID?
    /// Nil if the person moved out.
    public var territory: TerritoryCode?
    public var household: HouseholdID?
    public var role: Role?
    public var movedOn: BusinessDate
    public var birthDate: BusinessDate
    public var sex: Sex
    /// What it changes of those who are registered; missing if registry did not say so yet.
    public var stock: [StockChange]?

    public init(
        person: PersonID, from: TerritoryCode, leftHousehold: HouseholdID? = nil,
        territory: TerritoryCode? = nil, household: HouseholdID? = nil, role: Role? = nil,
        movedOn: BusinessDate, birthDate: BusinessDate, sex: Sex, stock: [StockChange]? = nil
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
}

/// A person has died. The household keeps the place.
public struct PersonDied: Fact {
    public static let type = "registry.person.died.v1"

    public var person: PersonID
    public var household: HouseholdID?
    public var territory: TerritoryCode
    public var diedOn: BusinessDate
    /// What it changes of those who are registered; missing if registry did not say so yet.
    public var stock: [StockChange]?

    public init(
        person: PersonID, household: HouseholdID? = nil, territory: TerritoryCode,
        diedOn: BusinessDate, stock: [StockChange]? = nil
    ) {
        self.person = person
        self.household = household
        self.territory = territory
        self.diedOn = diedOn
        self.stock = stock
    }
}
