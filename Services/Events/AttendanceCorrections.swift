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
    static func register(in router: inout Router) {
        router.on(
            CorrectAttendance.self,
            keys: { command, keys in
                keys.need(Attendance.self, command.attendance.uuid)
                keys.need(AttendanceReview.self, command.attendance.uuid)
                Parties.keys(command, &keys)
            }, correct)
    }

    static func correct(_ command: CorrectAttendance, _ unit: UnitOfWork) throws -> Outcome {
        guard let attendance = try unit.find(Attendance.self, command.attendance.uuid) else {
            return .waiting(
                for: command.attendance.uuid, else: .unknownAttendance, at: "/attendance")
        }
        return try Sessions.withHeld(attendance.session, at: "/attendance", unit) { session in
            let isRestated = session.state != .open
            if isRestated && command.reason == nil {
                return .rejected(.reasonRequired, at: "/reason")
            }
            guard command.correctedOn >= attendance.changedOn else {
                return .rejected(
                    .dateTooEarly, at: "/correctedOn",
                    expected: "a date from \(attendance.changedOn) on")
            }
            var corrected = attendance
            corrected.isVoid = command.void
            corrected.changedOn = command.correctedOn
            if command.void {
                return try replace(attendance, by: corrected, in: &session, command, unit)
            }
            return try Parties.with(command, unit) { party, _ in
                corrected.party = party
                return try replace(attendance, by: corrected, in: &session, command, unit)
            }
        }
    }

    private static func replace(
        _ old: Attendance, by new: Attendance, in session: inout Session,
        _ command: CorrectAttendance, _ unit: UnitOfWork
    ) throws -> Outcome {
        let before = old.isVoid ? [] : old.party.places(at: session.id)
        let after = new.isVoid ? [] : new.party.places(at: session.id)
        for place in after {
            let holder = try unit.find(RosterPlace.self, place)?.attendance
            guard holder == nil || holder == new.id else {
                return .rejected(.alreadyAttended, at: "/person")
            }
        }
        session.roster -= old.personTimes
        session.identified -= old.identified
        guard session.hasRoom(for: new.personTimes) else {
            return .rejected(.sessionFull, at: "/persons")
        }
        let isRestated = session.state != .open
        session.roster += new.personTimes
        session.identified += new.identified
        try unit.store(session)
        for place in before { try unit.store(RosterPlace(key: place, attendance: nil)) }
        for place in after { try unit.store(RosterPlace(key: place, attendance: new.id)) }
        var corrected = new
        try unit.save(&corrected)
        unit.append(
            AttendanceVersion(
                attendance: corrected, reason: command.reason, correctedOn: command.correctedOn,
                cause: unit.message.id))
        try AttendanceReviews.settle(corrected.id, unit)
        return .accepted(
            corrected.corrected(session, restated: isRestated, on: command.correctedOn),
            of: corrected)
    }

    static let migration = Migration(
        "0008_attendance_corrections",
        """
        CREATE TABLE attendance_version (
            attendance   uuid    NOT NULL REFERENCES attendance DEFERRABLE INITIALLY DEFERRED,
            version      bigint  NOT NULL CHECK (version > 1),
            person       uuid    NOT NULL,
            child        uuid,
            household    uuid,
            size         bigint  NOT NULL,
            is_void      boolean NOT NULL,
            reason       text,
            corrected_on date    NOT NULL,
            cause        uuid    NOT NULL,
            PRIMARY KEY (attendance, version)
        );
        COMMENT ON TABLE attendance_version
            IS 'what each correction has said; the first version is the fact that recorded it';

        CREATE FUNCTION refuse_change() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only',
                      TABLE = TG_TABLE_NAME;
        END $$;

        CREATE TRIGGER attendance_version_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON attendance_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}

extension Attendance {
    /// What it counts: nothing if it is void.
    fileprivate var personTimes: Int { isVoid ? 0 : party.size }
    fileprivate var identified: Int { isVoid ? 0 : party.identified }

    fileprivate func corrected(
        _ session: Session, restated: Bool, on day: BusinessDate
    ) -> AttendanceCorrected {
        AttendanceCorrected(
            attendance: id, session: session.id, activity: session.activity, kind: session.kind,
            programme: session.programme, territory: session.territory,
            startsOn: session.startsOn, person: party.person, child: party.child,
            household: party.household, personTimes: personTimes, identified: identified,
            pairs: isVoid ? 0 : party.pairs, households: isVoid ? 0 : party.households,
            void: isVoid, restated: restated, correctedOn: day)
    }
}

extension RefusalCode {
    static let unknownAttendance = RefusalCode(
        "unknown_attendance", "the id of a recorded attendance")
    static let reasonRequired = RefusalCode(
        "reason_required", "a reason, because the session is closed")
}
