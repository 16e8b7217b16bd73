public import FoundationEssentials

extension Tag { public enum Household {} }
public typealias HouseholdID = ID<Tag.Household>

/// Role of a person in a household.
public enum Role: String, WireEnum {
    case head, spouse, child, parent
}

/// Registers a household with its members and categories in one message. Imports send it.
public struct RegisterHousehold: Command, Territorial {
    public static let type = "registry.household.register.v1"

    public var household: HouseholdID
    public var territory: TerritoryCode
    public var registeredOn: BusinessDate
    /// 1 to 20 members.
    public var members: [NewMember]
    /// At most 20 categories.
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
        checks.happened(registeredOn, "registeredOn")
        checks.count(members, "members", 1...20)
        checks.count(categories, "categories", 0...20)
        checks.each(members, "members") { member, checks in
            member.check(&checks)
            checks.require(
                member.isBorn(by: registeredOn),
                member.residentId == nil ? "birthDate" : "residentId",
                "a birth on or before registeredOn")
        }
        checks.each(categories, "categories") { $0.check(&$1) }
    }
}

/// A person to be registered, with personal data that stays in registry.
public struct NewMember: Codable, Hashable, Sendable, PersonDescription {
    public var person: PersonID
    public var role: Role
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
        person: PersonID, role: Role, name: String, residentId: ResidentID? = nil,
        phone: String? = nil, papers: [Paper]? = nil, birthDate: BusinessDate? = nil,
        sex: Sex? = nil
    ) {
        self.person = person
        self.role = role
        self.name = name
        self.residentId = residentId
        self.phone = phone
        self.papers = papers
        self.birthDate = birthDate
        self.sex = sex
    }

    func check(_ checks: inout Checks) { checkPerson(&checks) }
}

/// A category asserted together with its household.
public struct NewCategory: Codable, Hashable, Sendable {
    public var assertion: AssertionID
    /// The household's id or a member's.
    public var subject: UUID
    public var category: Category
    /// Evidence, such as the kind of a certificate; stays in registry.
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
        checks.day(validFrom, "validFrom", .life)
        checks.day(validTo, "validTo", .validity)
        checks.text(evidence, "evidence", TextLimit.reason)
        checks.period(validFrom, validTo, "validTo")
    }
}

/// A household is registered. Without names, papers or phone numbers.
public struct HouseholdRegistered: Fact {
    public static let type = "registry.household.registered.v1"

    public var household: HouseholdID
    public var territory: TerritoryCode
    public var registeredOn: BusinessDate
    public var members: [MemberFact]
    public var categories: [CategoryFact]
    /// Changes in numbers beyond the household and the members registered with it: others who come to live there, and
    /// categories. The facts about those others say nothing of it.
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

/// The data of a member that other services receive.
public struct MemberFact: Codable, Hashable, Sendable {
    public var person: PersonID
    public var role: Role
    public var birthDate: BusinessDate
    public var sex: Sex
    /// Number of facts about the person up to then. Those facts are older than this one; later ones
    /// are newer. 0 or missing for a person registered with the household.
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

/// The data of an asserted category that other services receive.
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
    /// The destination.
    public var territory: TerritoryCode
    public var movedOn: BusinessDate

    public init(household: HouseholdID, territory: TerritoryCode, movedOn: BusinessDate) {
        self.household = household
        self.territory = territory
        self.movedOn = movedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(movedOn, "movedOn")
    }
}

/// A household with all its members lives in another territory.
public struct HouseholdMoved: PeopleFact {
    public static let type = "registry.household.moved.v1"

    public var household: HouseholdID
    public var from: TerritoryCode
    public var territory: TerritoryCode
    public var members: [PersonID]
    public var movedOn: BusinessDate
    /// Changes in the numbers of registered households and persons. Older facts do not have it.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        household: HouseholdID, from: TerritoryCode, territory: TerritoryCode, members: [PersonID],
        movedOn: BusinessDate, stock: [StockChange]? = nil, records: PeopleRecords? = nil
    ) {
        self.household = household
        self.from = from
        self.territory = territory
        self.members = members
        self.movedOn = movedOn
        self.stock = stock
        self.records = records
    }
}
