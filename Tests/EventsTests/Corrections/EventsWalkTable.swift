import Foundation
import Messages
import Postgres

@testable import ServiceSupport

/// All corrections of events.
enum EventsWalkTable {
    typealias Row = Correctable<EventsWalkWorld>
    private typealias Samples = EventsSamples

    static let rows = sessions + registrations + presence + shifts + materials + others

    // MARK: Sessions

    private static let unknownSession = Fate.parked("unknown_session")

    private static let sessions: [Row] = [
        Row(
            type: ReopenSession.self, ground: { try $0.open() + [$0.attend($0.before)] },
            record: { [try Samples.close($0.session)] },
            correction: { ReopenSession(session: $0.session, try $0.correction()) },
            first: unknownSession, early: .refused("session_open"), twice: "session_open",
            effect: { _ in
                """
                SELECT count(*) FROM session WHERE state = 'open' AND EXISTS (
                    SELECT FROM journal WHERE type = \(SessionReopened.type))
                """
            }),
        Row(
            type: ReopenSession.self, note: "a cancelled one",
            ground: { try $0.open() + [$0.register($0.before)] },
            record: { [try Samples.cancel($0.session)] },
            correction: { ReopenSession(session: $0.session, try $0.correction()) },
            first: unknownSession, early: .refused("session_open"), twice: "session_open",
            // Whoever was erased is not registered again.
            effect: {
                """
                SELECT count(*) FROM session WHERE state = 'open' AND EXISTS (
                    SELECT FROM journal WHERE type = \(SessionReopened.type))
                AND registered = (
                    SELECT count(*) FROM person WHERE id = \($0.person) AND erased_on IS NULL)
                """
            }),
        Row(
            type: MoveSession.self, ground: { [try $0.planned()] },
            record: { [try $0.opening(), try $0.attend($0.before)] },
            correction: {
                MoveSession(
                    session: $0.session, startsOn: try $0.day("2019-03-10"),
                    territory: try Samples.territory(), try $0.correction())
            }, first: unknownSession, early: unknownSession, twice: "nothing_changes",
            effect: { _ in "SELECT count(*) FROM session WHERE starts_on = '2019-03-10'" }),
        Row(
            type: ResizeSession.self, ground: { [try $0.planned()] },
            record: { [try $0.opening(capacity: 9), try $0.register($0.before)] },
            correction: {
                ResizeSession(session: $0.session, capacity: 12, try $0.correction())
            }, first: unknownSession, early: unknownSession, twice: "nothing_changes",
            effect: { _ in "SELECT count(*) FROM session WHERE capacity = 12" }),
        Row(
            type: CorrectSession.self,
            ground: {
                [
                    try $0.planned(),
                    try Samples.activity($0.lecture, kind: .lecture, for: .everyone),
                ]
            }, record: { [try $0.opening(), try $0.attend($0.before)] },
            correction: {
                CorrectSession(session: $0.session, activity: $0.lecture, try $0.correction())
            }, first: unknownSession, early: unknownSession, twice: "nothing_changes",
            effect: { "SELECT count(*) FROM session WHERE activity = \($0.lecture)" }),
    ]

    // MARK: Registrations

    private static let unknownRegistration = Fate.parked("unknown_registration")

    private static let registrations: [Row] = [
        Row(
            type: CorrectRegistration.self, ground: { try $0.open(capacity: 1) },
            record: { [try $0.register($0.record)] },
            correction: { try $0.correctRegistration(to: $0.other) },
            first: unknownRegistration, early: unknownRegistration, twice: "nothing_changes",
            effect: { "SELECT count(*) FROM session_registration WHERE person = \($0.other)" }),
        Row(
            type: RestoreRegistration.self,
            ground: { try $0.open() + [$0.register($0.record)] },
            record: { [try Samples.cancel(RegistrationID($0.record))] },
            correction: { try $0.restoreRegistration() },
            first: unknownRegistration, early: .refused("registration_holds"),
            twice: "registration_holds", erased: .refused("person_erased"),
            effect: { _ in
                """
                SELECT count(*) FROM session_registration WHERE state = 'confirmed' AND EXISTS (
                    SELECT FROM journal WHERE type = \(RegistrationRestored.type))
                """
            }),
    ]

    // MARK: Who was there

    private static let unknownAttendance = Fate.parked("unknown_attendance")

    private static let presence: [Row] = [
        Row(
            type: CorrectAttendance.self, note: "that of somebody else", ground: { try $0.open() },
            record: { [try $0.attend($0.record)] },
            correction: { try $0.correctAttendance(to: $0.other) },
            first: unknownAttendance, early: unknownAttendance, twice: "nothing_changes",
            effect: { "SELECT count(*) FROM attendance WHERE person = \($0.other)" }),
        Row(
            type: CorrectAttendance.self, note: "one that was none", ground: { try $0.open() },
            record: { [try $0.attend($0.record), try Samples.close($0.session)] },
            correction: { try $0.correctAttendance(to: $0.named, void: true) },
            first: unknownAttendance, early: unknownAttendance, twice: "nothing_changes",
            effect: { _ in "SELECT count(*) FROM attendance WHERE is_void" }),
        Row(
            type: CorrectHeadcount.self, ground: { try $0.open() },
            record: {
                [try Samples.headcount(HeadcountID($0.record), at: $0.session, count: 3)]
            },
            correction: { try $0.correctHeadcount(to: 4) },
            first: .parked("unknown_headcount"), early: .parked("unknown_headcount"),
            twice: "nothing_changes",
            effect: { _ in "SELECT count(*) FROM headcount WHERE count = 4" }),
    ]

    // MARK: Shifts

    private static let unknownShift = Fate.parked("unknown_shift")

    private static let shifts: [Row] = [
        Row(
            type: CancelShift.self, record: { [try $0.offer($0.record)] },
            correction: { CancelShift(shift: ShiftID($0.record), try $0.correction()) },
            first: unknownShift, early: unknownShift, twice: "shift_not_ahead",
            effect: { _ in "SELECT count(*) FROM shift WHERE state = 'cancelled'" }),
        Row(
            type: ExcuseShift.self, ground: { [try $0.offer($0.record)] },
            record: { [try $0.confirm($0.record)] },
            correction: { ExcuseShift(shift: ShiftID($0.record), try $0.correction()) },
            first: unknownShift, early: .refused("shift_not_excusable"),
            twice: "shift_not_excusable",
            effect: { _ in "SELECT count(*) FROM shift WHERE state = 'excused'" }),
        Row(
            type: ReopenShift.self,
            ground: { [try $0.offer($0.record), try $0.confirm($0.record)] },
            record: { [try Samples.noShow(ShiftID($0.record))] },
            correction: { ReopenShift(shift: ShiftID($0.record), try $0.correction()) },
            first: unknownShift, early: .refused("shift_open"), twice: "shift_open",
            effect: { _ in
                """
                SELECT count(*) FROM shift WHERE state = 'confirmed' AND EXISTS (
                    SELECT FROM journal WHERE type = \(ShiftReopened.type))
                """
            }),
        Row(
            type: CorrectShift.self, record: { [try $0.offer($0.record)] },
            correction: { try $0.correctShift(to: 5) }, first: unknownShift,
            early: unknownShift, twice: "nothing_changes",
            effect: { "SELECT count(*) FROM shift WHERE person = \($0.person) AND sequence = 2" }),
    ]

    // MARK: Materials

    private static let unknownPrinting = Fate.parked("unknown_printing")
    private static let unknownDistribution = Fate.parked("unknown_distribution")

    private static let materials: [Row] = [
        Row(
            type: VoidPrinting.self, record: { [try $0.printing()] },
            correction: { VoidPrinting(printing: PrintingID($0.record), try $0.correction()) },
            first: unknownPrinting, early: unknownPrinting, twice: "already_void",
            effect: { _ in "SELECT count(*) FROM material WHERE printed = 0" }),
        Row(
            type: CorrectPrinting.self, record: { [try $0.printing()] },
            correction: { try $0.correctPrint(90) }, first: unknownPrinting,
            early: unknownPrinting, twice: "nothing_changes",
            effect: { _ in "SELECT count(*) FROM material WHERE printed = 90" }),
        Row(
            type: VoidDistribution.self, ground: { [try $0.printing()] },
            record: { [try $0.distribute()] },
            correction: {
                VoidDistribution(
                    distribution: DistributionID($0.record), try $0.correction())
            }, first: unknownDistribution, early: unknownDistribution, twice: "already_void",
            effect: { _ in "SELECT count(*) FROM distribution WHERE is_void" }),
        Row(
            type: CorrectDistribution.self, ground: { [try $0.printing()] },
            record: { [try $0.distribute()] }, correction: { try $0.correctDistribution(9) },
            first: unknownDistribution, early: unknownDistribution, twice: "nothing_changes",
            effect: { _ in "SELECT count(*) FROM material WHERE distributed = 9" }),
    ]

    // MARK: Audiences and individual services

    private static let unknownReach = Fate.parked("unknown_reach")
    private static let unknownCasework = Fate.parked("unknown_casework")

    private static let others: [Row] = [
        Row(
            type: VoidReach.self, record: { [try $0.reading($0.record)] },
            correction: { VoidReach(reach: ReachID($0.record), try $0.correction()) },
            first: unknownReach, early: unknownReach, twice: "already_void",
            effect: { _ in "SELECT count(*) FROM reading WHERE is_void" }),
        Row(
            type: CorrectReach.self, record: { [try $0.reading($0.record)] },
            correction: {
                CorrectReach(try $0.reading($0.record, count: 510), try $0.correction())
            }, first: unknownReach, early: unknownReach, twice: "nothing_changes",
            effect: { _ in "SELECT count(*) FROM reading WHERE count = 510" }),
        Row(
            type: VoidCasework.self, record: { [try $0.serve()] },
            correction: { VoidCasework(casework: CaseworkID($0.record), try $0.correction()) },
            first: unknownCasework, early: unknownCasework, twice: "already_void",
            effect: { _ in "SELECT count(*) FROM casework WHERE is_void" }),
        Row(
            type: CorrectCasework.self, record: { [try $0.serve()] },
            correction: { try $0.correctCasework(for: $0.named) },
            first: unknownCasework, early: unknownCasework, twice: "nothing_changes",
            effect: {
                """
                SELECT count(*) FROM casework
                WHERE kind = 'guidance' AND person = \($0.person)
                """
            }),
    ]
}
