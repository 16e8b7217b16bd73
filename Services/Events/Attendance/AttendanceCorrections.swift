import Foundation
import Messages
import People
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
            Column("session", \.attendance.session),
        ] + Party.columns(\.attendance.party) + [
            Column("is_void", \.attendance.isVoid),
            Column("corrected_on", \.correctedOn), Column("cause", \.cause),
        ])
}

/// Corrects attendances, before and after their session closes. Figures of a closed session were
/// published, so a correction restates them and needs a reason.
enum AttendanceCorrections {
    static func correct(_ command: CorrectAttendance, _ unit: UnitOfWork) throws -> [Emission] {
        let held = try unit.require(
            Attendance.self, command.attendance.uuid, else: .unknownAttendance, at: "/attendance")
        var session = try Sessions.requireHeld(held.session, at: "/attendance", unit)
        try session.requireReason(command.reason)
        try Corrections.requireActor(
            command.actor, over: session.territory,
            of: held.party.people + Parties.named(command).people, on: command.correctedOn, unit)
        try unit.requireOrder(
            command.correctedOn, from: held.changedOn, else: .dateTooEarly, at: "/correctedOn")
        var attendance = held
        attendance.isVoid = command.void
        attendance.changedOn = command.correctedOn
        session.remove(held)
        let wasClosed = session.isClosed
        if let other = command.session, other != session.id {
            try unit.store(session)
            session = try Sessions.requireHeld(other, unit)
            try session.requireReason(command.reason)
            attendance.session = other
        }
        if !command.void {
            attendance.party = try held.party.corrected(by: command, on: session.startsOn, unit)
        }
        guard
            (attendance.session, attendance.party, attendance.isVoid)
                != (held.session, held.party, held.isVoid)
        else { throw Refusal(.nothingChanges, at: "/attendance") }
        try put(attendance, insteadOf: held, into: &session, unit)
        try unit.keepReason(
            command.reason, about: held.party.about.union(attendance.party.about))
        let corrected = try save(
            attendance, session, on: command.correctedOn, by: command.actor,
            restated: wasClosed || session.isClosed, unit)
        let reviews = try AttendanceReviews.close(
            of: attendance.id, on: command.correctedOn, by: command.actor, unit)
        try AttendanceTasks.recheck(attendance, insteadOf: held, at: &session, unit)
        return [corrected] + reviews
    }

    /// Puts an attendance on a session's roster. Refuses persons whom another attendance has put on it, and more persons than the
    /// session has room for.
    private static func put(
        _ new: Attendance, insteadOf old: Attendance, into session: inout Session,
        _ unit: UnitOfWork
    ) throws {
        // Those who are on it already may be there under another id too: then people review it.
        let asked =
            new.isVoid
            ? []
            : try new.party.allPlaces(
                at: new.session,
                without: old.isVoid || old.session != new.session ? [] : old.party.ids, unit)
        for place in asked {
            let holder = try unit.find(RosterPlace.self, place)?.attendance
            guard holder == nil || holder == new.id else {
                throw Refusal(.alreadyAttended, at: "/person")
            }
        }
        try session.requireRoom(for: new.personTimes, at: "/persons")
        session.roster += new.personTimes
        session.identified += new.identified
        try unit.store(session)
        for place in old.places { try unit.store(RosterPlace(key: place, attendance: nil)) }
        for place in new.places { try unit.store(RosterPlace(key: place, attendance: new.id)) }
    }

    /// Saves a new version, and says what holds now.
    /// - Parameters:
    ///   - actor: the officer who has decided it; nil if nobody was named.
    ///   - restated: whether a session that was closed counts otherwise.
    static func save(
        _ attendance: Attendance, _ session: Session, on day: BusinessDate, by actor: Actor?,
        restated: Bool, _ unit: UnitOfWork
    ) throws -> Emission {
        var attendance = attendance
        let fact = attendance.corrected(session, on: day, by: actor, restated: restated)
        let saved = try unit.save(&attendance, fact)
        unit.append(
            AttendanceVersion(
                attendance: attendance, correctedOn: day, cause: unit.message.id))
        return saved
    }
}

extension Party {
    /// The party that the command names instead of this one. If it names the same persons, nothing more is asked of them: they may
    /// have died or been erased since.
    func corrected(
        by command: some PartyCommand, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Party {
        guard command.household == household, (command.child == nil) == (child == nil),
            try Persons.areSame(command.person, person, at: "/person", unit),
            try command.child.map({
                try Persons.areSame($0, child ?? $0, at: "/child", unit)
            }) ?? true
        else { return try Parties.require(command, on: day, unit).party }
        return Party(
            person: person, child: child, household: household, persons: command.persons)
    }
}

extension Persons {
    /// Whether both ids mean one person. A message that names an unknown one waits for it.
    static func areSame(
        _ one: PersonID, _ other: PersonID, at pointer: String, _ unit: UnitOfWork
    ) throws -> Bool {
        if one == other { return true }
        let meant = try require(one, else: .unknownPerson, at: pointer, unit).id
        return try require(other, else: .unknownPerson, at: pointer, unit).id == meant
    }
}

extension Attendance {
    // A void attendance has no places and counts nobody.

    fileprivate var places: [[UInt8]] { isVoid ? [] : party.places(at: session) }
    fileprivate var personTimes: Int { isVoid ? 0 : party.size }
    fileprivate var identified: Int { isVoid ? 0 : party.identified }

    fileprivate func corrected(
        _ session: Session, on day: BusinessDate, by actor: Actor?, restated: Bool
    ) -> AttendanceCorrected {
        AttendanceCorrected(
            attendance: id, session: session.id, activity: session.activity, kind: session.kind,
            programme: session.programme, territory: session.territory,
            startsOn: session.startsOn, person: party.person, child: party.child,
            household: party.household, personTimes: personTimes, identified: identified,
            pairs: isVoid ? 0 : party.pairs, households: isVoid ? 0 : party.households,
            void: isVoid, restated: restated, correctedOn: day, actor: actor)
    }
}

extension Session {
    /// Takes an attendance off the roster.
    fileprivate mutating func remove(_ attendance: Attendance) {
        roster -= attendance.personTimes
        identified -= attendance.identified
    }

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
