public import FoundationEssentials

extension Tag { public enum Assertion {} }
public typealias AssertionID = ID<Tag.Assertion>

/// The category of a household or a person. A registry's clerk asserts and verifies it.
public enum Category: String, WireEnum {
    case onlyChild = "only_child"
    /// 失独: the only child died.
    case bereaved
    /// 伤残: the only child is disabled.
    case disabledChild = "disabled_child"
    /// 低保.
    case lowSecurity = "low_security"
    /// 低收入.
    case lowIncome = "low_income"
    /// 计生困难女孩.
    case hardshipGirl = "hardship_girl"

    /// 特殊家庭: the only child died or is disabled.
    public var isSpecialFamily: Bool { self == .bereaved || self == .disabledChild }

    /// Whether it also counts for the household after the death of the person whom it is about. A family remains bereaved,
    /// whoever of it dies; every other category of a person ends with that person.
    public var outlivesSubject: Bool { self == .bereaved }
}

/// Proposes a category for a household or one of its members.
public struct AssertCategory: Command {
    public static let type = "registry.category.assert.v1"

    public var assertion: AssertionID
    public var household: HouseholdID
    /// The household's id or a member's.
    public var subject: UUID
    public var category: Category
    /// Evidence, such as the kind of a certificate; stays in registry.
    public var evidence: String?
    public var validFrom: BusinessDate
    public var validTo: BusinessDate?

    public init(
        assertion: AssertionID, household: HouseholdID, subject: UUID, category: Category,
        evidence: String? = nil, validFrom: BusinessDate, validTo: BusinessDate? = nil
    ) {
        self.assertion = assertion
        self.household = household
        self.subject = subject
        self.category = category
        self.evidence = evidence
        self.validFrom = validFrom
        self.validTo = validTo
    }

    public func check(_ checks: inout Checks) {
        checks.day(validFrom, "validFrom", .life)
        checks.day(validTo, "validTo", .validity)
        checks.text(evidence, "evidence", TextLimit.reason)
        checks.period(validFrom, validTo, "validTo")
    }
}

/// Confirms a proposed category after its evidence was seen.
public struct VerifyCategory: Command {
    public static let type = "registry.category.verify.v1"

    public var assertion: AssertionID
    public var verifiedOn: BusinessDate

    public init(assertion: AssertionID, verifiedOn: BusinessDate) {
        self.assertion = assertion
        self.verifiedOn = verifiedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(verifiedOn, "verifiedOn")
    }
}

/// Ends a category. It no longer holds from that day on.
public struct EndCategory: Command {
    public static let type = "registry.category.end.v1"

    public var assertion: AssertionID
    public var endedOn: BusinessDate
    public var reason: String?

    public init(assertion: AssertionID, endedOn: BusinessDate, reason: String? = nil) {
        self.assertion = assertion
        self.endedOn = endedOn
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.happened(endedOn, "endedOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// The category that a fact is about.
public struct CategorySubject: Flattened {
    public var assertion: AssertionID
    public var household: HouseholdID
    /// The household's id or a member's.
    public var subject: UUID
    public var territory: TerritoryCode
    public var category: Category
    public var validFrom: BusinessDate

    public init(
        assertion: AssertionID, household: HouseholdID, subject: UUID, territory: TerritoryCode,
        category: Category, validFrom: BusinessDate
    ) {
        self.assertion = assertion
        self.household = household
        self.subject = subject
        self.territory = territory
        self.category = category
        self.validFrom = validFrom
    }
}

/// A category is proposed.
public struct CategoryAsserted: PeopleFact, HasSubject {
    public static let type = "registry.category.asserted.v1"

    public var about: CategorySubject
    public var validTo: BusinessDate?
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        _ about: CategorySubject, validTo: BusinessDate? = nil, records: PeopleRecords? = nil
    ) {
        self.about = about
        self.validTo = validTo
        self.records = records
    }
}

/// A category is verified, so that rules count it.
public struct CategoryVerified: PeopleFact, HasSubject {
    public static let type = "registry.category.verified.v1"

    public var about: CategorySubject
    public var validTo: BusinessDate?
    public var verifiedOn: BusinessDate
    /// Changes in the numbers of those whom a category holds for. Older facts do not have it.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        _ about: CategorySubject, validTo: BusinessDate? = nil, verifiedOn: BusinessDate,
        stock: [StockChange]? = nil, records: PeopleRecords? = nil
    ) {
        self.about = about
        self.validTo = validTo
        self.verifiedOn = verifiedOn
        self.stock = stock
        self.records = records
    }
}

/// A category no longer holds.
public struct CategoryEnded: PeopleFact, HasSubject {
    public static let type = "registry.category.ended.v1"

    public var about: CategorySubject
    public var endedOn: BusinessDate
    /// Changes in the numbers of those whom a category holds for. Older facts do not have it.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        _ about: CategorySubject, endedOn: BusinessDate, stock: [StockChange]? = nil,
        records: PeopleRecords? = nil
    ) {
        self.about = about
        self.endedOn = endedOn
        self.stock = stock
        self.records = records
    }
}

/// Takes back a verified category that turns out to have been wrong from the beginning.
public struct RevokeCategory: Command {
    public static let type = "registry.category.revoke.v1"

    public var assertion: AssertionID
    /// The day on which the error was found.
    public var revokedOn: BusinessDate
    public var reason: String?

    public init(assertion: AssertionID, revokedOn: BusinessDate, reason: String? = nil) {
        self.assertion = assertion
        self.revokedOn = revokedOn
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.happened(revokedOn, "revokedOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A category was revoked: it never held.
public struct CategoryRevoked: PeopleFact, HasSubject {
    public static let type = "registry.category.revoked.v1"

    public var about: CategorySubject
    public var revokedOn: BusinessDate
    /// Changes in the numbers of those whom a category holds for. Older facts do not have it.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        _ about: CategorySubject, revokedOn: BusinessDate, stock: [StockChange]? = nil,
        records: PeopleRecords? = nil
    ) {
        self.about = about
        self.revokedOn = revokedOn
        self.stock = stock
        self.records = records
    }
}
