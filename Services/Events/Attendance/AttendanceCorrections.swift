import Foundation
import Messages
import Postgres
import ServiceKit

/// One version of an attendance. Rows are never changed or deleted. The reason is kept apart.
struct AttendanceVersion: Record {
    let attendance: Attendance
    let correctedOn: BusinessDate
    /// The command that made the version.
    let cause: UUID

    static let table = RecordTable<AttendanceVersion>(
        "attendance_version",
        columns: [
            Column("attendance", \.attendance.id), Column("version", \.attendance.sequence),
        ] + Party.columns(\.attendance.party) + [
            Column("is_void", \.attendance.isVoid),
            Column("corrected_on", \.correctedOn), Column("cause", \.cause),
        ])
}

/// Corrects attendances, before and after their session closes. Figures of a closed session were
/// published, so a correction restates them and needs a reason.
enum AttendanceCorrections {
    static func correct(_ command: CorrectAttendance, _ unit: UnitOfWork) throws -> Emission {
        let held = try unit.require(
            Attendance.self, command.attendance.uuid, else: .unknownAttendance, at: "/attendance")
        var session = try Sessions.requireHeld(held.session, at: "/attendance", unit)
        try session.requireReason(command.reason)
        try unit.requireOrder(
            command.correctedOn, from: held.changedOn, else: .dateTooEarly, at: "/correctedOn")
        var attendance = held
        attendance.isVoid = command.void
        attendance.changedOn = command.correctedOn
        if !command.void { attendance.party = try Parties.require(command, unit).party }
        try replace(held, by: attendance, in: &session, unit)
        let corrected = try unit.save(&attendance, attendance.corrected(session))
        unit.append(
            AttendanceVersion(
                attendance: attendance, correctedOn: command.correctedOn, cause: unit.message.id))
        unit.keep(command.reason, "reason", of: unit.message.id, about: held.party.about)
        try AttendanceReviews.settle(attendance.id, unit)
        return corrected
    }

    /// Replaces an attendance on the session's roster. Refuses persons whom another attendance has
    /// put on it, and more persons than the session has room for.
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
    // A void attendance has no places and counts nobody.

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
    /// Refuses a correction without a reason if the session is closed.
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
