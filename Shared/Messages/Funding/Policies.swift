public import FoundationEssentials

/// Ends a policy before its last day; the insurer gives back the premium of the days that are left.
public struct TerminatePolicy: Command {
    public static let type = "funding.policy.terminate.v1"

    /// The run by which it was insured.
    public var run: RunID
    /// The household's id, or the person's if the product insures persons.
    public var insured: UUID
    /// The first day without cover.
    public var terminatedOn: BusinessDate
    /// The day on which the premium comes back.
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
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A policy is over before its last day.
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
    /// The day on which the premium came back.
    public var businessDate: BusinessDate
    /// What was paid for the whole cover.
    public var premiumFen: Fen
    /// What came back of it.
    public var returnedFen: Fen
    /// What would have been the last day of the cover; missing in facts of before this was told.
    public var coverTo: BusinessDate?

    public init(
        policy: PolicyID, run: RunID, product: ProductID, programme: Programme,
        territory: TerritoryCode, insured: InsuredKind, basis: Basis, policyYear: Int,
        terminatedOn: BusinessDate, businessDate: BusinessDate, premiumFen: Fen, returnedFen: Fen,
        coverTo: BusinessDate? = nil
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
    }
}
