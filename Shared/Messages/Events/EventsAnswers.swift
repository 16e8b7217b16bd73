/// A session and its counts.
public struct SessionSummary: Codable, Hashable, Sendable {
    public var session: SessionID
    public var activity: ActivityID
    public var kind: ActivityKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var startsOn: BusinessDate
    /// `open`, `closed` or `cancelled`.
    public var state: String
    /// The date on which it was closed or cancelled.
    public var endedOn: BusinessDate?
    public var capacity: Int?
    /// Number of persons recorded by attendances.
    public var roster: Int
    /// Number of persons of the roster whose ids are known.
    public var identified: Int
    /// Number of persons counted or estimated without names.
    public var headcount: Int
    /// Number of persons of confirmed registrations.
    public var registered: Int
    /// Number of registrations in the waiting line.
    public var waiting: Int

    public init(
        session: SessionID, activity: ActivityID, kind: ActivityKind, programme: Programme,
        territory: TerritoryCode, startsOn: BusinessDate, state: String,
        endedOn: BusinessDate? = nil, capacity: Int? = nil, roster: Int, identified: Int,
        headcount: Int, registered: Int, waiting: Int
    ) {
        self.session = session
        self.activity = activity
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.startsOn = startsOn
        self.state = state
        self.endedOn = endedOn
        self.capacity = capacity
        self.roster = roster
        self.identified = identified
        self.headcount = headcount
        self.registered = registered
        self.waiting = waiting
    }
}

/// Answer about a session.
public struct SessionAnswer: Codable, Hashable, Sendable {
    public var session: SessionSummary
    /// Attendances, by their ids.
    public var roster: [AttendanceAnswer]
    /// Confirmed registrations, by their ids.
    public var registrations: [RegistrationAnswer]
    /// The waiting line, the next one first.
    public var waitlist: [RegistrationAnswer]
    /// `after` of the roster's next page; nil on the last page. So for the other two.
    public var nextAttendance: RecordID?
    public var nextRegistration: RecordID?
    public var nextWaiting: RecordID?

    public init(
        session: SessionSummary, roster: [AttendanceAnswer] = [],
        registrations: [RegistrationAnswer] = [], waitlist: [RegistrationAnswer] = []
    ) {
        self.session = session
        self.roster = roster
        self.registrations = registrations
        self.waitlist = waitlist
    }
}

/// An attendance, by ids.
public struct AttendanceAnswer: Codable, Hashable, Sendable {
    public var attendance: AttendanceID
    public var session: SessionID
    public var person: PersonID
    public var child: PersonID?
    public var household: HouseholdID?
    /// Number of persons.
    public var persons: Int
    public var recordedOn: BusinessDate
    /// True if a correction has said that nobody was there.
    public var void: Bool

    public init(
        attendance: AttendanceID, session: SessionID, person: PersonID, child: PersonID? = nil,
        household: HouseholdID? = nil, persons: Int, recordedOn: BusinessDate, void: Bool
    ) {
        self.attendance = attendance
        self.session = session
        self.person = person
        self.child = child
        self.household = household
        self.persons = persons
        self.recordedOn = recordedOn
        self.void = void
    }
}

/// A registration, by ids.
public struct RegistrationAnswer: Codable, Hashable, Sendable {
    public var registration: RegistrationID
    public var session: SessionID
    public var person: PersonID
    public var child: PersonID?
    public var household: HouseholdID?
    /// Number of persons.
    public var persons: Int
    /// `confirmed`, `waitlisted` or `cancelled`.
    public var state: String
    /// The date since which it is in this state.
    public var since: BusinessDate
    public var requestedOn: BusinessDate
    /// Its number on the waiting list, if it ever waited. Numbers are not reused.
    public var number: Int?

    public init(
        registration: RegistrationID, session: SessionID, person: PersonID,
        child: PersonID? = nil, household: HouseholdID? = nil, persons: Int, state: String,
        since: BusinessDate, requestedOn: BusinessDate, number: Int? = nil
    ) {
        self.registration = registration
        self.session = session
        self.person = person
        self.child = child
        self.household = household
        self.persons = persons
        self.state = state
        self.since = since
        self.requestedOn = requestedOn
        self.number = number
    }
}

/// A shift, by ids.
public struct ShiftAnswer: Codable, Hashable, Sendable {
    public var shift: ShiftID
    public var post: PostID
    public var territory: TerritoryCode
    public var person: PersonID
    public var household: HouseholdID?
    public var role: DutyRole
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    /// `offered`, `confirmed`, `checked_in`, `completed` or `missed`. More may be added.
    public var state: String
    /// The date of the last step.
    public var since: BusinessDate

    public init(
        shift: ShiftID, post: PostID, territory: TerritoryCode, person: PersonID,
        household: HouseholdID? = nil, role: DutyRole, startsAt: Timestamp, endsAt: Timestamp,
        state: String, since: BusinessDate
    ) {
        self.shift = shift
        self.post = post
        self.territory = territory
        self.person = person
        self.household = household
        self.role = role
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.state = state
        self.since = since
    }
}

/// One page of sessions.
public struct SessionsAnswer: Codable, Hashable, Sendable {
    public var sessions: [SessionSummary]
    /// `after` of the next page; nil on the last page.
    public var next: SessionID?

    public init(sessions: [SessionSummary], next: SessionID? = nil) {
        self.sessions = sessions
        self.next = next
    }
}

/// One page of shifts.
public struct ShiftsAnswer: Codable, Hashable, Sendable {
    public var shifts: [ShiftAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: ShiftID?

    public init(shifts: [ShiftAnswer], next: ShiftID? = nil) {
        self.shifts = shifts
        self.next = next
    }
}

/// Answer about a person. Records of territories outside of the publisher's scope are left out.
public struct EventsPersonAnswer: Codable, Hashable, Sendable {
    /// The id in force: of merged registrations, the survivor's.
    public var person: PersonID
    public var attendances: [AttendanceAnswer]
    public var registrations: [RegistrationAnswer]
    public var shifts: [ShiftAnswer]
    /// `after` of the attendances' next page; nil on the last page. So for the other two.
    public var nextAttendance: RecordID?
    public var nextRegistration: RecordID?
    public var nextShift: RecordID?

    public init(
        person: PersonID, attendances: [AttendanceAnswer] = [],
        registrations: [RegistrationAnswer] = [], shifts: [ShiftAnswer] = []
    ) {
        self.person = person
        self.attendances = attendances
        self.registrations = registrations
        self.shifts = shifts
    }
}
