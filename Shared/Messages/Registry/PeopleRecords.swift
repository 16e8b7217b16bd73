public import FoundationEssentials

/// What registry holds about those whom a fact concerns, after it.
///
/// Whoever keeps, of each record, the one with the highest version, holds the same as registry, in whatever order facts
/// arrive. So no service works out for itself where somebody lives, or in which category.
public struct PeopleRecords: Codable, Hashable, Sendable {
    public var persons: [PersonRecord]?
    public var households: [HouseholdRecord]?
    public var categories: [CategoryRecord]?
    public var memberships: [MembershipRecord]?

    public init(
        persons: [PersonRecord]? = nil, households: [HouseholdRecord]? = nil,
        categories: [CategoryRecord]? = nil, memberships: [MembershipRecord]? = nil
    ) {
        self.persons = persons
        self.households = households
        self.categories = categories
        self.memberships = memberships
    }
}

/// A fact that changes who lives where and with whom, in which category, or is a member of what.
public protocol PeopleFact: Fact {
    var records: PeopleRecords? { get }
    /// Changes in the numbers of families and persons, in all and by category. Nil for a fact that changes none.
    var stock: [StockChange]? { get }
    /// The business date of the step that it tells of. Nil for a fact that cannot change a life.
    var newsOn: BusinessDate? { get }
}

extension PeopleFact {
    public var stock: [StockChange]? { nil }
    public var newsOn: BusinessDate? { nil }
}

/// A person without name, papers and telephone.
public struct PersonRecord: Codable, Hashable, Sendable {
    public var person: PersonID
    /// 1 for the registration; grows with each change of this record. Gaps are possible.
    public var version: Int64
    public var birthDate: BusinessDate
    public var sex: Sex
    /// Where the person has lived, in the order of days, one for each day on which it changed. At least one.
    public var stays: [Stay]
    public var diedOn: BusinessDate?
    /// The person whom this id means now. Never one who was merged too.
    public var mergedInto: PersonID?
    /// The day of that merge. The stays of this id count until then.
    public var mergedOn: BusinessDate?
    public var erasedOn: BusinessDate?

    public init(
        person: PersonID, version: Int64, birthDate: BusinessDate, sex: Sex, stays: [Stay],
        diedOn: BusinessDate? = nil, mergedInto: PersonID? = nil, mergedOn: BusinessDate? = nil,
        erasedOn: BusinessDate? = nil
    ) {
        self.person = person
        self.version = version
        self.birthDate = birthDate
        self.sex = sex
        self.stays = stays
        self.diedOn = diedOn
        self.mergedInto = mergedInto
        self.mergedOn = mergedOn
        self.erasedOn = erasedOn
    }
}

/// Where a person lives from a day on, until the person's next stay.
public struct Stay: Codable, Hashable, Sendable {
    public var from: BusinessDate
    /// Nil while the person lives outside the association's area.
    public var territory: TerritoryCode?
    /// Nil if the person is in no household.
    public var household: HouseholdID?
    /// Role in that household.
    public var role: Role?

    public init(
        from: BusinessDate, territory: TerritoryCode? = nil, household: HouseholdID? = nil,
        role: Role? = nil
    ) {
        self.from = from
        self.territory = territory
        self.household = household
        self.role = role
    }
}

/// A household. Its members are those whose stays name it.
public struct HouseholdRecord: Codable, Hashable, Sendable {
    public var household: HouseholdID
    /// 1 for the registration; grows with each change of this record. Gaps are possible.
    public var version: Int64
    /// Where it has lived, in the order of days. At least one.
    public var places: [HouseholdPlace]
    /// The first day without it.
    public var dissolvedOn: BusinessDate?

    public init(
        household: HouseholdID, version: Int64, places: [HouseholdPlace],
        dissolvedOn: BusinessDate? = nil
    ) {
        self.household = household
        self.version = version
        self.places = places
        self.dissolvedOn = dissolvedOn
    }
}

/// Where a household lives from a day on, until its next place.
public struct HouseholdPlace: Codable, Hashable, Sendable {
    public var from: BusinessDate
    public var territory: TerritoryCode

    public init(from: BusinessDate, territory: TerritoryCode) {
        self.from = from
        self.territory = territory
    }
}

/// A category that was asserted of a household or a person.
public struct CategoryRecord: Codable, Hashable, Sendable {
    public var assertion: AssertionID
    /// 1 for the assertion; grows with each change of this record. Gaps are possible.
    public var version: Int64
    /// The household for which it was asserted. A person's category counts for the household in which the person lives.
    public var household: HouseholdID
    /// The household's id or a person's.
    public var subject: UUID
    public var category: Category
    public var validFrom: BusinessDate
    /// The last day on which it holds.
    public var validTo: BusinessDate?
    /// Only a verified category counts.
    public var verifiedOn: BusinessDate?
    /// The first day on which it no longer holds.
    public var endedOn: BusinessDate?
    /// Set if it turned out never to have held.
    public var revokedOn: BusinessDate?

    public init(
        assertion: AssertionID, version: Int64, household: HouseholdID, subject: UUID,
        category: Category, validFrom: BusinessDate, validTo: BusinessDate? = nil,
        verifiedOn: BusinessDate? = nil, endedOn: BusinessDate? = nil,
        revokedOn: BusinessDate? = nil
    ) {
        self.assertion = assertion
        self.version = version
        self.household = household
        self.subject = subject
        self.category = category
        self.validFrom = validFrom
        self.validTo = validTo
        self.verifiedOn = verifiedOn
        self.endedOn = endedOn
        self.revokedOn = revokedOn
    }
}

/// A membership in a branch of the association.
public struct MembershipRecord: Codable, Hashable, Sendable {
    public var member: MemberID
    /// 1 for the first fact; grows with each change of this record. Gaps are possible.
    public var version: Int64
    /// The id under which the person was enrolled.
    public var person: PersonID
    public var role: MemberRole
    public var territory: TerritoryCode
    public var level: AuthorityLevel?
    /// Nil while the person has only applied.
    public var enrolledOn: BusinessDate?
    /// The first day without the membership.
    public var leftOn: BusinessDate?
    /// Set if it turned out never to have been.
    public var isVoid: Bool?

    public init(
        member: MemberID, version: Int64, person: PersonID, role: MemberRole,
        territory: TerritoryCode, level: AuthorityLevel? = nil, enrolledOn: BusinessDate? = nil,
        leftOn: BusinessDate? = nil, isVoid: Bool? = nil
    ) {
        self.member = member
        self.version = version
        self.person = person
        self.role = role
        self.territory = territory
        self.level = level
        self.enrolledOn = enrolledOn
        self.leftOn = leftOn
        self.isVoid = isVoid
    }
}

// MARK: Registrations

// An import is mostly these two, so they do not repeat their fields: the records follow from them.

extension HouseholdRegistered: PeopleFact {
    /// The household and its categories, and the members who are registered with it. Others come with a fact of their own.
    public var records: PeopleRecords? {
        let stay = { (role: Role) in
            Stay(from: registeredOn, territory: territory, household: household, role: role)
        }
        return PeopleRecords(
            persons: members.filter { $0.sequence ?? 0 == 0 }.map {
                PersonRecord(
                    person: $0.person, version: 1, birthDate: $0.birthDate, sex: $0.sex,
                    stays: [stay($0.role)])
            },
            households: [
                HouseholdRecord(
                    household: household, version: 1,
                    places: [HouseholdPlace(from: registeredOn, territory: territory)])
            ],
            categories: categories.map {
                CategoryRecord(
                    assertion: $0.assertion, version: 1, household: household, subject: $0.subject,
                    category: $0.category, validFrom: $0.validFrom, validTo: $0.validTo,
                    verifiedOn: $0.verified ? registeredOn : nil)
            })
    }
}

extension PersonRegistered: PeopleFact {
    public var records: PeopleRecords? {
        PeopleRecords(persons: [
            PersonRecord(
                person: person, version: 1, birthDate: birthDate, sex: sex,
                stays: [
                    Stay(from: registeredOn, territory: territory, household: household, role: role)
                ])
        ])
    }
}
