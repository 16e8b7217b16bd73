/// Replaces what was recorded of an attendance: all of it, as this command says it. After the session has
/// closed, the figures are restated, and a reason is required.
public struct CorrectAttendance: Command {
    public static let type = "events.attendance.correct.v1"

    public var attendance: AttendanceID
    public var person: PersonID
    /// With whom the person makes a pair.
    public var child: PersonID?
    /// For which the person answers.
    public var household: HouseholdID?
    /// How many persons of the household came, those named included: 1 to 20; with a household only.
    public var persons: Int?
    /// True if nobody was there after all.
    public var void: Bool
    public var reason: String?
    public var correctedOn: BusinessDate

    public init(
        attendance: AttendanceID, person: PersonID, child: PersonID? = nil,
        household: HouseholdID? = nil, persons: Int? = nil, void: Bool, reason: String? = nil,
        correctedOn: BusinessDate
    ) {
        self.attendance = attendance
        self.person = person
        self.child = child
        self.household = household
        self.persons = persons
        self.void = void
        self.reason = reason
        self.correctedOn = correctedOn
    }

    public func check(_ checks: inout Checks) {
        checks.party(person, child, household, persons)
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// An attendance is another one than was recorded: a new version of the same record. The reason stays in
/// events.
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
    /// With whom the person makes a pair.
    public var child: PersonID?
    /// For which the person answers.
    public var household: HouseholdID?
    /// Persons who were there; 0 if the record is void.
    public var personTimes: Int
    /// Those of them whose ids are known.
    public var identified: Int
    /// Pairs of parent and child.
    public var pairs: Int
    public var households: Int
    /// Whether nobody was there: the record counts nothing.
    public var void: Bool
    /// Whether the session was closed, so that published figures change.
    public var restated: Bool
    public var correctedOn: BusinessDate

    public init(
        attendance: AttendanceID, session: SessionID, activity: ActivityID, kind: ActivityKind,
        programme: Programme, territory: TerritoryCode, startsOn: BusinessDate, person: PersonID,
        child: PersonID? = nil, household: HouseholdID? = nil, personTimes: Int, identified: Int,
        pairs: Int, households: Int, void: Bool, restated: Bool, correctedOn: BusinessDate
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
    }
}

/// Replaces what was said of a headcount. After the session has closed, the figures are restated, and a reason is
/// required.
public struct CorrectHeadcount: Command {
    public static let type = "events.headcount.correct.v1"

    public var headcount: HeadcountID
    /// 0 to 100,000; 0 if nobody was there after all.
    public var count: Int
    public var method: HeadcountMethod
    public var reason: String?
    public var correctedOn: BusinessDate

    public init(
        headcount: HeadcountID, count: Int, method: HeadcountMethod, reason: String? = nil,
        correctedOn: BusinessDate
    ) {
        self.headcount = headcount
        self.count = count
        self.method = method
        self.reason = reason
        self.correctedOn = correctedOn
    }

    public func check(_ checks: inout Checks) {
        checks.number(count, "count", 0...100_000)
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A headcount is another one than was recorded: a new version of the same record. The reason, which may name
/// someone, stays in events.
public struct HeadcountCorrected: Fact {
    public static let type = "events.headcount.corrected.v1"

    public var headcount: HeadcountID
    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate
    /// What the version before said.
    public var countBefore: Int
    public var methodBefore: HeadcountMethod
    /// Unnamed persons who were there; 0 if the record is void.
    public var count: Int
    public var method: HeadcountMethod
    /// Whether the session was closed, so that published figures change.
    public var restated: Bool
    public var correctedOn: BusinessDate
    /// On whose authority: a broker user.
    public var correctedBy: String

    public init(
        headcount: HeadcountID, session: SessionID, activity: ActivityID, kind: ActivityKind,
        programme: Programme, territory: TerritoryCode, startsOn: BusinessDate, countBefore: Int,
        methodBefore: HeadcountMethod, count: Int, method: HeadcountMethod, restated: Bool,
        correctedOn: BusinessDate, correctedBy: String
    ) {
        self.headcount = headcount
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
        self.countBefore = countBefore
        self.methodBefore = methodBefore
        self.count = count
        self.method = method
        self.restated = restated
        self.correctedOn = correctedOn
        self.correctedBy = correctedBy
    }
}

/// Two persons whom registry has found to be one were both recorded at a session. Both records count until one is
/// corrected.
public struct AttendanceReviewOpened: Fact {
    public static let type = "events.attendance_review.opened.v1"

    /// The record of the person who is merged into the other.
    public var attendance: AttendanceID
    /// The survivor's record.
    public var other: AttendanceID
    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate
    public var merged: PersonID
    public var survivor: PersonID

    public init(
        attendance: AttendanceID, other: AttendanceID, session: SessionID, activity: ActivityID,
        kind: ActivityKind, programme: Programme, territory: TerritoryCode, startsOn: BusinessDate,
        merged: PersonID, survivor: PersonID
    ) {
        self.attendance = attendance
        self.other = other
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
        self.merged = merged
        self.survivor = survivor
    }
}
