extension Tag { public enum Shift {} }
public typealias ShiftID = ID<Tag.Shift>
extension Tag { public enum Post {} }
public typealias PostID = ID<Tag.Post>

/// What a duty post is.
public enum PostKind: String, WireEnum {
    /// 巷口岗: where a lane is entered.
    case lanePost = "lane_post"
    /// 小区.
    case compound
    case station, site
}

/// As what someone is on duty.
public enum DutyRole: String, WireEnum {
    case staff, volunteer
}

/// Offers a person a shift at a duty post. The first shift offered at a post says what the post is.
public struct OfferShift: Command, Territorial, Placed {
    public static let type = "events.shift.offer.v1"

    public var shift: ShiftID
    public var post: PostID
    public var postKind: PostKind
    public var role: DutyRole
    public var programme: Programme
    public var territory: TerritoryCode
    public var person: PersonID
    /// The volunteer household that the person serves for.
    public var household: HouseholdID?
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    /// The business date of `startsAt`.
    public var dutyOn: BusinessDate
    public var offeredOn: BusinessDate

    public var placement: Placement { Placement(territory, on: dutyOn) }

    public init(
        shift: ShiftID, post: PostID, postKind: PostKind, role: DutyRole, programme: Programme,
        territory: TerritoryCode, person: PersonID, household: HouseholdID? = nil,
        startsAt: Timestamp, endsAt: Timestamp, dutyOn: BusinessDate, offeredOn: BusinessDate
    ) {
        self.shift = shift
        self.post = post
        self.postKind = postKind
        self.role = role
        self.programme = programme
        self.territory = territory
        self.person = person
        self.household = household
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.dutyOn = dutyOn
        self.offeredOn = offeredOn
    }

    public func check(_ checks: inout Checks) {
        checks.require(endsAt > startsAt, "endsAt", "a time after \(startsAt)")
        checks.require(
            endsAt.microseconds - startsAt.microseconds <= Timestamp.perDay, "endsAt",
            "a time at most a day after \(startsAt)")
        checks.date(dutyOn, "dutyOn", of: startsAt)
    }
}

/// The person takes the shift.
public struct ConfirmShift: Command {
    public static let type = "events.shift.confirm.v1"

    public var shift: ShiftID
    public var confirmedOn: BusinessDate

    public init(
        shift: ShiftID, confirmedOn: BusinessDate
    ) {
        self.shift = shift
        self.confirmedOn = confirmedOn
    }
}

/// The person is at the post.
public struct CheckInToShift: Command {
    public static let type = "events.shift.check_in.v1"

    public var shift: ShiftID
    public var checkedInAt: Timestamp

    public init(
        shift: ShiftID, checkedInAt: Timestamp
    ) {
        self.shift = shift
        self.checkedInAt = checkedInAt
    }
}

/// The shift was served.
public struct CompleteShift: Command {
    public static let type = "events.shift.complete.v1"

    public var shift: ShiftID
    public var completedOn: BusinessDate

    public init(
        shift: ShiftID, completedOn: BusinessDate
    ) {
        self.shift = shift
        self.completedOn = completedOn
    }
}

/// The person did not come to a confirmed shift.
public struct RecordNoShow: Command {
    public static let type = "events.shift.no_show.v1"

    public var shift: ShiftID
    public var recordedOn: BusinessDate

    public init(
        shift: ShiftID, recordedOn: BusinessDate
    ) {
        self.shift = shift
        self.recordedOn = recordedOn
    }
}

/// A duty post is known.
public struct PostOpened: Fact {
    public static let type = "events.post.opened.v1"

    public var post: PostID
    public var postKind: PostKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var openedOn: BusinessDate

    public init(
        post: PostID, postKind: PostKind, programme: Programme, territory: TerritoryCode,
        openedOn: BusinessDate
    ) {
        self.post = post
        self.postKind = postKind
        self.programme = programme
        self.territory = territory
        self.openedOn = openedOn
    }
}

/// A shift is offered.
public struct ShiftOffered: Fact {
    public static let type = "events.shift.offered.v1"

    public var shift: ShiftID
    public var post: PostID
    public var postKind: PostKind
    public var role: DutyRole
    public var programme: Programme
    public var territory: TerritoryCode
    public var person: PersonID
    /// The volunteer household that the person serves for.
    public var household: HouseholdID?
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    public var dutyOn: BusinessDate
    public var offeredOn: BusinessDate

    public init(
        shift: ShiftID, post: PostID, postKind: PostKind, role: DutyRole, programme: Programme,
        territory: TerritoryCode, person: PersonID, household: HouseholdID? = nil,
        startsAt: Timestamp, endsAt: Timestamp, dutyOn: BusinessDate, offeredOn: BusinessDate
    ) {
        self.shift = shift
        self.post = post
        self.postKind = postKind
        self.role = role
        self.programme = programme
        self.territory = territory
        self.person = person
        self.household = household
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.dutyOn = dutyOn
        self.offeredOn = offeredOn
    }
}

/// A shift is taken.
public struct ShiftConfirmed: Fact {
    public static let type = "events.shift.confirmed.v1"

    public var shift: ShiftID
    public var post: PostID
    public var postKind: PostKind
    public var role: DutyRole
    public var programme: Programme
    public var territory: TerritoryCode
    public var person: PersonID
    /// The volunteer household that the person serves for.
    public var household: HouseholdID?
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    public var dutyOn: BusinessDate
    public var confirmedOn: BusinessDate

    public init(
        shift: ShiftID, post: PostID, postKind: PostKind, role: DutyRole, programme: Programme,
        territory: TerritoryCode, person: PersonID, household: HouseholdID? = nil,
        startsAt: Timestamp, endsAt: Timestamp, dutyOn: BusinessDate, confirmedOn: BusinessDate
    ) {
        self.shift = shift
        self.post = post
        self.postKind = postKind
        self.role = role
        self.programme = programme
        self.territory = territory
        self.person = person
        self.household = household
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.dutyOn = dutyOn
        self.confirmedOn = confirmedOn
    }
}

/// A person is at the post.
public struct ShiftCheckedIn: Fact {
    public static let type = "events.shift.checked_in.v1"

    public var shift: ShiftID
    public var post: PostID
    public var postKind: PostKind
    public var role: DutyRole
    public var programme: Programme
    public var territory: TerritoryCode
    public var person: PersonID
    /// The volunteer household that the person serves for.
    public var household: HouseholdID?
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    public var dutyOn: BusinessDate
    public var checkedInAt: Timestamp

    public init(
        shift: ShiftID, post: PostID, postKind: PostKind, role: DutyRole, programme: Programme,
        territory: TerritoryCode, person: PersonID, household: HouseholdID? = nil,
        startsAt: Timestamp, endsAt: Timestamp, dutyOn: BusinessDate, checkedInAt: Timestamp
    ) {
        self.shift = shift
        self.post = post
        self.postKind = postKind
        self.role = role
        self.programme = programme
        self.territory = territory
        self.person = person
        self.household = household
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.dutyOn = dutyOn
        self.checkedInAt = checkedInAt
    }
}

/// A shift was served.
public struct ShiftCompleted: Fact {
    public static let type = "events.shift.completed.v1"

    public var shift: ShiftID
    public var post: PostID
    public var postKind: PostKind
    public var role: DutyRole
    public var programme: Programme
    public var territory: TerritoryCode
    public var person: PersonID
    /// The volunteer household that the person serves for.
    public var household: HouseholdID?
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    public var dutyOn: BusinessDate
    public var completedOn: BusinessDate

    public init(
        shift: ShiftID, post: PostID, postKind: PostKind, role: DutyRole, programme: Programme,
        territory: TerritoryCode, person: PersonID, household: HouseholdID? = nil,
        startsAt: Timestamp, endsAt: Timestamp, dutyOn: BusinessDate, completedOn: BusinessDate
    ) {
        self.shift = shift
        self.post = post
        self.postKind = postKind
        self.role = role
        self.programme = programme
        self.territory = territory
        self.person = person
        self.household = household
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.dutyOn = dutyOn
        self.completedOn = completedOn
    }
}

/// Nobody came to a confirmed shift.
public struct ShiftMissed: Fact {
    public static let type = "events.shift.missed.v1"

    public var shift: ShiftID
    public var post: PostID
    public var postKind: PostKind
    public var role: DutyRole
    public var programme: Programme
    public var territory: TerritoryCode
    public var person: PersonID
    /// The volunteer household that the person serves for.
    public var household: HouseholdID?
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    public var dutyOn: BusinessDate
    public var recordedOn: BusinessDate

    public init(
        shift: ShiftID, post: PostID, postKind: PostKind, role: DutyRole, programme: Programme,
        territory: TerritoryCode, person: PersonID, household: HouseholdID? = nil,
        startsAt: Timestamp, endsAt: Timestamp, dutyOn: BusinessDate, recordedOn: BusinessDate
    ) {
        self.shift = shift
        self.post = post
        self.postKind = postKind
        self.role = role
        self.programme = programme
        self.territory = territory
        self.person = person
        self.household = household
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.dutyOn = dutyOn
        self.recordedOn = recordedOn
    }
}
