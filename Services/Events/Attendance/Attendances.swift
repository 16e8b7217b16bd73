import Foundation
import Messages
import Postgres
import ServiceKit

/// The attendance of a person, a pair or a household at a session.
struct Attendance: Aggregate {
    let id: AttendanceID
    var session: SessionID
    var party: Party
    let recordedOn: BusinessDate
    /// Whether a correction has said that nobody was there.
    var isVoid = false
    /// The date of the last correction, or of the record if there was none.
    var changedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "attendance", key: "id", Attendance.init,
        Field("id", \.id), Field("session", \.session), Field(Party.columns(\.party), Party.init),
        Field("recorded_on", \.recordedOn), Field("is_void", \.isVoid),
        Field("changed_on", \.changedOn), Field("sequence", \.sequence))
}

/// The one place that a person or household can have on a session's roster.
struct RosterPlace: Row {
    /// The bytes of the session's id and of the person's or household's.
    let key: [UInt8]
    /// Nil once a correction has freed it.
    let attendance: AttendanceID?

    static let table = Table(
        "roster_place", key: "place", RosterPlace.init,
        Field("place", \.key), Field("attendance", \.attendance))
}

/// Records who was at a session: each person once, and no more than its capacity.
///
/// Attendances and registrations are counted separately, and neither exceeds the session's
/// capacity. Headcounts take places as attendances do, unless they say that they were beyond the capacity. A registration promises a place. An attendance can be recorded with or without one, so
/// a walk-in may get the place of somebody who has not come. The staff at the door decide that, not
/// this service. Attendances move nobody up the waiting line; cancelled registrations do, even if
/// all places are taken by people who are there.
enum Attendances {
    static func register(in router: inout Router) {
        router.on(
            RecordAttendance.self,
            keys: { command, keys in
                keys.need(Attendance.self, command.attendance.uuid)
                keys.need(Session.self, command.session.uuid)
                for place in Parties.named(command).places(at: command.session) {
                    keys.need(RosterPlace.self, place)
                }
                Parties.keys(command, &keys)
            }, record)
        router.on(
            CorrectAttendance.self,
            keys: { command, keys in
                keys.need(Attendance.self, command.attendance.uuid)
                keys.need(AttendanceReview.self, command.attendance.uuid)
                if let session = command.session { keys.need(Session.self, session.uuid) }
                keys(command.actor)
                Parties.keys(command, &keys)
            }, AttendanceCorrections.correct)
        router.on(
            RecordHeadcount.self,
            keys: {
                $1.need(Headcount.self, $0.headcount.uuid)
                $1.need(Session.self, $0.session.uuid)
            }, Headcounts.record)
        router.on(
            CorrectHeadcount.self,
            keys: { command, keys in
                keys.need(Headcount.self, command.headcount.uuid)
                if let session = command.session { keys.need(Session.self, session.uuid) }
                keys(command.actor)
            }, HeadcountCorrections.correct)
    }

    static func record(_ command: RecordAttendance, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Attendance.self, command.attendance.uuid, else: .attendanceExists, at: "/attendance")
        var session = try Sessions.requireBegun(command.session, unit)
        let party = try Parties.require(command, on: session.startsOn, unit).party
        let places = party.places(at: session.id)
        for place in try party.allPlaces(at: session.id, unit)
        where try unit.find(RosterPlace.self, place)?.attendance != nil {
            throw Refusal(.alreadyAttended, at: "/person")
        }
        try session.requireRoom(for: party.size, at: "/session")
        session.roster += party.size
        session.identified += party.identified
        try unit.store(session)
        for place in places {
            try unit.store(RosterPlace(key: place, attendance: command.attendance))
        }
        try RegistrationTasks.needNoOldPlace(party, at: session, on: command.recordedOn, unit)
        var attendance = Attendance(
            id: command.attendance, session: session.id, party: party,
            recordedOn: command.recordedOn, changedOn: command.recordedOn)
        unit.follow(attendance)
        return try unit.save(&attendance, attendance.recorded(session))
    }
}

extension Attendance {
    fileprivate func recorded(_ session: Session) -> AttendanceRecorded {
        AttendanceRecorded(
            attendance: id, session: session.id, activity: session.activity, kind: session.kind,
            programme: session.programme, territory: session.territory, person: party.person,
            child: party.child, household: party.household, startsOn: session.startsOn,
            personTimes: party.size, identified: party.identified, pairs: party.pairs,
            households: party.households)
    }
}

extension RefusalCode {
    static let attendanceExists = RefusalCode(
        "attendance_exists", "the id of an attendance that was not recorded yet")
    static let alreadyAttended = RefusalCode(
        "already_attended", "a person who is not yet on the session's roster")
}
