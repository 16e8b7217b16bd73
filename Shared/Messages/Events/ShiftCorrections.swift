/// Cancels a shift that is offered or confirmed, up to its day.
public struct CancelShift: Correcting {
    public static let type = "events.shift.cancel.v1"

    public var shift: ShiftID
    public var correction: Correction

    public init(shift: ShiftID, _ correction: Correction) {
        self.shift = shift
        self.correction = correction
    }

    public func check(_ checks: inout Checks) { correction.check(&checks) }
}

/// Excuses a person who did not come to a confirmed shift, or will not, for instance because of illness. If the shift was
/// recorded as missed, it counts so no more.
public struct ExcuseShift: Correcting {
    public static let type = "events.shift.excuse.v1"

    public var shift: ShiftID
    public var correction: Correction

    public init(shift: ShiftID, _ correction: Correction) {
        self.shift = shift
        self.correction = correction
    }

    public func check(_ checks: inout Checks) { correction.check(&checks) }
}

/// Takes back what was said last of a shift. If it was cancelled, it is offered again. If it was begun, completed, missed or
/// excused, it is confirmed again.
public struct ReopenShift: Correcting {
    public static let type = "events.shift.reopen.v1"

    public var shift: ShiftID
    public var correction: Correction

    public init(shift: ShiftID, _ correction: Correction) {
        self.shift = shift
        self.correction = correction
    }

    public func check(_ checks: inout Checks) { correction.check(&checks) }
}

/// Replaces what was recorded of a shift, whatever its state, except a cancelled one. Kind, programme and territory are those of
/// the post.
public struct CorrectShift: Correcting {
    public static let type = "events.shift.correct.v1"

    public var shift: ShiftID
    public var post: PostID
    public var role: DutyRole
    public var person: PersonID
    /// The volunteer household for which the person serves.
    public var household: HouseholdID?
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    /// The business date of `startsAt`.
    public var dutyOn: BusinessDate
    public var correction: Correction

    public init(
        shift: ShiftID, post: PostID, role: DutyRole, person: PersonID,
        household: HouseholdID? = nil, startsAt: Timestamp, endsAt: Timestamp,
        dutyOn: BusinessDate, _ correction: Correction
    ) {
        self.shift = shift
        self.post = post
        self.role = role
        self.person = person
        self.household = household
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.dutyOn = dutyOn
        self.correction = correction
    }

    public func check(_ checks: inout Checks) {
        checks.duty(from: startsAt, to: endsAt, on: dutyOn)
        correction.check(&checks)
    }
}

/// State of a shift.
public enum ShiftStanding: String, WireEnum {
    case offered, confirmed, completed, missed, excused, cancelled
    case checkedIn = "checked_in"
}

/// A shift does not take place: it was cancelled, or the person has died or was erased. For a death or an erasure, registry has
/// said so.
public struct ShiftCancelled: Fact, HasSubject {
    public static let type = "events.shift.cancelled.v1"

    public var about: ShiftSubject
    public var correctedOn: BusinessDate
    /// Broker user who cancelled it, or `registry` for a death or an erasure.
    public var correctedBy: String
    /// The staff member or officer who has decided it; nil for a death or an erasure.
    public var actor: Actor?

    public init(
        _ about: ShiftSubject, correctedOn: BusinessDate, correctedBy: String,
        actor: Actor? = nil
    ) {
        self.about = about
        self.correctedOn = correctedOn
        self.correctedBy = correctedBy
        self.actor = actor
    }
}

/// Nobody came to a confirmed shift, with an excuse.
public struct ShiftExcused: CorrectionFact, HasSubject {
    public static let type = "events.shift.excused.v1"

    public var about: ShiftSubject
    /// True if it was recorded as missed before.
    public var wasMissed: Bool
    public var correction: CorrectionMark

    public init(_ about: ShiftSubject, wasMissed: Bool, _ correction: CorrectionMark) {
        self.about = about
        self.wasMissed = wasMissed
        self.correction = correction
    }
}

/// What was said last of a shift was taken back. It counts nothing until something is said again.
public struct ShiftReopened: CorrectionFact, HasSubject {
    public static let type = "events.shift.reopened.v1"

    public var about: ShiftSubject
    public var stateBefore: ShiftStanding
    /// `offered` or `confirmed`.
    public var state: ShiftStanding
    public var correction: CorrectionMark

    public init(
        _ about: ShiftSubject, stateBefore: ShiftStanding, state: ShiftStanding,
        _ correction: CorrectionMark
    ) {
        self.about = about
        self.stateBefore = stateBefore
        self.state = state
        self.correction = correction
    }
}

/// A shift was another than was said: a new version of the same record.
public struct ShiftCorrected: CorrectionFact, HasSubject {
    public static let type = "events.shift.corrected.v1"

    public var about: ShiftSubject
    public var state: ShiftStanding
    public var correction: CorrectionMark

    public init(_ about: ShiftSubject, state: ShiftStanding, _ correction: CorrectionMark) {
        self.about = about
        self.state = state
        self.correction = correction
    }
}

extension Checks {
    /// The times of a shift.
    mutating func duty(from startsAt: Timestamp, to endsAt: Timestamp, on day: BusinessDate) {
        planned(startsAt, "startsAt")
        planned(endsAt, "endsAt")
        planned(day, "dutyOn")
        require(endsAt > startsAt, "endsAt", "a time after \(startsAt)")
        require(
            endsAt.microseconds - startsAt.microseconds <= Timestamp.perDay, "endsAt",
            "a time at most a day after \(startsAt)")
        date(day, "dutyOn", of: startsAt)
    }
}
