import Foundation
import Messages
import Postgres
import ServiceKit

/// What an attendance was from one version to the next, and why. Only ever added to.
struct AttendanceVersion: Record {
    let attendance: Attendance
    let reason: String?
    let correctedOn: BusinessDate
    /// The command that led to the version.
    let cause: UUID

    static let table = RecordTable<AttendanceVersion>(
        "attendance_version",
        columns: [
            Column("attendance", { $0.attendance.id }),
            Column("version", { $0.attendance.sequence }),
        ] + Party.columns { $0.attendance.party } + [
            Column("is_void", { $0.attendance.isVoid }), Column("reason", optional: { $0.reason }),
            Column("corrected_on", { $0.correctedOn }), Column("cause", { $0.cause }),
        ])
}

/// Corrects attendances, before their session closes and after: then figures that were published are restated,
/// which needs a reason.
enum AttendanceCorrections {
    static func correct(_ command: CorrectAttendance, _ unit: UnitOfWork) throws -> Emission {
        let held = try unit.require(
            Attendance.self, command.attendance.uuid, else: .unknownAttendance, at: "/attendance")
        var session = try Sessions.requireHeld(held.session, at: "/attendance", unit)
        try session.requireReason(command.reason)
        try command.correctedOn.require(
            from: held.changedOn, else: .dateTooEarly, at: "/correctedOn")
        var attendance = held
        attendance.isVoid = command.void
        attendance.changedOn = command.correctedOn
        if !command.void { attendance.party = try Parties.require(command, unit).party }
        try replace(held, by: attendance, in: &session, unit)
        let corrected = try unit.save(&attendance, attendance.corrected(session))
        unit.append(
            AttendanceVersion(
                attendance: attendance, reason: command.reason, correctedOn: command.correctedOn,
                cause: unit.message.id))
        try AttendanceReviews.settle(attendance.id, unit)
        return corrected
    }

    /// Counts the one instead of the other, if its persons are not on the roster by another attendance and the session
    /// has room for them.
    private static func replace(
        _ old: Attendance, by new: Attendance, in session: inout Session, _ unit: UnitOfWork
    ) throws {
        let places = new.places
        for place in places {
            let holder = try unit.find(RosterPlace.self, place)?.attendance
            guard holder == nil || holder == new.id else {
                throw Refusal(.alreadyAttended, at: "/person")
            }
        }
        session.roster -= old.personTimes
        session.identified -= old.identified
        try session.requireRoom(for: new.personTimes, at: "/persons")
        session.roster += new.personTimes
        session.identified += new.identified
        try unit.store(session)
        for place in old.places { try unit.store(RosterPlace(key: place, attendance: nil)) }
        for place in places { try unit.store(RosterPlace(key: place, attendance: new.id)) }
    }
}

extension Attendance {
    /// What it has and counts: nothing if it is void.
    fileprivate var places: [[UInt8]] { isVoid ? [] : party.places(at: session) }
    fileprivate var personTimes: Int { isVoid ? 0 : party.size }
    fileprivate var identified: Int { isVoid ? 0 : party.identified }

    fileprivate func corrected(_ session: Session) -> AttendanceCorrected {
        AttendanceCorrected(
            attendance: id, session: session.id, activity: session.activity, kind: session.kind,
            programme: session.programme, territory: session.territory,
            startsOn: session.startsOn, person: party.person, child: party.child,
            household: party.household, personTimes: personTimes, identified: identified,
            pairs: isVoid ? 0 : party.pairs, households: isVoid ? 0 : party.households,
            void: isVoid, restated: session.isClosed, correctedOn: changedOn)
    }
}

extension Session {
    /// Figures of a closed session were published, so a correction restates them, and says why.
    func requireReason(_ reason: String?) throws(Refusal) {
        guard !isClosed || reason != nil else { throw Refusal(.reasonRequired, at: "/reason") }
    }
}

extension RefusalCode {
    static let unknownAttendance = RefusalCode(
        "unknown_attendance", "the id of a recorded attendance")
    static let reasonRequired = RefusalCode(
        "reason_required", "a reason, because the session is closed")
}
