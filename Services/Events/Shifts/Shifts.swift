import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Fills duty posts. A shift is offered, confirmed, begun and completed, or missed. A person's
/// offers may overlap in time, confirmed shifts may not.
enum Shifts {
    static func register(in router: inout Router) {
        router.on(
            OfferShift.self,
            keys: { command, keys in
                keys.need(Shift.self, command.shift.uuid)
                keys.need(Post.self, command.post.uuid)
                Persons.keys(command.person, &keys)
                if let household = command.household { Households.keys(household, &keys) }
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
        let person = try Persons.require(
            command.person, aliveOn: command.dutyOn, at: "/person", unit)
        if let household = command.household {
            try Households.require(household, of: person, on: command.dutyOn, unit)
        }
        let held = try unit.find(Post.self, command.post.uuid)
        var post = held ?? Post(command)
        try unit.requireScope(post.territory, at: "/post")
        try post.require(command)
        var shift = Shift(command)
        let offered = try unit.save(&shift, shift.offered(on: command.offeredOn))
        guard held == nil else { return [offered] }
        return [try unit.save(&post, post.opened), offered]
    }

    // MARK: Steps

    static func confirm(_ command: ConfirmShift, _ unit: UnitOfWork) throws -> Emission {
        var shift = try require(command.shift, unit)
        try shift.step(.confirm, on: command.confirmedOn, at: "/confirmedOn", unit)
        try requireFree(shift, at: "/shift", unit)
        return try unit.save(&shift, shift.confirmed(on: command.confirmedOn))
    }

    static func checkIn(_ command: CheckInToShift, _ unit: UnitOfWork) throws -> Emission {
        var shift = try require(command.shift, unit)
        shift.forgetAbsence(recordedAfter: unit.message.time)
        try shift.step(.checkIn)
        guard command.checkedInAt < shift.endsAt else {
            throw Refusal(
                .checkedInLate, at: "/checkedInAt", expected: "a time before \(shift.endsAt)")
        }
        shift.checkedInAt = command.checkedInAt
        return try unit.save(&shift, shift.checkedIn(at: command.checkedInAt))
    }

    static func complete(_ command: CompleteShift, _ unit: UnitOfWork) throws -> Emission {
        var shift = try require(command.shift, unit)
        try shift.step(.complete, on: command.completedOn, at: "/completedOn", unit)
        try command.completedOn.require(
            from: shift.dutyOn, else: .endedBeforeDuty, at: "/completedOn")
        return try unit.save(&shift, shift.completed(on: command.completedOn))
    }

    static func miss(_ command: RecordNoShow, _ unit: UnitOfWork) throws -> Emission {
        var shift = try require(command.shift, unit)
        try shift.step(.miss, on: command.recordedOn, at: "/recordedOn", unit)
        try command.recordedOn.require(
            from: shift.dutyOn, else: .endedBeforeDuty, at: "/recordedOn")
        shift.missedAt = unit.message.time
        return try unit.save(&shift, shift.missed(on: command.recordedOn))
    }

    /// Refuses a shift whose person is on duty elsewhere meanwhile, under any id. Only for handlers registered `alone`.
    static func requireFree(
        _ shift: Shift, at pointer: String, _ unit: UnitOfWork
    ) throws {
        let ids = try Persons.ids(of: shift.person, unit).map(\.uuid)
        // Another shift of the same person, perhaps under another id, is confirmed before this one or after it.
        try unit.execute("SELECT FROM person WHERE id = ANY(\(ids)) ORDER BY id FOR UPDATE")
        let others = try unit.query(
            """
            SELECT id FROM shift
            WHERE person = ANY(\(ids)) AND state IN ('confirmed', 'checked_in', 'completed')
              AND tstzrange(starts_at, ends_at) && tstzrange(\(shift.startsAt), \(shift.endsAt))
              AND id <> \(shift.id)
            LIMIT 1
            """)
        guard others.isEmpty else { throw Refusal(.elsewhereOnDuty, at: pointer) }
    }

    /// Ends what was offered to whoever has one of these ids, and what was confirmed, for days after that one. Only for
    /// handlers registered `alone`.
    static func end(
        of ids: [UUID], after day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [Emission] {
        let coming = try unit.query(
            """
            SELECT id FROM shift
            WHERE person = ANY(\(ids)) AND state IN ('offered', 'confirmed') AND duty_on > \(day)
            ORDER BY id
            """)
        return try unit.find(Shift.self, all: coming.map { try $0.decode(UUID.self, at: 0) }).map {
            var shift = $0
            shift.state = .cancelled
            shift.since = max(day, shift.since)
            let fact = ShiftCancelled(
                shift.subject, correctedOn: shift.since, correctedBy: unit.publisher)
            return try unit.save(&shift, fact)
        }
    }

    /// The shift, if it is in the publisher's scope. A message waits for a shift that is not known.
    static func require(_ id: ShiftID, _ unit: UnitOfWork) throws -> Shift {
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

    /// Refuses an offer that describes the post differently from the first one.
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
    fileprivate init(_ command: OfferShift) {
        self.init(
            id: command.shift, post: command.post, postKind: command.postKind, role: command.role,
            programme: command.programme, territory: command.territory, person: command.person,
            household: command.household, startsAt: command.startsAt, endsAt: command.endsAt,
            dutyOn: command.dutyOn, since: command.offeredOn)
    }

    mutating func step(_ step: ShiftStep) throws(Refusal) {
        state = try state.after(step)
    }

    /// A check-in that was sent before the absence was recorded is taken in, whenever it arrives: the person
    /// has come.
    fileprivate mutating func forgetAbsence(recordedAfter time: Timestamp) {
        guard state == .missed, let recorded = missedAt, time < recorded else { return }
        (state, missedAt, since) = (.confirmed, nil, min(since, dutyOn))
    }

    /// - Parameter pointer: JSON Pointer of the day inside `data`.
    fileprivate mutating func step(
        _ step: ShiftStep, on day: BusinessDate, at pointer: String, _ unit: UnitOfWork
    ) throws(Refusal) {
        try self.step(step)
        try unit.requireOrder(day, from: since, else: .dateTooEarly, at: pointer)
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
