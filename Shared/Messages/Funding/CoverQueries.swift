public import FoundationEssentials

/// Asks for policies: of a household, with those of its members; of a person; or of an enrolment run.
public struct ListPolicies: Query {
    public static let type = "funding.policies.list.v1"

    /// The id of a household or of a run, or any of a person's ids.
    public var subject: UUID
    /// Only policies of this territory, with everything inside it. An office that was granted a part of a run's territory
    /// asks for its part.
    public var within: TerritoryCode?
    /// The last policy of the page before; nil for the first page.
    public var after: PolicyID?
    /// Policies on a page, 1 to 200. Default: 50.
    public var limit: Int?

    public init(
        subject: UUID, within: TerritoryCode? = nil, after: PolicyID? = nil, limit: Int? = nil
    ) {
        self.subject = subject
        self.within = within
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.number(limit, "limit", 1...FundingPage.largest)
    }
}

/// A policy, by ids.
public struct PolicyAnswer: Codable, Hashable, Sendable {
    public var policy: PolicyID
    public var run: RunID
    public var product: ProductID
    /// The household's id, or the person's if the product insures persons.
    public var insured: UUID
    /// The community.
    public var territory: TerritoryCode
    public var basis: Basis
    public var policyYear: Int
    public var coverFrom: BusinessDate
    /// The last day of the cover that was paid for.
    public var coverTo: BusinessDate
    /// The first day without cover, if it was terminated.
    public var endedOn: BusinessDate?
    /// `active`, `terminated`, or `refused` by the insurer. More may be added.
    public var state: String
    public var premiumFen: Fen
    /// Part of the premium that was returned.
    public var returnedFen: Fen
    /// Upper limit of all claims together; nil if it takes none.
    public var sumInsuredFen: Fen?
    /// Sum of accepted and paid claims.
    public var claimedFen: Fen

    public init(
        policy: PolicyID, run: RunID, product: ProductID, insured: UUID, territory: TerritoryCode,
        basis: Basis, policyYear: Int, coverFrom: BusinessDate, coverTo: BusinessDate,
        endedOn: BusinessDate? = nil, state: String, premiumFen: Fen, returnedFen: Fen,
        sumInsuredFen: Fen? = nil, claimedFen: Fen
    ) {
        self.policy = policy
        self.run = run
        self.product = product
        self.insured = insured
        self.territory = territory
        self.basis = basis
        self.policyYear = policyYear
        self.coverFrom = coverFrom
        self.coverTo = coverTo
        self.endedOn = endedOn
        self.state = state
        self.premiumFen = premiumFen
        self.returnedFen = returnedFen
        self.sumInsuredFen = sumInsuredFen
        self.claimedFen = claimedFen
    }
}

/// One page of policies, by their runs and whom they insure.
public struct PoliciesAnswer: Codable, Hashable, Sendable {
    public var policies: [PolicyAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: PolicyID?

    public init(policies: [PolicyAnswer], next: PolicyID? = nil) {
        self.policies = policies
        self.next = next
    }
}

/// Asks for the list of an evaluated run, for the insurer: whom it insures and for what premium. Whoever has withdrawn the
/// consent to be named to the insurer by now is not on it.
public struct ListEnrolment: Query {
    public static let type = "funding.enrolment.list.v1"

    public var run: RunID
    /// Only lines of this territory, with everything inside it. An office that was granted a part of the run's territory
    /// asks for its part.
    public var within: TerritoryCode?
    /// Whom the last line of the page before insures; nil for the first page.
    public var after: UUID?
    /// Lines on a page, 1 to 1000. Default: 50.
    public var limit: Int?

    public init(
        run: RunID, within: TerritoryCode? = nil, after: UUID? = nil, limit: Int? = nil
    ) {
        self.run = run
        self.within = within
        self.after = after
        self.limit = limit
    }

    public func check(_ checks: inout Checks) {
        checks.number(limit, "limit", 1...FundingPage.mostLines)
    }
}

/// An enrolment run.
public struct RunSummary: Codable, Hashable, Sendable {
    public var run: RunID
    public var product: ProductID
    public var programme: Programme
    public var insured: InsuredKind
    public var territory: TerritoryCode
    public var policyYear: Int
    public var coverFrom: BusinessDate
    /// The last day of cover.
    public var coverTo: BusinessDate
    /// `evaluated`, `approved`, `submitted` or `reconciled`.
    public var state: String
    /// The day as of which facts count.
    public var referenceDate: BusinessDate?
    /// The digest of the whole list, as the facts about the run have it.
    public var digest: String?

    public init(
        run: RunID, product: ProductID, programme: Programme, insured: InsuredKind,
        territory: TerritoryCode, policyYear: Int, coverFrom: BusinessDate, coverTo: BusinessDate,
        state: String, referenceDate: BusinessDate? = nil, digest: String? = nil
    ) {
        self.run = run
        self.product = product
        self.programme = programme
        self.insured = insured
        self.territory = territory
        self.policyYear = policyYear
        self.coverFrom = coverFrom
        self.coverTo = coverTo
        self.state = state
        self.referenceDate = referenceDate
        self.digest = digest
    }
}

/// A line of the list, by the ids by which `funding.enrolment.reconcile.v1` names it.
public struct EnrolmentLineAnswer: Codable, Hashable, Sendable {
    /// Nil for a person without one.
    public var household: HouseholdID?
    /// Only if the product insures persons.
    public var person: PersonID?
    /// The community.
    public var territory: TerritoryCode
    public var basis: Basis
    public var premiumFen: Fen
    /// The insurer's answer; nil while there is none.
    public var answer: InsurerAnswer?

    public init(
        household: HouseholdID? = nil, person: PersonID? = nil, territory: TerritoryCode,
        basis: Basis, premiumFen: Fen, answer: InsurerAnswer? = nil
    ) {
        self.household = household
        self.person = person
        self.territory = territory
        self.basis = basis
        self.premiumFen = premiumFen
        self.answer = answer
    }
}

/// One page of the list of a run, by the ids of whom it insures.
public struct EnrolmentAnswer: Codable, Hashable, Sendable {
    public var run: RunSummary
    /// Number of lines of all pages. On the first page only, like the next two.
    public var count: Int?
    /// Premium of these lines together.
    public var premiumFen: Fen?
    /// Number of lines that are left out because a consent was withdrawn after the list was made.
    public var leftOut: Int?
    public var lines: [EnrolmentLineAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: UUID?

    public init(
        run: RunSummary, count: Int? = nil, premiumFen: Fen? = nil, leftOut: Int? = nil,
        lines: [EnrolmentLineAnswer], next: UUID? = nil
    ) {
        self.run = run
        self.count = count
        self.premiumFen = premiumFen
        self.leftOut = leftOut
        self.lines = lines
        self.next = next
    }
}
