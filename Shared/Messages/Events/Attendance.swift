extension Tag {
    public enum Attendance {}
    public enum Headcount {}
}
public typealias AttendanceID = ID<Tag.Attendance>
public typealias HeadcountID = ID<Tag.Headcount>

/// Records who attended a session: a person, a pair of parent and child, or a household.
public struct RecordAttendance: Command, HasSubject {
    public static let type = "events.attendance.record.v1"

    public var attendance: AttendanceID
    public var session: SessionID
    public var about: PartySubject
    public var recordedOn: BusinessDate

    public init(
        _ about: PartySubject, attendance: AttendanceID, session: SessionID,
        recordedOn: BusinessDate
    ) {
        self.about = about
        self.attendance = attendance
        self.session = session
        self.recordedOn = recordedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(recordedOn, "recordedOn")
        about.check(&checks)
    }
}

/// A person, a pair or a household attended a session. Absent counts are those of one person.
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
    /// Number of persons who attended.
    public var personTimes: Int?
    /// Number of them whose ids are known.
    public var identified: Int?
    /// Number of pairs of parent and child.
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

/// Method of a headcount.
public enum HeadcountMethod: String, WireEnum {
    case counted, estimated
}

/// Records the number of unnamed persons at a session, in addition to its roster. Together they are never more than the session
/// has places, except those who are said to have been there beyond them.
public struct RecordHeadcount: Command {
    public static let type = "events.headcount.record.v1"

    public var headcount: HeadcountID
    public var session: SessionID
    /// 1 to 100,000 persons.
    public var count: Int
    public var method: HeadcountMethod
    public var recordedOn: BusinessDate
    /// True if these persons were there beyond the session's places. Then a reason is required.
    public var beyondCapacity: Bool?
    /// It stays in events.
    public var reason: String?

    public init(
        headcount: HeadcountID, session: SessionID, count: Int, method: HeadcountMethod,
        recordedOn: BusinessDate, beyondCapacity: Bool? = nil, reason: String? = nil
    ) {
        self.headcount = headcount
        self.session = session
        self.count = count
        self.method = method
        self.recordedOn = recordedOn
        self.beyondCapacity = beyondCapacity
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.happened(recordedOn, "recordedOn")
        checks.number(count, "count", 1...100_000)
        checks.reason(reason, beyondCapacity)
    }
}

/// A number of unnamed persons attended a session.
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
    /// True if these persons were there beyond the session's places.
    public var beyondCapacity: Bool?

    public init(
        headcount: HeadcountID, session: SessionID, activity: ActivityID, kind: ActivityKind,
        programme: Programme, territory: TerritoryCode, count: Int, method: HeadcountMethod,
        startsOn: BusinessDate, beyondCapacity: Bool? = nil
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
        self.beyondCapacity = beyondCapacity
    }
}

extension Checks {
    /// A reason, which is required for persons beyond the capacity.
    mutating func reason(_ reason: String?, _ beyondCapacity: Bool?) {
        text(reason, "reason", TextLimit.reason)
        require(
            beyondCapacity != true || reason != nil, "reason",
            "a reason, because more persons were there than the session has places")
    }
}
