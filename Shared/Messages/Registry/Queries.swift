public import FoundationEssentials

/// Asks for the data of a person.
public struct GetPerson: Query {
    public static let type = "registry.person.get.v1"

    /// Any of the person's ids.
    public var person: PersonID

    public init(person: PersonID) {
        self.person = person
    }
}

/// Asks for the members and categories of a household.
public struct GetHousehold: Query {
    public static let type = "registry.household.get.v1"

    public var household: HouseholdID

    public init(household: HouseholdID) {
        self.household = household
    }
}

/// Searches for persons of a territory. Each given field must match; without any, all persons match.
///
/// Names and telephone numbers match however they are written: width, blanks, dots, case, `+86`. A paper matches that was
/// replaced or has expired, too.
public struct SearchRegistry: Query, Territorial {
    public static let type = "registry.search.v1"

    /// The territory to search, with everything inside it.
    public var territory: TerritoryCode
    public var residentId: ResidentID?
    public var phone: String?
    public var name: String?
    /// Any paper. A resident id of 15 digits finds the one of 18 characters.
    public var paper: Paper?
    /// The last person of the page before; nil for the first page.
    public var after: PersonID?
    /// Persons on a page, 1 to 50. Default: 20.
    public var limit: Int?

    public init(
        territory: TerritoryCode, residentId: ResidentID? = nil, phone: String? = nil,
        name: String? = nil, paper: Paper? = nil, after: PersonID? = nil, limit: Int? = nil
    ) {
        self.territory = territory
        self.residentId = residentId
        self.phone = phone
        self.name = name
        self.paper = paper
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.born(residentId, "residentId")
        checks.telephone(phone, "phone")
        checks.name(name, "name")
        if let paper { checks.nested(paper, "paper") { $0.check(&$1) } }
        checks.number(limit, "limit", 1...SearchRegistry.largestPage)
    }
}

extension SearchRegistry {
    public static let largestPage = 50
    public static let usualPage = 20
}

/// Standing of a person in registry.
public enum PersonStanding: String, WireEnum {
    case provisional, verified
    case movedOut = "moved_out"
    case deceased, erased
}

/// Answer about a person, for publishers whose scope allows it.
public struct PersonAnswer: Codable, Hashable, Sendable {
    /// The id in force: of merged registrations, the survivor's.
    public var person: PersonID
    /// The person's other ids.
    public var merged: [PersonID]
    public var standing: PersonStanding
    public var territory: TerritoryCode
    public var household: HouseholdID?
    public var role: Role?
    public var registeredOn: BusinessDate
    public var birthDate: BusinessDate
    public var sex: Sex
    /// Name, papers, phone number and earlier values are nil if the person was erased.
    public var name: String?
    public var residentId: ResidentID?
    public var phone: String?
    /// The purposes to which the person has agreed.
    public var consents: [ConsentPurpose]
    /// All papers, those of merged registrations and withdrawn ones included.
    public var papers: [PaperAnswer]?
    /// What was registered before a correction, the latest first.
    public var earlier: [EarlierValue]?
    /// What was asserted of the person under any id, past and present. Only in the answer to `registry.person.get`.
    public var categories: [CategoryAnswer]?
    /// Where the person has lived, in the order of days. Nil if the person was erased.
    public var stays: [StayAnswer]?
    public var diedOn: BusinessDate?
    /// The merges of the person's other ids; nil if there is none.
    public var merges: [MergeAnswer]?

    public init(
        person: PersonID, merged: [PersonID], standing: PersonStanding, territory: TerritoryCode,
        household: HouseholdID? = nil, role: Role? = nil, registeredOn: BusinessDate,
        birthDate: BusinessDate, sex: Sex, name: String? = nil, residentId: ResidentID? = nil,
        phone: String? = nil, consents: [ConsentPurpose], papers: [PaperAnswer]? = nil,
        earlier: [EarlierValue]? = nil, categories: [CategoryAnswer]? = nil,
        stays: [StayAnswer]? = nil, diedOn: BusinessDate? = nil, merges: [MergeAnswer]? = nil
    ) {
        self.person = person
        self.merged = merged
        self.standing = standing
        self.territory = territory
        self.household = household
        self.role = role
        self.registeredOn = registeredOn
        self.birthDate = birthDate
        self.sex = sex
        self.name = name
        self.residentId = residentId
        self.phone = phone
        self.consents = consents
        self.papers = papers
        self.earlier = earlier
        self.categories = categories
        self.stays = stays
        self.diedOn = diedOn
        self.merges = merges
    }
}

/// A paper of a person, current or withdrawn.
public struct PaperAnswer: Codable, Hashable, Sendable {
    public var paper: Paper
    /// Nil for a paper that was not withdrawn.
    public var withdrawnAs: PaperEnding?

    public init(paper: Paper, withdrawnAs: PaperEnding? = nil) {
        self.paper = paper
        self.withdrawnAs = withdrawnAs
    }
}

/// What was registered of a person before a correction.
public struct EarlierValue: Codable, Hashable, Sendable {
    public var field: PersonField
    /// As it was; nil if there was none.
    public var value: String?
    public var correctedOn: BusinessDate

    public init(field: PersonField, value: String? = nil, correctedOn: BusinessDate) {
        self.field = field
        self.value = value
        self.correctedOn = correctedOn
    }
}

/// Answer about a household.
public struct HouseholdAnswer: Codable, Hashable, Sendable {
    public var household: HouseholdID
    public var territory: TerritoryCode
    public var registeredOn: BusinessDate
    /// The members who live in the publisher's territories.
    public var members: [PersonAnswer]
    /// Categories of the household and of these members.
    public var categories: [CategoryAnswer]
    /// Number of members who live elsewhere, of whom nothing is told; nil if there is none.
    public var elsewhere: Int?
    /// Where it has lived, in the order of days. The first is the registration.
    public var places: [HouseholdPlace]?
    /// The first day without it; nil if it stands.
    public var dissolvedOn: BusinessDate?
    /// The household into which it was merged, if it has ended so.
    public var mergedInto: HouseholdID?

    public init(
        household: HouseholdID, territory: TerritoryCode, registeredOn: BusinessDate,
        members: [PersonAnswer], categories: [CategoryAnswer], elsewhere: Int? = nil,
        places: [HouseholdPlace]? = nil, dissolvedOn: BusinessDate? = nil,
        mergedInto: HouseholdID? = nil
    ) {
        self.household = household
        self.territory = territory
        self.registeredOn = registeredOn
        self.members = members
        self.categories = categories
        self.elsewhere = elsewhere
        self.places = places
        self.dissolvedOn = dissolvedOn
        self.mergedInto = mergedInto
    }
}

/// A category of a household or of one of its members, with its evidence.
public struct CategoryAnswer: Codable, Hashable, Sendable {
    public var assertion: AssertionID
    public var subject: UUID
    public var category: Category
    public var verifiedOn: BusinessDate?
    public var validFrom: BusinessDate
    public var validTo: BusinessDate?
    public var endedOn: BusinessDate?
    public var revokedOn: BusinessDate?
    public var evidence: String?
    /// The household in which it was asserted.
    public var household: HouseholdID?

    public init(
        assertion: AssertionID, subject: UUID, category: Category, verifiedOn: BusinessDate? = nil,
        validFrom: BusinessDate, validTo: BusinessDate? = nil, endedOn: BusinessDate? = nil,
        revokedOn: BusinessDate? = nil, evidence: String? = nil, household: HouseholdID? = nil
    ) {
        self.assertion = assertion
        self.subject = subject
        self.category = category
        self.verifiedOn = verifiedOn
        self.validFrom = validFrom
        self.validTo = validTo
        self.endedOn = endedOn
        self.revokedOn = revokedOn
        self.evidence = evidence
        self.household = household
    }
}

/// One page of the persons found.
public struct SearchAnswer: Codable, Hashable, Sendable {
    public var persons: [PersonAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: PersonID?

    public init(persons: [PersonAnswer], next: PersonID? = nil) {
        self.persons = persons
        self.next = next
    }
}
