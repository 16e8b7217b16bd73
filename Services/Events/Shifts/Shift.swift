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

    static let table = Table<Post>(
        "duty_post", key: "id", lock: .share,
        columns: [
            Column("id", { $0.id }), Column("kind", { $0.kind.rawValue }),
            Column("programme", { $0.programme }), Column("territory", { $0.territory }),
            Column("opened_on", { $0.openedOn }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Post(
            id: try row.next(PostID.self), kind: try row.next(enum: PostKind.self),
            programme: try row.next(Programme.self), territory: try row.next(TerritoryCode.self),
            openedOn: try row.next(BusinessDate.self), sequence: try row.next(Int64.self))
    }
}

/// A person's time at a duty post.
struct Shift: Aggregate {
    let id: ShiftID
    let post: PostID
    let postKind: PostKind
    let role: DutyRole
    let programme: Programme
    let territory: TerritoryCode
    let person: PersonID
    let household: HouseholdID?
    let startsAt: Timestamp
    let endsAt: Timestamp
    let dutyOn: BusinessDate
    var state = ShiftState.offered
    /// The business date of the last step that has one.
    var since: BusinessDate
    var checkedInAt: Timestamp?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<Shift>(
        "shift", key: "id",
        columns: [
            Column("id", { $0.id }), Column("post", { $0.post }),
            Column("post_kind", { $0.postKind.rawValue }), Column("role", { $0.role.rawValue }),
            Column("programme", { $0.programme }), Column("territory", { $0.territory }),
            Column("person", { $0.person }), Column("household", optional: { $0.household }),
            Column("starts_at", { $0.startsAt }), Column("ends_at", { $0.endsAt }),
            Column("duty_on", { $0.dutyOn }), Column("state", { $0.state.rawValue }),
            Column("since", { $0.since }), Column("checked_in_at", optional: { $0.checkedInAt }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Shift(
            id: try row.next(ShiftID.self), post: try row.next(PostID.self),
            postKind: try row.next(enum: PostKind.self), role: try row.next(enum: DutyRole.self),
            programme: try row.next(Programme.self), territory: try row.next(TerritoryCode.self),
            person: try row.next(PersonID.self),
            household: try row.next(optional: HouseholdID.self),
            startsAt: try row.next(Timestamp.self), endsAt: try row.next(Timestamp.self),
            dutyOn: try row.next(BusinessDate.self), state: try row.next(enum: ShiftState.self),
            since: try row.next(BusinessDate.self),
            checkedInAt: try row.next(optional: Timestamp.self),
            sequence: try row.next(Int64.self))
    }
}

/// The state of a shift.
enum ShiftState: String, CaseIterable {
    case offered, confirmed, completed, missed
    case checkedIn = "checked_in"

    /// Each step is taken from one state only.
    func after(_ step: ShiftStep) throws(Refusal) -> ShiftState {
        switch (self, step) {
        case (.offered, .confirm): .confirmed
        case (.confirmed, .checkIn): .checkedIn
        case (.confirmed, .miss): .missed
        case (.checkedIn, .complete): .completed
        case (_, .confirm): throw Refusal(.shiftNotOffered, at: "/shift")
        case (_, .checkIn), (_, .miss): throw Refusal(.shiftNotConfirmed, at: "/shift")
        case (_, .complete): throw Refusal(.shiftNotCheckedIn, at: "/shift")
        }
    }
}

enum ShiftStep { case confirm, checkIn, complete, miss }

// MARK: Facts

extension Post {
    var opened: PostOpened {
        PostOpened(
            post: id, postKind: kind, programme: programme, territory: territory,
            openedOn: openedOn)
    }
}

extension Shift {
    private var subject: ShiftSubject {
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
