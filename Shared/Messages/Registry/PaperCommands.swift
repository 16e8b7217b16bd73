/// How a paper ended.
public enum PaperEnding: String, WireEnum {
    /// It is another person's, or there is none of that number: it finds nobody any more.
    case wrong
    /// Another one took its place. It still finds the person.
    case replaced
    case expired
}

/// Records a further paper of a registered person.
public struct RecordPaper: Command {
    public static let type = "registry.paper.record.v1"

    public var person: PersonID
    public var paper: Paper
    public var recordedOn: BusinessDate
    /// Free text; stays in registry.
    public var reason: String?
    /// The id of the membership as staff member or officer of whoever decides. It is active on that day.
    public var actor: Actor

    public init(
        person: PersonID, paper: Paper, recordedOn: BusinessDate, reason: String? = nil,
        actor: Actor
    ) {
        self.person = person
        self.paper = paper
        self.recordedOn = recordedOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.nested(paper, "paper") { $0.check(&$1) }
        checks.happened(recordedOn, "recordedOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A person has a further paper. Without its number.
public struct PaperRecorded: Fact {
    public static let type = "registry.paper.recorded.v1"

    public var person: PersonID
    public var territory: TerritoryCode
    public var kind: PaperKind
    public var recordedOn: BusinessDate
    /// The office of whoever decided.
    public var actor: Actor

    public init(
        person: PersonID, territory: TerritoryCode, kind: PaperKind, recordedOn: BusinessDate,
        actor: Actor
    ) {
        self.person = person
        self.territory = territory
        self.kind = kind
        self.recordedOn = recordedOn
        self.actor = actor
    }
}

/// Withdraws a paper that was recorded by mistake, was replaced, or has expired.
public struct WithdrawPaper: Command {
    public static let type = "registry.paper.withdraw.v1"

    public var person: PersonID
    public var paper: Paper
    public var `as`: PaperEnding
    public var withdrawnOn: BusinessDate
    /// Free text; stays in registry.
    public var reason: String
    /// The id of the membership as staff member or officer of whoever decides. It is active on that day.
    public var actor: Actor

    public init(
        person: PersonID, paper: Paper, as ending: PaperEnding, withdrawnOn: BusinessDate,
        reason: String, actor: Actor
    ) {
        self.person = person
        self.paper = paper
        self.as = ending
        self.withdrawnOn = withdrawnOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.nested(paper, "paper") { $0.check(&$1) }
        checks.happened(withdrawnOn, "withdrawnOn")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A paper of a person was withdrawn. Without its number.
public struct PaperWithdrawn: Fact {
    public static let type = "registry.paper.withdrawn.v1"

    public var person: PersonID
    public var territory: TerritoryCode
    public var kind: PaperKind
    public var `as`: PaperEnding
    /// `provisional` for somebody who is to be verified again.
    public var standing: PersonStanding
    public var withdrawnOn: BusinessDate
    /// The office of whoever decided.
    public var actor: Actor

    public init(
        person: PersonID, territory: TerritoryCode, kind: PaperKind, as ending: PaperEnding,
        standing: PersonStanding, withdrawnOn: BusinessDate, actor: Actor
    ) {
        self.person = person
        self.territory = territory
        self.kind = kind
        self.as = ending
        self.standing = standing
        self.withdrawnOn = withdrawnOn
        self.actor = actor
    }
}
