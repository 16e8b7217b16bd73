import Foundation
import Messages

/// Facts of events that put right what was recorded before.
extension ReportingFacts {
    private static let mark = CorrectionMark(
        correctedOn: reported.adding(days: 5), correctedBy: "operator", actor: officer)

    // MARK: Sessions

    func reopened(_ session: SessionID, cancelled: Bool = false) -> SessionReopened {
        SessionReopened(closed(session).about, wasCancelled: cancelled, Self.mark)
    }

    func moved(
        _ session: SessionID, to day: BusinessDate, held: Bool = true
    ) -> SessionMoved {
        var about = closed(session).about
        let before = about.startsOn
        about.startsOn = day
        return SessionMoved(
            about, startedOn: before, from: about.territory, held: held, Self.mark)
    }

    /// The attendance of a moved session.
    func moved(_ fact: AttendanceRecorded, to day: BusinessDate) -> AttendanceCorrected {
        AttendanceCorrected(
            attendance: fact.attendance, session: fact.session, activity: fact.activity,
            kind: fact.kind, programme: fact.programme, territory: fact.territory, startsOn: day,
            person: fact.person, personTimes: 1, identified: 1, pairs: 0, households: 0,
            void: false, restated: true, correctedOn: Self.reported)
    }

    func corrected(_ session: SessionID, to kind: ActivityKind) -> SessionCorrected {
        var about = closed(session).about
        let before = about.activity
        about.activity = ActivityID(UUID())
        about.kind = kind
        return SessionCorrected(about, activityBefore: before, held: true, Self.mark)
    }

    // MARK: Shifts

    func missed(_ id: UUID, by person: PersonID) -> ShiftMissed {
        ShiftMissed(served(id, by: person).about, recordedOn: Self.reported)
    }

    func excused(_ id: UUID, by person: PersonID) -> ShiftExcused {
        ShiftExcused(served(id, by: person).about, wasMissed: true, Self.mark)
    }

    func reopened(
        _ id: UUID, by person: PersonID, of household: HouseholdID? = nil
    ) -> ShiftReopened {
        ShiftReopened(
            served(id, by: person, of: household).about, stateBefore: .completed,
            state: .confirmed, Self.mark)
    }

    func corrected(
        _ id: UUID, by person: PersonID, as role: DutyRole, _ state: ShiftStanding = .completed
    ) -> ShiftCorrected {
        ShiftCorrected(served(id, by: person, as: role).about, state: state, Self.mark)
    }

    // MARK: Materials, reach and casework

    func printed(_ id: UUID, copies: Int) -> MaterialPrinted {
        MaterialPrinted(
            PrintMaterial(
                printing: PrintingID(id), material: MaterialID(id), kind: .leaflet,
                programme: Self.warmHome, territory: Self.community, titleZh: "", titleEn: "",
                copies: copies, printedOn: Self.reported))
    }

    func reprinted(_ id: UUID, copies: Int) -> PrintingCorrected {
        PrintingCorrected(printed(id, copies: copies).about, Self.mark)
    }

    func unprinted(_ id: UUID, copies: Int) -> PrintingVoided {
        PrintingVoided(printed(id, copies: copies).about, Self.mark)
    }

    func corrected(_ id: UUID, copies: Int, left: Int) -> DistributionCorrected {
        DistributionCorrected(handedOut(id, copies: copies), leftCopies: left, Self.mark)
    }

    func voided(_ id: UUID, copies: Int) -> DistributionVoided {
        DistributionVoided(handedOut(id, copies: copies), Self.mark)
    }

    func reread(_ id: UUID, change: Int) -> ReachCorrected {
        ReachCorrected(reached(id, change: change), Self.mark)
    }

    func unread(_ id: UUID, change: Int) -> ReachVoided {
        ReachVoided(reached(id, change: change), Self.mark)
    }

    func rehelped(_ id: UUID, _ person: PersonID?, as kind: CaseworkKind) -> CaseworkCorrected {
        var about = helped(id, person).about
        about.kind = kind
        return CaseworkCorrected(about, Self.mark)
    }

    func unhelped(_ id: UUID, _ person: PersonID?) -> CaseworkVoided {
        CaseworkVoided(helped(id, person).about, Self.mark)
    }
}
