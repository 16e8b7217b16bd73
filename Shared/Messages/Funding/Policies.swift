public import FoundationEssentials

extension Tag { public enum Policy {} }
public typealias PolicyID = ID<Tag.Policy>

/// Ends a policy before its last day. The insurer returns the premium of the remaining days.
public struct TerminatePolicy: Command {
    public static let type = "funding.policy.terminate.v1"

    /// The enrolment run of the policy.
    public var run: RunID
    /// The household's id, or the person's if the product insures persons.
    public var insured: UUID
    /// The first day without cover.
    public var terminatedOn: BusinessDate
    /// The day on which the premium is returned.
    public var businessDate: BusinessDate
    public var reason: String
    public var actor: Actor

    public init(
        run: RunID, insured: UUID, terminatedOn: BusinessDate, businessDate: BusinessDate,
        reason: String, actor: Actor
    ) {
        self.run = run
        self.insured = insured
        self.terminatedOn = terminatedOn
        self.businessDate = businessDate
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.planned(terminatedOn, "terminatedOn")
        checks.happened(businessDate, "businessDate")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A policy ended before its last day.
public struct PolicyTerminated: Fact {
    public static let type = "funding.policy.terminated.v1"

    public var policy: PolicyID
    public var run: RunID
    public var product: ProductID
    public var programme: Programme
    /// The community.
    public var territory: TerritoryCode
    public var insured: InsuredKind
    public var basis: Basis
    public var policyYear: Int
    /// The first day without cover.
    public var terminatedOn: BusinessDate
    /// The day on which the premium was returned.
    public var businessDate: BusinessDate
    /// Premium paid for the whole cover.
    public var premiumFen: Fen
    /// Premium returned.
    public var returnedFen: Fen
    /// The planned last day of the cover. Older facts do not have it.
    public var coverTo: BusinessDate?
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(
        policy: PolicyID, run: RunID, product: ProductID, programme: Programme,
        territory: TerritoryCode, insured: InsuredKind, basis: Basis, policyYear: Int,
        terminatedOn: BusinessDate, businessDate: BusinessDate, premiumFen: Fen, returnedFen: Fen,
        coverTo: BusinessDate? = nil, actor: Actor? = nil
    ) {
        self.policy = policy
        self.run = run
        self.product = product
        self.programme = programme
        self.territory = territory
        self.insured = insured
        self.basis = basis
        self.policyYear = policyYear
        self.terminatedOn = terminatedOn
        self.businessDate = businessDate
        self.premiumFen = premiumFen
        self.returnedFen = returnedFen
        self.coverTo = coverTo
        self.actor = actor
    }
}
