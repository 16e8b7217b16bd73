/// Replaces all that was recorded of an attendance. After the session has closed, figures are
/// restated, and a reason is required.
public struct CorrectAttendance: Command, HasSubject {
    public static let type = "events.attendance.correct.v1"

    public var attendance: AttendanceID
    public var about: PartySubject
    /// True if nobody attended after all.
    public var void: Bool
    public var reason: String?
    public var correctedOn: BusinessDate
    /// The session that was attended, if it was another one.
    public var session: SessionID?
    /// The staff member or officer who has decided it.
    public var actor: Actor

    public init(
        _ about: PartySubject, attendance: AttendanceID, void: Bool, reason: String? = nil,
        correctedOn: BusinessDate, session: SessionID? = nil, actor: Actor
    ) {
        self.about = about
        self.attendance = attendance
        self.void = void
        self.reason = reason
        self.correctedOn = correctedOn
        self.session = session
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(correctedOn, "correctedOn")
        about.check(&checks)
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// An attendance was corrected: a new version of the same record. The reason stays in events.
public struct AttendanceCorrected: Fact {
    public static let type = "events.attendance.corrected.v1"

    public var attendance: AttendanceID
    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate
    public var person: PersonID
    /// Child with whom the person forms a pair.
    public var child: PersonID?
    /// Household for which the person registers or attends.
    public var household: HouseholdID?
    /// Number of persons who attended; 0 if the record is void.
    public var personTimes: Int
    /// Number of them whose ids are known.
    public var identified: Int
    /// Number of pairs of parent and child.
    public var pairs: Int
    public var households: Int
    /// True if nobody attended: the record counts nothing.
    public var void: Bool
    /// True if the session was closed: published figures change.
    public var restated: Bool
    public var correctedOn: BusinessDate
    /// The staff member or officer who has decided it.
    public var actor: Actor?

    public init(
        attendance: AttendanceID, session: SessionID, activity: ActivityID, kind: ActivityKind,
        programme: Programme, territory: TerritoryCode, startsOn: BusinessDate, person: PersonID,
        child: PersonID? = nil, household: HouseholdID? = nil, personTimes: Int, identified: Int,
        pairs: Int, households: Int, void: Bool, restated: Bool, correctedOn: BusinessDate,
        actor: Actor? = nil
    ) {
        self.attendance = attendance
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
        self.person = person
        self.child = child
        self.household = household
        self.personTimes = personTimes
        self.identified = identified
        self.pairs = pairs
        self.households = households
        self.void = void
        self.restated = restated
        self.correctedOn = correctedOn
        self.actor = actor
    }
}

/// Replaces a headcount. After the session has closed, figures are restated, and a reason is
/// required.
public struct CorrectHeadcount: Command {
    public static let type = "events.headcount.correct.v1"

    public var headcount: HeadcountID
    /// 0 to 100,000; 0 if nobody attended after all.
    public var count: Int
    public var method: HeadcountMethod
    public var reason: String?
    public var correctedOn: BusinessDate
    /// The session at which they were, if it was another one.
    public var session: SessionID?
    /// Whether these persons were there beyond the session's places; by default as was said before. If so, a reason is
    /// required.
    public var beyondCapacity: Bool?
    /// The staff member or officer who has decided it.
    public var actor: Actor

    public init(
        headcount: HeadcountID, count: Int, method: HeadcountMethod, reason: String? = nil,
        correctedOn: BusinessDate, session: SessionID? = nil, beyondCapacity: Bool? = nil,
        actor: Actor
    ) {
        self.headcount = headcount
        self.count = count
        self.method = method
        self.reason = reason
        self.correctedOn = correctedOn
        self.session = session
        self.beyondCapacity = beyondCapacity
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(correctedOn, "correctedOn")
        checks.number(count, "count", 0...100_000)
        checks.reason(reason, beyondCapacity)
    }
}

/// A headcount was corrected: a new version of the same record. The reason stays in events, because
/// it may name someone.
public struct HeadcountCorrected: Fact, HasSubject {
    public static let type = "events.headcount.corrected.v1"

    public var headcount: HeadcountID
    public var about: SessionSubject
    /// Count of the version before.
    public var countBefore: Int
    public var methodBefore: HeadcountMethod
    /// Number of unnamed persons who attended; 0 if the record is void.
    public var count: Int
    public var method: HeadcountMethod
    /// True if the session was closed: published figures change.
    public var restated: Bool
    public var correctedOn: BusinessDate
    /// Broker user who corrected it.
    public var correctedBy: String
    /// True if these persons were there beyond the session's places.
    public var beyondCapacity: Bool?
    /// The staff member or officer who has decided it.
    public var actor: Actor?

    public init(
        _ about: SessionSubject, headcount: HeadcountID, countBefore: Int,
        methodBefore: HeadcountMethod, count: Int, method: HeadcountMethod, restated: Bool,
        correctedOn: BusinessDate, correctedBy: String, beyondCapacity: Bool? = nil,
        actor: Actor? = nil
    ) {
        self.about = about
        self.headcount = headcount
        self.countBefore = countBefore
        self.methodBefore = methodBefore
        self.count = count
        self.method = method
        self.restated = restated
        self.correctedOn = correctedOn
        self.correctedBy = correctedBy
        self.beyondCapacity = beyondCapacity
        self.actor = actor
    }
}

/// Two registrations that registry has merged both have an attendance at a session. Both records
/// count until one is corrected.
public struct AttendanceReviewOpened: Fact, HasSubject {
    public static let type = "events.attendance_review.opened.v1"

    /// The record of the person who is merged into the other.
    public var attendance: AttendanceID
    /// The survivor's record.
    public var other: AttendanceID
    public var about: SessionSubject
    public var merged: PersonID
    public var survivor: PersonID

    public init(
        _ about: SessionSubject, attendance: AttendanceID, other: AttendanceID, merged: PersonID,
        survivor: PersonID
    ) {
        self.about = about
        self.attendance = attendance
        self.other = other
        self.merged = merged
        self.survivor = survivor
    }
}

/// A review of two attendances has ended: one of them was corrected, or the merge that opened it was undone.
public struct AttendanceReviewClosed: Fact, HasSubject {
    public static let type = "events.attendance_review.closed.v1"

    /// The record for which the review was opened.
    public var attendance: AttendanceID
    public var other: AttendanceID
    public var about: SessionSubject
    public var closedOn: BusinessDate
    /// The staff member or officer who decided it; nil if the two are of two persons, as registry says.
    public var actor: Actor?

    public init(
        _ about: SessionSubject, attendance: AttendanceID, other: AttendanceID,
        closedOn: BusinessDate, actor: Actor? = nil
    ) {
        self.about = about
        self.attendance = attendance
        self.other = other
        self.closedOn = closedOn
        self.actor = actor
    }
}
