public import FoundationEssentials

/// Proposes that a household or one of its members is recognised as something.
public struct AssertCategory: Command {
    public static let type = "registry.category.assert.v1"

    public var assertion: AssertionID
    public var household: HouseholdID
    /// The household's id or a member's.
    public var subject: UUID
    public var category: Category
    /// What was shown, such as the kind of a certificate; stays in registry.
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
}

/// Ends a category from a day on.
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
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A category is proposed.
public struct CategoryAsserted: Fact {
    public static let type = "registry.category.asserted.v1"

    public var assertion: AssertionID
    public var household: HouseholdID
    public var subject: UUID
    public var territory: TerritoryCode
    public var category: Category
    public var validFrom: BusinessDate
    public var validTo: BusinessDate?

    public init(
        assertion: AssertionID, household: HouseholdID, subject: UUID, territory: TerritoryCode,
        category: Category, validFrom: BusinessDate, validTo: BusinessDate? = nil
    ) {
        self.assertion = assertion
        self.household = household
        self.subject = subject
        self.territory = territory
        self.category = category
        self.validFrom = validFrom
        self.validTo = validTo
    }
}

/// A category is verified, so that rules count it.
public struct CategoryVerified: Fact {
    public static let type = "registry.category.verified.v1"

    public var assertion: AssertionID
    public var household: HouseholdID
    public var subject: UUID
    public var territory: TerritoryCode
    public var category: Category
    public var validFrom: BusinessDate
    public var validTo: BusinessDate?
    public var verifiedOn: BusinessDate

    public init(
        assertion: AssertionID, household: HouseholdID, subject: UUID, territory: TerritoryCode,
        category: Category, validFrom: BusinessDate, validTo: BusinessDate? = nil,
        verifiedOn: BusinessDate
    ) {
        self.assertion = assertion
        self.household = household
        self.subject = subject
        self.territory = territory
        self.category = category
        self.validFrom = validFrom
        self.validTo = validTo
        self.verifiedOn = verifiedOn
    }
}

/// A category no longer holds.
public struct CategoryEnded: Fact {
    public static let type = "registry.category.ended.v1"

    public var assertion: AssertionID
    public var household: HouseholdID
    public var subject: UUID
    public var territory: TerritoryCode
    public var category: Category
    public var validFrom: BusinessDate
    public var endedOn: BusinessDate

    public init(
        assertion: AssertionID, household: HouseholdID, subject: UUID, territory: TerritoryCode,
        category: Category, validFrom: BusinessDate, endedOn: BusinessDate
    ) {
        self.assertion = assertion
        self.household = household
        self.subject = subject
        self.territory = territory
        self.category = category
        self.validFrom = validFrom
        self.endedOn = endedOn
    }
}

/// Takes back a verified category that turns out to have been wrong from the beginning.
public struct RevokeCategory: Command {
    public static let type = "registry.category.revoke.v1"

    public var assertion: AssertionID
    /// The day it was found out.
    public var revokedOn: BusinessDate
    public var reason: String?

    public init(assertion: AssertionID, revokedOn: BusinessDate, reason: String? = nil) {
        self.assertion = assertion
        self.revokedOn = revokedOn
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A category never held.
public struct CategoryRevoked: Fact {
    public static let type = "registry.category.revoked.v1"

    public var assertion: AssertionID
    public var household: HouseholdID
    public var subject: UUID
    public var territory: TerritoryCode
    public var category: Category
    public var validFrom: BusinessDate
    public var revokedOn: BusinessDate

    public init(
        assertion: AssertionID, household: HouseholdID, subject: UUID, territory: TerritoryCode,
        category: Category, validFrom: BusinessDate, revokedOn: BusinessDate
    ) {
        self.assertion = assertion
        self.household = household
        self.subject = subject
        self.territory = territory
        self.category = category
        self.validFrom = validFrom
        self.revokedOn = revokedOn
    }
}
