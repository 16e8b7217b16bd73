public import FoundationEssentials

/// Registers a household with its members and what it is recognised as, in one message; this is
/// what an import sends.
public struct RegisterHousehold: Command, Territorial {
    public static let type = "registry.household.register.v1"

    public var household: HouseholdID
    public var territory: TerritoryCode
    public var registeredOn: BusinessDate
    /// 1 to 20.
    public var members: [NewMember]
    /// At most 20.
    public var categories: [NewCategory]

    public init(
        household: HouseholdID, territory: TerritoryCode, registeredOn: BusinessDate,
        members: [NewMember], categories: [NewCategory]
    ) {
        self.household = household
        self.territory = territory
        self.registeredOn = registeredOn
        self.members = members
        self.categories = categories
    }

    public func check(_ checks: inout Checks) {
        checks.count(members, "members", 1...20)
        checks.count(categories, "categories", 0...20)
        checks.each(members, "members") { $0.check(&$1) }
        checks.each(categories, "categories") { $0.check(&$1) }
    }
}

/// A person on the way into registry, with the personal data that stays there.
public struct NewMember: Codable, Hashable, Sendable {
    public var person: PersonID
    public var role: Role
    public var name: String
    public var residentId: ResidentID
    public var phone: String?

    public init(
        person: PersonID, role: Role, name: String, residentId: ResidentID, phone: String? = nil
    ) {
        self.person = person
        self.role = role
        self.name = name
        self.residentId = residentId
        self.phone = phone
    }

    func check(_ checks: inout Checks) {
        checks.text(name, "name", TextLimit.person)
        checks.text(phone, "phone", TextLimit.phone)
    }
}

/// A category asserted together with its household.
public struct NewCategory: Codable, Hashable, Sendable {
    public var assertion: AssertionID
    /// The household's id or a member's.
    public var subject: UUID
    public var category: Category
    /// What was shown, such as the kind of a certificate; stays in registry.
    public var evidence: String?
    public var validFrom: BusinessDate
    public var validTo: BusinessDate?
    /// True if the sender has seen the evidence.
    public var verified: Bool

    public init(
        assertion: AssertionID, subject: UUID, category: Category, evidence: String? = nil,
        validFrom: BusinessDate, validTo: BusinessDate? = nil, verified: Bool
    ) {
        self.assertion = assertion
        self.subject = subject
        self.category = category
        self.evidence = evidence
        self.validFrom = validFrom
        self.validTo = validTo
        self.verified = verified
    }

    func check(_ checks: inout Checks) {
        checks.text(evidence, "evidence", TextLimit.reason)
        checks.period(validFrom, validTo, "validTo")
    }
}

/// A household is registered. Without names, resident ids or phone numbers.
public struct HouseholdRegistered: Fact {
    public static let type = "registry.household.registered.v1"

    public var household: HouseholdID
    public var territory: TerritoryCode
    public var registeredOn: BusinessDate
    public var members: [MemberFact]
    public var categories: [CategoryFact]
    /// What it changes besides the household and the members who are registered with it: others who come to live there.
    public var stock: [StockChange]?

    public init(
        household: HouseholdID, territory: TerritoryCode, registeredOn: BusinessDate,
        members: [MemberFact], categories: [CategoryFact], stock: [StockChange]? = nil
    ) {
        self.household = household
        self.territory = territory
        self.registeredOn = registeredOn
        self.members = members
        self.categories = categories
        self.stock = stock
    }
}

/// What other services may know of a member.
public struct MemberFact: Codable, Hashable, Sendable {
    public var person: PersonID
    public var role: Role
    public var birthDate: BusinessDate
    public var sex: Sex
    /// How many facts the person's own row had emitted by then: what these said is older, what later ones say is
    /// newer. 0, or missing, of one who is registered with the household.
    public var sequence: Int64?

    public init(
        person: PersonID, role: Role, birthDate: BusinessDate, sex: Sex, sequence: Int64? = nil
    ) {
        self.person = person
        self.role = role
        self.birthDate = birthDate
        self.sex = sex
        self.sequence = sequence
    }
}

/// What other services may know of an asserted category.
public struct CategoryFact: Codable, Hashable, Sendable {
    public var assertion: AssertionID
    /// The household's id or a member's.
    public var subject: UUID
    public var category: Category
    public var verified: Bool
    public var validFrom: BusinessDate
    public var validTo: BusinessDate?

    public init(
        assertion: AssertionID, subject: UUID, category: Category, verified: Bool,
        validFrom: BusinessDate, validTo: BusinessDate? = nil
    ) {
        self.assertion = assertion
        self.subject = subject
        self.category = category
        self.verified = verified
        self.validFrom = validFrom
        self.validTo = validTo
    }
}

/// Moves a household with all its members to another territory.
public struct MoveHousehold: Command, Territorial {
    public static let type = "registry.household.move.v1"

    public var household: HouseholdID
    /// Where to.
    public var territory: TerritoryCode
    public var movedOn: BusinessDate

    public init(household: HouseholdID, territory: TerritoryCode, movedOn: BusinessDate) {
        self.household = household
        self.territory = territory
        self.movedOn = movedOn
    }
}

/// A household with all its members lives in another territory.
public struct HouseholdMoved: Fact {
    public static let type = "registry.household.moved.v1"

    public var household: HouseholdID
    public var from: TerritoryCode
    public var territory: TerritoryCode
    public var members: [PersonID]
    public var movedOn: BusinessDate
    /// What it changes of those who are registered; missing if registry did not say so yet.
    public var stock: [StockChange]?

    public init(
        household: HouseholdID, from: TerritoryCode, territory: TerritoryCode, members: [PersonID],
        movedOn: BusinessDate, stock: [StockChange]? = nil
    ) {
        self.household = household
        self.from = from
        self.territory = territory
        self.members = members
        self.movedOn = movedOn
        self.stock = stock
    }
}
