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

/// Where a shift stands.
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

/// Fills duty posts: a shift is offered, confirmed, begun and completed, or the person does not come. Offers may
/// overlap; nobody has confirmed two shifts at once.
enum Shifts {
    static func register(in router: inout Router) {
        router.on(
            OfferShift.self,
            keys: { command, keys in
                keys.need(Shift.self, command.shift.uuid)
                keys.need(Post.self, command.post.uuid)
                keys.need(Person.self, command.person.uuid)
                if let household = command.household { keys.need(Household.self, household.uuid) }
            }, offer)
        // Alone, because it asks the database for the person's other shifts.
        router.on(
            ConfirmShift.self, keys: { $1.need(Shift.self, $0.shift.uuid) }, alone: true, confirm)
        router.on(CheckInToShift.self, keys: { $1.need(Shift.self, $0.shift.uuid) }, checkIn)
        router.on(CompleteShift.self, keys: { $1.need(Shift.self, $0.shift.uuid) }, complete)
        router.on(RecordNoShow.self, keys: { $1.need(Shift.self, $0.shift.uuid) }, miss)
    }

    // MARK: The offer

    static func offer(_ command: OfferShift, _ unit: UnitOfWork) throws -> [Emission] {
        try unit.requireNew(Shift.self, command.shift.uuid, else: .shiftExists, at: "/shift")
        let person = try Persons.require(command.person, at: "/person", unit)
        guard person.isAlive else { throw Refusal(.personDied, at: "/person") }
        if let household = command.household, person.household != household {
            _ = try unit.require(
                Household.self, household.uuid, else: .unknownHousehold, at: "/household")
            throw Refusal(.notOfHousehold, at: "/household")
        }
        let held = try unit.find(Post.self, command.post.uuid)
        var post = held ?? Post(command)
        try post.require(command)
        var shift = Shift(command, person)
        let offered = try unit.save(&shift, shift.offered(on: command.offeredOn))
        guard held == nil else { return [offered] }
        return [try unit.save(&post, post.opened), offered]
    }

    // MARK: Its steps

    static func confirm(_ command: ConfirmShift, _ unit: UnitOfWork) throws -> Emission {
        var shift = try find(command.shift, unit)
        try shift.step(.confirm, on: command.confirmedOn, at: "/confirmedOn")
        let others = try unit.query(
            """
            SELECT id FROM shift
            WHERE person = \(shift.person) AND state IN ('confirmed', 'checked_in', 'completed')
              AND tstzrange(starts_at, ends_at) && tstzrange(\(shift.startsAt), \(shift.endsAt))
            LIMIT 1
            """)
        guard others.isEmpty else { throw Refusal(.elsewhereOnDuty, at: "/shift") }
        return try unit.save(&shift, shift.confirmed(on: command.confirmedOn))
    }

    static func checkIn(_ command: CheckInToShift, _ unit: UnitOfWork) throws -> Emission {
        var shift = try find(command.shift, unit)
        try shift.step(.checkIn)
        guard command.checkedInAt < shift.endsAt else {
            throw Refusal(
                .checkedInLate, at: "/checkedInAt", expected: "a time before \(shift.endsAt)")
        }
        shift.checkedInAt = command.checkedInAt
        return try unit.save(&shift, shift.checkedIn(at: command.checkedInAt))
    }

    static func complete(_ command: CompleteShift, _ unit: UnitOfWork) throws -> Emission {
        var shift = try find(command.shift, unit)
        try shift.step(.complete, on: command.completedOn, at: "/completedOn")
        try command.completedOn.require(
            from: shift.dutyOn, else: .endedBeforeDuty, at: "/completedOn")
        return try unit.save(&shift, shift.completed(on: command.completedOn))
    }

    static func miss(_ command: RecordNoShow, _ unit: UnitOfWork) throws -> Emission {
        var shift = try find(command.shift, unit)
        try shift.step(.miss, on: command.recordedOn, at: "/recordedOn")
        try command.recordedOn.require(
            from: shift.dutyOn, else: .endedBeforeDuty, at: "/recordedOn")
        return try unit.save(&shift, shift.missed(on: command.recordedOn))
    }

    /// The shift that a step is taken of.
    private static func find(_ id: ShiftID, _ unit: UnitOfWork) throws -> Shift {
        let shift = try unit.require(Shift.self, id.uuid, else: .unknownShift, at: "/shift")
        try unit.requireScope(shift.territory, at: "/shift")
        return shift
    }
}

extension Post {
    fileprivate init(_ command: OfferShift) {
        self.init(
            id: command.post, kind: command.postKind, programme: command.programme,
            territory: command.territory, openedOn: command.offeredOn)
    }

    /// Refuses a later shift that says something else of the post than the first one.
    fileprivate func require(_ command: OfferShift) throws(Refusal) {
        guard kind == command.postKind else { throw Refusal(.postDiffers, at: "/postKind") }
        guard programme == command.programme else {
            throw Refusal(.postDiffers, at: "/programme")
        }
        guard territory == command.territory else {
            throw Refusal(.postDiffers, at: "/territory")
        }
    }
}

extension Shift {
    fileprivate init(_ command: OfferShift, _ person: Person) {
        self.init(
            id: command.shift, post: command.post, postKind: command.postKind, role: command.role,
            programme: command.programme, territory: command.territory, person: person.id,
            household: command.household, startsAt: command.startsAt, endsAt: command.endsAt,
            dutyOn: command.dutyOn, since: command.offeredOn)
    }

    fileprivate mutating func step(_ step: ShiftStep) throws(Refusal) {
        state = try state.after(step)
    }

    /// - Parameter pointer: where the command says the day.
    fileprivate mutating func step(
        _ step: ShiftStep, on day: BusinessDate, at pointer: String
    ) throws(Refusal) {
        try self.step(step)
        try day.require(from: since, else: .dateTooEarly, at: pointer)
        since = day
    }
}

extension RefusalCode {
    static let shiftExists = RefusalCode(
        "shift_exists", "the id of a shift that was not offered yet")
    static let unknownShift = RefusalCode("unknown_shift", "the id of an offered shift")
    static let postDiffers = RefusalCode(
        "post_differs", "what the first shift at the post has said of it")
    static let shiftNotOffered = RefusalCode(
        "shift_not_offered", "a shift that is offered and no more")
    static let shiftNotConfirmed = RefusalCode("shift_not_confirmed", "a confirmed shift")
    static let shiftNotCheckedIn = RefusalCode(
        "shift_not_checked_in", "a shift whose person is at the post")
    static let elsewhereOnDuty = RefusalCode(
        "elsewhere_on_duty", "a time at which the person has no other shift")
    static let checkedInLate = RefusalCode("checked_in_late", "a time before the shift's end")
    static let endedBeforeDuty = RefusalCode(
        "ended_before_duty", "a date that is not before the day of duty")
}
