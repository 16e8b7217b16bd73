import Messages
import People
import ServiceKit

/// Puts shifts right: those that fall out, those that were missed for a reason, and those of which something wrong was said.
enum ShiftCorrections {
    static func register(in router: inout Router) {
        router.on(CancelShift.self, keys: { keys($0.shift, $0, &$1) }, cancel)
        router.on(ExcuseShift.self, keys: { keys($0.shift, $0, &$1) }, excuse)
        // Alone, because both ask the database for the person's other shifts.
        router.on(ReopenShift.self, keys: { keys($0.shift, $0, &$1) }, alone: true, reopen)
        router.on(
            CorrectShift.self,
            keys: { command, needed in
                keys(command.shift, command, &needed)
                needed.need(Post.self, command.post.uuid)
                Persons.keys(command.person, &needed)
                if let household = command.household { Households.keys(household, &needed) }
            }, alone: true, correct)
    }

    @Sendable private static func keys(
        _ shift: ShiftID, _ command: some Correcting, _ keys: inout Keys
    ) {
        keys.need(Shift.self, shift.uuid)
        Corrections.keys(command, &keys)
    }

    // MARK: Steps

    static func cancel(_ command: CancelShift, _ unit: UnitOfWork) throws -> Emission {
        var shift = try Shifts.require(command.shift, unit)
        try shift.step(.cancel)
        let mark = try mark(command, shift, unit)
        guard mark.correctedOn <= shift.dutyOn else {
            throw Refusal(
                .dutyOver, at: "/correctedOn", expected: "a date up to \(shift.dutyOn)")
        }
        let fact = ShiftCancelled(
            shift.subject, correctedOn: mark.correctedOn, correctedBy: mark.correctedBy,
            actor: mark.actor)
        return try unit.save(&shift, fact)
    }

    static func excuse(_ command: ExcuseShift, _ unit: UnitOfWork) throws -> Emission {
        var shift = try Shifts.require(command.shift, unit)
        let wasMissed = shift.state == .missed
        try shift.step(.excuse)
        shift.missedAt = nil
        let fact = ShiftExcused(
            shift.subject, wasMissed: wasMissed, try mark(command, shift, unit))
        return try unit.save(&shift, fact)
    }

    static func reopen(_ command: ReopenShift, _ unit: UnitOfWork) throws -> Emission {
        var shift = try Shifts.require(command.shift, unit)
        let before = shift.state
        try shift.step(.reopen)
        let mark = try mark(command, shift, unit)
        if shift.state.isBinding { try Shifts.requireFree(shift, at: "/shift", unit) }
        (shift.checkedInAt, shift.missedAt, shift.isWithdrawn) = (nil, nil, false)
        try ShiftTasks.check(shift, on: mark.correctedOn, unit)
        // The next step may be dated as if the wrong one had never been taken.
        shift.since = min(shift.since, shift.dutyOn, mark.correctedOn)
        unit.tell(shift.state.standing)
        let fact = ShiftReopened(
            shift.subject, stateBefore: before.standing, state: shift.state.standing, mark)
        return try unit.save(&shift, fact)
    }

    // MARK: What was recorded

    static func correct(_ command: CorrectShift, _ unit: UnitOfWork) throws -> Emission {
        var shift = try Shifts.require(command.shift, unit)
        guard shift.state != .cancelled else {
            throw Refusal(.shiftWasCancelled, at: "/shift")
        }
        let before = shift
        let post = try unit.require(
            Post.self, command.post.uuid, else: .unknownPost, at: "/post")
        try unit.requireScope(post.territory, at: "/post")
        (shift.post, shift.postKind) = (post.id, post.kind)
        (shift.programme, shift.territory) = (post.programme, post.territory)
        shift.role = command.role
        (shift.startsAt, shift.endsAt) = (command.startsAt, command.endsAt)
        shift.dutyOn = command.dutyOn
        try assign(command, to: &shift, unit)
        guard shift.subject != before.subject else {
            throw Refusal(.nothingChanges, at: "/shift")
        }
        try requireSteps(of: shift)
        if shift.state.isBinding { try Shifts.requireFree(shift, at: "/startsAt", unit) }
        let mark = try Corrections.mark(
            command, over: [before.territory, shift.territory], of: [before.person, shift.person],
            about: [before.person.uuid, shift.person.uuid], unit)
        try ShiftTasks.check(shift, on: mark.correctedOn, unit)
        return try unit.save(
            &shift, ShiftCorrected(shift.subject, state: shift.state.standing, mark))
    }

    /// Somebody else than before must be known and have lived on that day.
    private static func assign(
        _ command: CorrectShift, to shift: inout Shift, _ unit: UnitOfWork
    ) throws {
        let isSame = try Persons.areSame(command.person, shift.person, at: "/person", unit)
        guard !isSame || command.household != shift.household else { return }
        let person = try Persons.require(
            command.person, aliveOn: shift.dutyOn, at: "/person", unit)
        if let household = command.household {
            try Households.require(household, of: person, on: shift.dutyOn, unit)
        }
        if !isSame { shift.person = command.person }
        shift.household = command.household
    }

    /// Refuses times that the steps taken would contradict.
    private static func requireSteps(of shift: Shift) throws(Refusal) {
        if let time = shift.checkedInAt, time >= shift.endsAt {
            throw Refusal(
                .checkedInLate, at: "/endsAt",
                expected: "a time after \(time), when the person checked in")
        }
        guard shift.state == .completed || shift.state == .missed else { return }
        guard shift.dutyOn <= shift.since else {
            throw Refusal(
                .endedBeforeDuty, at: "/dutyOn", expected: "a date up to \(shift.since)")
        }
    }

    private static func mark(
        _ command: some Correcting, _ shift: Shift, _ unit: UnitOfWork
    ) throws -> CorrectionMark {
        try Corrections.mark(
            command, over: [shift.territory], of: [shift.person], about: [shift.person.uuid], unit)
    }
}

extension RefusalCode {
    static let shiftNotAhead = RefusalCode(
        "shift_not_ahead", "a shift that is offered or confirmed and not begun")
    static let shiftNotExcusable = RefusalCode(
        "shift_not_excusable", "a shift that is confirmed, or was missed")
    static let shiftOpen = RefusalCode(
        "shift_open", "a shift that was cancelled, begun, completed, missed or excused")
    static let shiftWasCancelled = RefusalCode(
        "shift_cancelled", "a shift that is not cancelled")
    static let dutyOver = RefusalCode(
        "duty_over", "a date up to the day of duty; later it is excused or missed")
    static let unknownPost = RefusalCode("unknown_post", "the id of a duty post")
}
