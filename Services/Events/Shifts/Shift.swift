import Foundation
import Messages
import Postgres
import ServiceKit

/// A place where someone is on duty.
struct Post: Aggregate {
    let id: PostID
    let kind: PostKind
    let programme: Programme
    let territory: TerritoryCode
    let openedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "duty_post", key: "id", lock: .share, Post.init,
        Field("id", \.id), Field("kind", \.kind), Field("programme", \.programme),
        Field("territory", \.territory), Field("opened_on", \.openedOn),
        Field("sequence", \.sequence))
}

/// A person's time at a duty post.
struct Shift: Aggregate {
    let id: ShiftID
    var post: PostID
    var postKind: PostKind
    var role: DutyRole
    var programme: Programme
    var territory: TerritoryCode
    var person: PersonID
    var household: HouseholdID?
    var startsAt: Timestamp
    var endsAt: Timestamp
    var dutyOn: BusinessDate
    var state = ShiftState.offered
    /// The business date of the last step that has one.
    var since: BusinessDate
    var checkedInAt: Timestamp?
    /// When the message that recorded the absence was written; nil if the person has not missed the shift.
    var missedAt: Timestamp?
    /// Whether a death or an erasure has cancelled it.
    var isWithdrawn = false
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "shift", key: "id", Shift.init,
        Field("id", \.id), Field("post", \.post), Field("post_kind", \.postKind),
        Field("role", \.role), Field("programme", \.programme), Field("territory", \.territory),
        Field("person", \.person), Field("household", \.household), Field("starts_at", \.startsAt),
        Field("ends_at", \.endsAt), Field("duty_on", \.dutyOn), Field("state", \.state),
        Field("since", \.since), Field("checked_in_at", \.checkedInAt),
        Field("missed_at", \.missedAt), Field("is_withdrawn", \.isWithdrawn),
        Field("sequence", \.sequence))
}

/// The state of a shift.
enum ShiftState: String, CaseIterable, PostgresValue {
    case offered, confirmed, completed, missed, excused, cancelled
    case checkedIn = "checked_in"

    /// Whether the person cannot be elsewhere on duty at the time.
    var isBinding: Bool { self == .confirmed || self == .checkedIn || self == .completed }

    /// Each step that is planned is taken from one state only.
    func after(_ step: ShiftStep) throws(Refusal) -> ShiftState {
        switch (self, step) {
        case (.offered, .cancel), (.confirmed, .cancel): .cancelled
        case (.confirmed, .excuse), (.missed, .excuse): .excused
        case (.cancelled, .reopen): .offered
        case (.checkedIn, .reopen), (.completed, .reopen), (.missed, .reopen),
            (.excused, .reopen):
            .confirmed
        case (.offered, .confirm): .confirmed
        case (.confirmed, .checkIn): .checkedIn
        case (.confirmed, .miss): .missed
        case (.checkedIn, .complete): .completed
        case (_, .confirm): throw Refusal(.shiftNotOffered, at: "/shift")
        case (_, .checkIn), (_, .miss): throw Refusal(.shiftNotConfirmed, at: "/shift")
        case (_, .complete): throw Refusal(.shiftNotCheckedIn, at: "/shift")
        case (_, .cancel): throw Refusal(.shiftNotAhead, at: "/shift", because: self)
        case (_, .excuse): throw Refusal(.shiftNotExcusable, at: "/shift", because: self)
        case (_, .reopen): throw Refusal(.shiftOpen, at: "/shift", because: self)
        }
    }

    /// Its name on the wire.
    var standing: ShiftStanding {
        switch self {
        case .offered: .offered
        case .confirmed: .confirmed
        case .checkedIn: .checkedIn
        case .completed: .completed
        case .missed: .missed
        case .excused: .excused
        case .cancelled: .cancelled
        }
    }
}

enum ShiftStep { case confirm, checkIn, complete, miss, cancel, excuse, reopen }

// MARK: Facts

extension Post {
    var opened: PostOpened {
        PostOpened(
            post: id, postKind: kind, programme: programme, territory: territory,
            openedOn: openedOn)
    }
}

extension Shift {
    var subject: ShiftSubject {
        ShiftSubject(
            shift: id, post: post, postKind: postKind, role: role, programme: programme,
            territory: territory, person: person, household: household, startsAt: startsAt,
            endsAt: endsAt, dutyOn: dutyOn)
    }

    func offered(on day: BusinessDate) -> ShiftOffered {
        ShiftOffered(subject, offeredOn: day)
    }

    func confirmed(on day: BusinessDate) -> ShiftConfirmed {
        ShiftConfirmed(subject, confirmedOn: day)
    }

    func checkedIn(at time: Timestamp) -> ShiftCheckedIn {
        ShiftCheckedIn(subject, checkedInAt: time)
    }

    func completed(on day: BusinessDate) -> ShiftCompleted {
        ShiftCompleted(subject, completedOn: day)
    }

    func missed(on day: BusinessDate) -> ShiftMissed {
        ShiftMissed(subject, recordedOn: day)
    }
}
