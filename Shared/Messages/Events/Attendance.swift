/// Records who was at a session: a person, a pair of parent and child, or a household.
public struct RecordAttendance: Command {
    public static let type = "events.attendance.record.v1"

    public var attendance: AttendanceID
    public var session: SessionID
    public var person: PersonID
    /// With whom the person makes a pair.
    public var child: PersonID?
    /// For which the person answers.
    public var household: HouseholdID?
    /// How many persons of the household came, those named included: 1 to 20; with a household only.
    public var persons: Int?
    public var recordedOn: BusinessDate

    public init(
        attendance: AttendanceID, session: SessionID, person: PersonID, child: PersonID? = nil,
        household: HouseholdID? = nil, persons: Int? = nil, recordedOn: BusinessDate
    ) {
        self.attendance = attendance
        self.session = session
        self.person = person
        self.child = child
        self.household = household
        self.persons = persons
        self.recordedOn = recordedOn
    }

    public func check(_ checks: inout Checks) {
        checks.party(person, child, household, persons)
    }
}

/// A person, a pair or a household was at a session. Counts that are missing are those of one person.
public struct AttendanceRecorded: Fact {
    public static let type = "events.attendance.recorded.v1"

    public var attendance: AttendanceID
    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var person: PersonID
    public var child: PersonID?
    public var household: HouseholdID?
    public var startsOn: BusinessDate
    /// Persons who were there.
    public var personTimes: Int?
    /// Those of them whose ids are known.
    public var identified: Int?
    /// Pairs of parent and child.
    public var pairs: Int?
    public var households: Int?

    public init(
        attendance: AttendanceID, session: SessionID, activity: ActivityID, kind: ActivityKind,
        programme: Programme, territory: TerritoryCode, person: PersonID, child: PersonID? = nil,
        household: HouseholdID? = nil, startsOn: BusinessDate, personTimes: Int? = nil,
        identified: Int? = nil, pairs: Int? = nil, households: Int? = nil
    ) {
        self.attendance = attendance
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.person = person
        self.child = child
        self.household = household
        self.startsOn = startsOn
        self.personTimes = personTimes
        self.identified = identified
        self.pairs = pairs
        self.households = households
    }
}

/// How a headcount was found.
public enum HeadcountMethod: String, WireEnum {
    case counted, estimated
}

/// Records how many unnamed persons were at a session, besides those of its roster.
public struct RecordHeadcount: Command {
    public static let type = "events.headcount.record.v1"

    public var headcount: HeadcountID
    public var session: SessionID
    /// 1 to 100,000.
    public var count: Int
    public var method: HeadcountMethod
    public var recordedOn: BusinessDate

    public init(
        headcount: HeadcountID, session: SessionID, count: Int, method: HeadcountMethod,
        recordedOn: BusinessDate
    ) {
        self.headcount = headcount
        self.session = session
        self.count = count
        self.method = method
        self.recordedOn = recordedOn
    }

    public func check(_ checks: inout Checks) {
        checks.number(count, "count", 1...100_000)
    }
}

/// So many unnamed persons were at a session.
public struct HeadcountRecorded: Fact {
    public static let type = "events.headcount.recorded.v1"

    public var headcount: HeadcountID
    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var count: Int
    public var method: HeadcountMethod
    public var startsOn: BusinessDate

    public init(
        headcount: HeadcountID, session: SessionID, activity: ActivityID, kind: ActivityKind,
        programme: Programme, territory: TerritoryCode, count: Int, method: HeadcountMethod,
        startsOn: BusinessDate
    ) {
        self.headcount = headcount
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.count = count
        self.method = method
        self.startsOn = startsOn
    }
}
