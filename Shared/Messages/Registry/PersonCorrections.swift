/// Takes back a move that was a mistake. The person lives where the move before it says.
public struct VoidMove: Command {
    public static let type = "registry.person.void_move.v1"

    public var person: PersonID
    /// The day of the wrong move.
    public var movedOn: BusinessDate
    /// The day on which the error was found.
    public var voidedOn: BusinessDate
    /// Kept sealed in registry.
    public var reason: String
    /// The id of the membership as staff member or officer of whoever decides. It is active on that day.
    public var actor: Actor

    public init(
        person: PersonID, movedOn: BusinessDate, voidedOn: BusinessDate, reason: String,
        actor: Actor
    ) {
        self.person = person
        self.movedOn = movedOn
        self.voidedOn = voidedOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(movedOn, "movedOn")
        checks.happened(voidedOn, "voidedOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A move was a mistake.
public struct MoveVoided: PeopleFact {
    public static let type = "registry.person.move_voided.v1"

    public var person: PersonID
    public var movedOn: BusinessDate
    /// Where the move led to; nil if out of the area.
    public var wrong: TerritoryCode?
    public var wrongHousehold: HouseholdID?
    /// Where the person lived on that day instead.
    public var territory: TerritoryCode?
    public var household: HouseholdID?
    public var role: Role?
    public var voidedOn: BusinessDate
    public var actor: Actor
    /// Changes in the numbers of registered households and persons.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it.
    public var records: PeopleRecords?

    public init(
        person: PersonID, movedOn: BusinessDate, wrong: TerritoryCode? = nil,
        wrongHousehold: HouseholdID? = nil, territory: TerritoryCode? = nil,
        household: HouseholdID? = nil, role: Role? = nil, voidedOn: BusinessDate,
        actor: Actor, stock: [StockChange]? = nil, records: PeopleRecords? = nil
    ) {
        self.person = person
        self.movedOn = movedOn
        self.wrong = wrong
        self.wrongHousehold = wrongHousehold
        self.territory = territory
        self.household = household
        self.role = role
        self.voidedOn = voidedOn
        self.actor = actor
        self.stock = stock
        self.records = records
    }
}

/// Corrects the day on which a person has died.
public struct CorrectDeath: Command {
    public static let type = "registry.person.correct_death.v1"

    public var person: PersonID
    /// The right day.
    public var diedOn: BusinessDate
    /// The day on which the error was found.
    public var correctedOn: BusinessDate
    /// Kept sealed in registry.
    public var reason: String
    /// The id of the membership as staff member or officer of whoever decides. It is active on that day.
    public var actor: Actor

    public init(
        person: PersonID, diedOn: BusinessDate, correctedOn: BusinessDate, reason: String,
        actor: Actor
    ) {
        self.person = person
        self.diedOn = diedOn
        self.correctedOn = correctedOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.day(diedOn, "diedOn", .life)
        checks.happened(correctedOn, "correctedOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A person has died on another day than was said.
public struct DeathCorrected: PeopleFact {
    public static let type = "registry.person.death_corrected.v1"

    public var person: PersonID
    public var household: HouseholdID?
    public var territory: TerritoryCode
    public var diedOn: BusinessDate
    /// The day that was said before.
    public var wrong: BusinessDate
    public var correctedOn: BusinessDate
    public var actor: Actor
    /// Changes in the numbers of registered households and persons.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it.
    public var records: PeopleRecords?

    public init(
        person: PersonID, household: HouseholdID? = nil, territory: TerritoryCode,
        diedOn: BusinessDate, wrong: BusinessDate, correctedOn: BusinessDate,
        actor: Actor, stock: [StockChange]? = nil, records: PeopleRecords? = nil
    ) {
        self.person = person
        self.household = household
        self.territory = territory
        self.diedOn = diedOn
        self.wrong = wrong
        self.correctedOn = correctedOn
        self.actor = actor
        self.stock = stock
        self.records = records
    }
}

/// Takes back a death that was recorded by mistake.
public struct VoidDeath: Command {
    public static let type = "registry.person.void_death.v1"

    public var person: PersonID
    /// The day on which the error was found.
    public var voidedOn: BusinessDate
    /// Kept sealed in registry.
    public var reason: String
    /// The id of the membership as staff member or officer of whoever decides. It is active on that day.
    public var actor: Actor

    public init(
        person: PersonID, voidedOn: BusinessDate, reason: String, actor: Actor
    ) {
        self.person = person
        self.voidedOn = voidedOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(voidedOn, "voidedOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A person of whom a death was recorded has not died.
public struct DeathVoided: PeopleFact {
    public static let type = "registry.person.death_voided.v1"

    public var person: PersonID
    public var household: HouseholdID?
    public var territory: TerritoryCode
    /// The day that was said.
    public var wrong: BusinessDate
    public var voidedOn: BusinessDate
    public var actor: Actor
    /// Changes in the numbers of registered households and persons.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it.
    public var records: PeopleRecords?

    public init(
        person: PersonID, household: HouseholdID? = nil, territory: TerritoryCode,
        wrong: BusinessDate, voidedOn: BusinessDate, actor: Actor,
        stock: [StockChange]? = nil, records: PeopleRecords? = nil
    ) {
        self.person = person
        self.household = household
        self.territory = territory
        self.wrong = wrong
        self.voidedOn = voidedOn
        self.actor = actor
        self.stock = stock
        self.records = records
    }
}
