extension Tag { public enum Run {} }
public typealias RunID = ID<Tag.Run>

/// Starts an enrolment run for one product and policy year: all households of a territory, or all
/// its persons if the product insures persons.
public struct OpenEnrolment: Command, Territorial, Placed {
    public static let type = "funding.enrolment.open.v1"

    public var run: RunID
    public var product: ProductID
    /// The fund that pays the premium.
    public var fund: FundID
    public var territory: TerritoryCode
    public var policyYear: Int
    public var coverFrom: BusinessDate
    /// The last day of cover.
    public var coverTo: BusinessDate
    public var openedOn: BusinessDate

    public var placement: Placement { Placement(territory, on: openedOn) }

    public init(
        run: RunID, product: ProductID, fund: FundID, territory: TerritoryCode, policyYear: Int,
        coverFrom: BusinessDate, coverTo: BusinessDate, openedOn: BusinessDate
    ) {
        self.run = run
        self.product = product
        self.fund = fund
        self.territory = territory
        self.policyYear = policyYear
        self.coverFrom = coverFrom
        self.coverTo = coverTo
        self.openedOn = openedOn
    }

    public func check(_ checks: inout Checks) {
        checks.planned(coverFrom, "coverFrom")
        checks.day(coverTo, "coverTo", .validity)
        checks.happened(openedOn, "openedOn")
        checks.planned(year: policyYear, "policyYear")
        checks.period(coverFrom, coverTo, "coverTo")
        checks.require(
            coverFrom.year - 1...coverFrom.year + 1 ~= policyYear, "policyYear",
            "the year in which the cover begins, or the one before or after")
    }
}

/// Fixes the households or persons of a run, and the reference date for ages.
public struct FreezeEnrolment: Command {
    public static let type = "funding.enrolment.freeze.v1"

    public var run: RunID
    public var referenceDate: BusinessDate
    /// The command waits until at least this number of households is known.
    public var expectedHouseholds: Int?

    public init(run: RunID, referenceDate: BusinessDate, expectedHouseholds: Int? = nil) {
        self.run = run
        self.referenceDate = referenceDate
        self.expectedHouseholds = expectedHouseholds
    }

    public func check(_ checks: inout Checks) {
        checks.planned(referenceDate, "referenceDate")
        checks.number(expectedHouseholds, "expectedHouseholds", 0...100_000_000)
    }
}

/// Applies the rule to each frozen household or person.
public struct EvaluateEnrolment: Command {
    public static let type = "funding.enrolment.evaluate.v1"

    public var run: RunID

    public init(run: RunID) {
        self.run = run
    }
}

/// The district approves the evaluated run.
public struct ApproveEnrolment: Command {
    public static let type = "funding.enrolment.approve.v1"

    public var run: RunID
    public var approvedOn: BusinessDate
    public var actor: Actor

    public init(run: RunID, approvedOn: BusinessDate, actor: Actor) {
        self.run = run
        self.approvedOn = approvedOn
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(approvedOn, "approvedOn")
    }
}

/// Marks the list as handed to the insurer.
public struct SubmitEnrolment: Command {
    public static let type = "funding.enrolment.submit.v1"

    public var run: RunID
    public var submittedOn: BusinessDate

    public init(run: RunID, submittedOn: BusinessDate) {
        self.run = run
        self.submittedOn = submittedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(submittedOn, "submittedOn")
    }
}

/// Records an answer of the insurer, and pays the premium of the accepted lines.
///
/// Without `accepted`, the answer covers the whole list: every line that is neither refused now nor
/// answered before is accepted. With `accepted`, the answer covers the lines it names; the others
/// stay open. A line that is not on the list, or contradicts an earlier answer, has no effect and
/// is reported back (`EnrolmentUnmatched`).
public struct ReconcileEnrolment: Command {
    public static let type = "funding.enrolment.reconcile.v1"

    public var run: RunID
    public var businessDate: BusinessDate
    /// At most 10,000.
    public var refused: [RefusedLine]
    /// At most 10,000.
    public var accepted: [AcceptedLine]?

    public init(
        run: RunID, businessDate: BusinessDate, refused: [RefusedLine],
        accepted: [AcceptedLine]? = nil
    ) {
        self.run = run
        self.businessDate = businessDate
        self.refused = refused
        self.accepted = accepted
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.count(refused, "refused", 0...10_000)
        checks.each(refused, "refused") { $1.text($0.reason, "reason", TextLimit.reason) }
        checks.count(accepted ?? [], "accepted", 0...10_000)
    }
}

/// A household or person that the insurer refused.
public struct RefusedLine: Codable, Hashable, Sendable {
    public var household: HouseholdID
    public var reason: String
    /// A member of the household; required if the product insures persons.
    public var person: PersonID?

    public init(household: HouseholdID, reason: String, person: PersonID? = nil) {
        self.household = household
        self.reason = reason
        self.person = person
    }
}

/// A household or person that the insurer accepted.
public struct AcceptedLine: Codable, Hashable, Sendable {
    public var household: HouseholdID
    /// A member of the household; required if the product insures persons.
    public var person: PersonID?

    public init(household: HouseholdID, person: PersonID? = nil) {
        self.household = household
        self.person = person
    }
}
