/// A command that puts a record right.
public protocol Correcting: Command {
    var correction: Correction { get }
}

/// Why a record is corrected, when, and by whom. All commands that correct a record have it, except those for
/// attendances and headcounts, which are older: there the reason is optional before the session has closed.
public struct Correction: Flattened {
    /// 1 to 500 characters. It stays in events, because it may name someone.
    public var reason: String
    /// The day of the decision.
    public var correctedOn: BusinessDate
    /// The staff member or officer who has decided it.
    public var actor: Actor

    public init(reason: String, correctedOn: BusinessDate, actor: Actor) {
        self.reason = reason
        self.correctedOn = correctedOn
        self.actor = actor
    }

    func check(_ checks: inout Checks) {
        checks.text(reason, "reason", TextLimit.reason)
        checks.happened(correctedOn, "correctedOn")
    }
}

/// A fact that a record was put right. It says what holds now.
public protocol CorrectionFact: Fact {
    var correction: CorrectionMark { get }
}

/// When a record was corrected, and by whom. The reason stays in events.
public struct CorrectionMark: Flattened {
    public var correctedOn: BusinessDate
    /// Broker user who corrected it.
    public var correctedBy: String
    /// The staff member or officer who has decided it.
    public var actor: Actor

    public init(correctedOn: BusinessDate, correctedBy: String, actor: Actor) {
        self.correctedOn = correctedOn
        self.correctedBy = correctedBy
        self.actor = actor
    }
}
