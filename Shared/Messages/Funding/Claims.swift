public import FoundationEssentials

extension Tag { public enum Claim {} }
public typealias ClaimID = ID<Tag.Claim>

/// Files a claim on a policy for an event during its cover.
public struct FileClaim: Command {
    public static let type = "funding.claim.file.v1"

    public var claim: ClaimID
    /// The enrolment run of the policy.
    public var run: RunID
    /// The household's id, or the person's if the product insures persons.
    public var insured: UUID
    public var eventDate: BusinessDate
    public var amountFen: Fen
    public var filedOn: BusinessDate

    public init(
        claim: ClaimID, run: RunID, insured: UUID, eventDate: BusinessDate, amountFen: Fen,
        filedOn: BusinessDate
    ) {
        self.claim = claim
        self.run = run
        self.insured = insured
        self.eventDate = eventDate
        self.amountFen = amountFen
        self.filedOn = filedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(eventDate, "eventDate")
        checks.happened(filedOn, "filedOn")
        checks.positive(amountFen, "amountFen")
        checks.period(eventDate, filedOn, "filedOn")
    }
}

public enum ClaimDecision: String, WireEnum {
    case accept, decline
}

/// The district decides a claim.
public struct DecideClaim: Command {
    public static let type = "funding.claim.decide.v1"

    public var claim: ClaimID
    public var decision: ClaimDecision
    /// Amount accepted. Default: the amount claimed.
    public var amountFen: Fen?
    /// Required to decline.
    public var reason: String?
    public var decidedOn: BusinessDate
    public var actor: Actor

    public init(
        claim: ClaimID, decision: ClaimDecision, amountFen: Fen? = nil, reason: String? = nil,
        decidedOn: BusinessDate, actor: Actor
    ) {
        self.claim = claim
        self.decision = decision
        self.amountFen = amountFen
        self.reason = reason
        self.decidedOn = decidedOn
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(decidedOn, "decidedOn")
        if let amountFen { checks.positive(amountFen, "amountFen") }
        checks.text(reason, "reason", TextLimit.reason)
        checks.require(
            decision == .accept || amountFen == nil, "amountFen", "no amount of a declined claim")
        checks.require(
            decision == .accept || reason != nil, "reason", "a reason to decline")
    }
}

/// The insurer has paid an accepted claim to the insured.
public struct PayClaim: Command {
    public static let type = "funding.claim.pay.v1"

    public var claim: ClaimID
    public var businessDate: BusinessDate

    public init(claim: ClaimID, businessDate: BusinessDate) {
        self.claim = claim
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
    }
}

/// The claim that a fact is about.
public struct ClaimSubject: Flattened {
    public var claim: ClaimID
    public var policy: PolicyID
    public var product: ProductID
    public var programme: Programme
    /// The community.
    public var territory: TerritoryCode
    public var eventDate: BusinessDate

    public init(
        claim: ClaimID, policy: PolicyID, product: ProductID, programme: Programme,
        territory: TerritoryCode, eventDate: BusinessDate
    ) {
        self.claim = claim
        self.policy = policy
        self.product = product
        self.programme = programme
        self.territory = territory
        self.eventDate = eventDate
    }
}

/// A claim is filed.
public struct ClaimFiled: Fact, HasSubject {
    public static let type = "funding.claim.filed.v1"

    public var about: ClaimSubject
    /// Amount claimed.
    public var amountFen: Fen
    public var filedOn: BusinessDate

    public init(_ about: ClaimSubject, amountFen: Fen, filedOn: BusinessDate) {
        self.about = about
        self.amountFen = amountFen
        self.filedOn = filedOn
    }
}

/// A claim is accepted, in whole or in part.
public struct ClaimAccepted: Fact, HasSubject {
    public static let type = "funding.claim.accepted.v1"

    public var about: ClaimSubject
    /// Amount accepted.
    public var amountFen: Fen
    public var decidedOn: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(_ about: ClaimSubject, amountFen: Fen, decidedOn: BusinessDate, actor: Actor? = nil)
    {
        self.about = about
        self.amountFen = amountFen
        self.decidedOn = decidedOn
        self.actor = actor
    }
}

/// A claim is declined.
public struct ClaimDeclined: Fact, HasSubject {
    public static let type = "funding.claim.declined.v1"

    public var about: ClaimSubject
    /// Amount claimed.
    public var amountFen: Fen
    public var decidedOn: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(_ about: ClaimSubject, amountFen: Fen, decidedOn: BusinessDate, actor: Actor? = nil)
    {
        self.about = about
        self.amountFen = amountFen
        self.decidedOn = decidedOn
        self.actor = actor
    }
}

/// A claim is paid. The insurer pays it, so no money of a fund moves.
public struct ClaimPaid: Fact, HasSubject {
    public static let type = "funding.claim.paid.v1"

    public var about: ClaimSubject
    /// Amount paid, which is the amount accepted.
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(_ about: ClaimSubject, amountFen: Fen, businessDate: BusinessDate) {
        self.about = about
        self.amountFen = amountFen
        self.businessDate = businessDate
    }
}
