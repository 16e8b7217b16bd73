/// Says the days of a membership anew, because they were recorded wrongly: all of them, also those that were right. Without
/// `leftOn` the membership is active again.
public struct CorrectMember: Command {
    public static let type = "registry.member.correct.v1"

    public var member: MemberID
    public var enrolledOn: BusinessDate
    /// The first day without membership; nil if it goes on.
    public var leftOn: BusinessDate?
    /// How it ended. Default, with `leftOn`: `left`.
    public var ending: MemberEnding?
    /// Stays in registry.
    public var reason: String
    /// The office of whoever decides. It is held today.
    public var actor: Actor

    public init(
        member: MemberID, enrolledOn: BusinessDate, leftOn: BusinessDate? = nil,
        ending: MemberEnding? = nil, reason: String, actor: Actor
    ) {
        self.member = member
        self.enrolledOn = enrolledOn
        self.leftOn = leftOn
        self.ending = ending
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(enrolledOn, "enrolledOn")
        checks.happened(leftOn, "leftOn")
        checks.text(reason, "reason", TextLimit.reason)
        checks.period(enrolledOn, leftOn, "leftOn")
        checks.require(ending == nil || leftOn != nil, "ending", "no ending without leftOn")
    }
}

/// The days of a membership were corrected.
public struct MemberCorrected: PeopleFact, HasSubject {
    public static let type = "registry.member.corrected.v1"

    public var about: MemberSubject
    public var enrolledOn: BusinessDate
    public var leftOn: BusinessDate?
    public var ending: MemberEnding?
    /// The day of the decision. Older facts do not have it.
    public var correctedOn: BusinessDate?
    /// The office of whoever decided.
    public var actor: Actor
    /// What registry holds of those concerned, after it.
    public var records: PeopleRecords?

    public init(
        _ about: MemberSubject, enrolledOn: BusinessDate, leftOn: BusinessDate? = nil,
        ending: MemberEnding? = nil, correctedOn: BusinessDate? = nil, actor: Actor,
        records: PeopleRecords? = nil
    ) {
        self.about = about
        self.enrolledOn = enrolledOn
        self.leftOn = leftOn
        self.ending = ending
        self.correctedOn = correctedOn
        self.actor = actor
        self.records = records
    }
}

/// Takes back a membership that never was: another person, role or branch was meant.
public struct VoidMember: Command {
    public static let type = "registry.member.void.v1"

    public var member: MemberID
    /// Stays in registry.
    public var reason: String
    /// The office of whoever decides. It is held today.
    public var actor: Actor

    public init(member: MemberID, reason: String, actor: Actor) {
        self.member = member
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A membership never was.
public struct MemberVoided: PeopleFact, HasSubject {
    public static let type = "registry.member.voided.v1"

    public var about: MemberSubject
    /// The day of the decision. Older facts do not have it.
    public var voidedOn: BusinessDate?
    /// The office of whoever decided.
    public var actor: Actor
    /// What registry holds of those concerned, after it.
    public var records: PeopleRecords?

    public init(
        _ about: MemberSubject, voidedOn: BusinessDate? = nil, actor: Actor,
        records: PeopleRecords? = nil
    ) {
        self.about = about
        self.voidedOn = voidedOn
        self.actor = actor
        self.records = records
    }
}
