extension Tag { public enum Shift {} }
public typealias ShiftID = ID<Tag.Shift>
extension Tag { public enum Post {} }
public typealias PostID = ID<Tag.Post>

/// Kind of a duty post.
public enum PostKind: String, WireEnum {
    /// 巷口岗: at the entrance of a lane.
    case lanePost = "lane_post"
    /// 小区.
    case compound
    case station, site
}

/// Role of a person on duty.
public enum DutyRole: String, WireEnum {
    case staff, volunteer
}

/// The shift that a message is about.
public struct ShiftSubject: Flattened, Hashable {
    public var shift: ShiftID
    public var post: PostID
    public var postKind: PostKind
    public var role: DutyRole
    public var programme: Programme
    public var territory: TerritoryCode
    public var person: PersonID
    /// The volunteer household for which the person serves.
    public var household: HouseholdID?
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    /// The business date of `startsAt`.
    public var dutyOn: BusinessDate

    public init(
        shift: ShiftID, post: PostID, postKind: PostKind, role: DutyRole, programme: Programme,
        territory: TerritoryCode, person: PersonID, household: HouseholdID? = nil,
        startsAt: Timestamp, endsAt: Timestamp, dutyOn: BusinessDate
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
    }
}

/// Offers a person a shift at a duty post. The first shift offered at a post defines the post.
public struct OfferShift: Command, Territorial, Placed, HasSubject {
    public static let type = "events.shift.offer.v1"

    public var about: ShiftSubject
    public var offeredOn: BusinessDate

    public var placement: Placement { Placement(territory, on: about.dutyOn) }

    public var territory: TerritoryCode { about.territory }

    public init(_ about: ShiftSubject, offeredOn: BusinessDate) {
        self.about = about
        self.offeredOn = offeredOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(offeredOn, "offeredOn")
        checks.duty(from: about.startsAt, to: about.endsAt, on: about.dutyOn)
    }
}

/// The person confirms the shift.
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

    public func check(_ checks: inout Checks) {
        checks.happened(confirmedOn, "confirmedOn")
    }
}

/// The person checks in at the post.
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

    public func check(_ checks: inout Checks) {
        checks.happened(checkedInAt, "checkedInAt")
    }
}

/// Records that the shift was served.
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

    public func check(_ checks: inout Checks) {
        checks.happened(completedOn, "completedOn")
    }
}

/// Records that the person did not come to a confirmed shift.
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

    public func check(_ checks: inout Checks) {
        checks.happened(recordedOn, "recordedOn")
    }
}

/// A duty post was defined.
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
public struct ShiftOffered: Fact, HasSubject {
    public static let type = "events.shift.offered.v1"

    public var about: ShiftSubject
    public var offeredOn: BusinessDate

    public init(_ about: ShiftSubject, offeredOn: BusinessDate) {
        self.about = about
        self.offeredOn = offeredOn
    }
}

/// A shift is confirmed.
public struct ShiftConfirmed: Fact, HasSubject {
    public static let type = "events.shift.confirmed.v1"

    public var about: ShiftSubject
    public var confirmedOn: BusinessDate

    public init(_ about: ShiftSubject, confirmedOn: BusinessDate) {
        self.about = about
        self.confirmedOn = confirmedOn
    }
}

/// A person has checked in at the post.
public struct ShiftCheckedIn: Fact, HasSubject {
    public static let type = "events.shift.checked_in.v1"

    public var about: ShiftSubject
    public var checkedInAt: Timestamp

    public init(_ about: ShiftSubject, checkedInAt: Timestamp) {
        self.about = about
        self.checkedInAt = checkedInAt
    }
}

/// A shift was served.
public struct ShiftCompleted: Fact, HasSubject {
    public static let type = "events.shift.completed.v1"

    public var about: ShiftSubject
    public var completedOn: BusinessDate

    public init(_ about: ShiftSubject, completedOn: BusinessDate) {
        self.about = about
        self.completedOn = completedOn
    }
}

/// Nobody came to a confirmed shift.
public struct ShiftMissed: Fact, HasSubject {
    public static let type = "events.shift.missed.v1"

    public var about: ShiftSubject
    public var recordedOn: BusinessDate

    public init(_ about: ShiftSubject, recordedOn: BusinessDate) {
        self.about = about
        self.recordedOn = recordedOn
    }
}
