import Foundation
import Messages
import Support

@testable import Events
@testable import ServiceSupport

/// Corrections, for the tests of events.
extension EventsSamples {
    /// The office that `appointment` fills.
    static let office = MemberID(UUID())
    static var officer: Actor {
        get throws { Actor(staff: StaffID(office.uuid), territory: try territory("350203")) }
    }

    /// Somebody holds an office of the district from 2018 on.
    static func appointment() throws -> MemberEnrolled {
        MemberEnrolled(
            MemberSubject(
                member: office, person: PersonID(UUID()), role: .officer,
                territory: try territory("350203"), level: .district),
            enrolledOn: try date("2018-01-01"))
    }

    /// By the officer whom `appoint` has appointed, unless it is said who decides.
    static func correction(
        _ reason: String = "a slip", on day: String = "2020-02-12", by actor: Actor? = nil
    ) throws -> Correction {
        Correction(reason: reason, correctedOn: try date(day), actor: try actor ?? officer)
    }

    /// The shift as it was offered, at other hours of 10 February 2020, UTC, or otherwise different.
    static func correct(
        _ shift: ShiftID, at post: PostID, of person: PersonID, for household: HouseholdID? = nil,
        role: DutyRole = .volunteer, from: Int = 0, to: Int = 4
    ) throws -> CorrectShift {
        let offer = try Self.shift(shift, at: post, of: person, from: from, to: to).about
        return CorrectShift(
            shift: shift, post: post, role: role, person: person, household: household,
            startsAt: offer.startsAt, endsAt: offer.endsAt, dutyOn: offer.dutyOn,
            try correction())
    }

    static func close(
        _ session: SessionID, after correction: Correction
    ) throws -> CloseSession {
        CloseSession(session: session, closedOn: correction.correctedOn)
    }

    /// One of each correction, of records with these ids.
    static func corrections(
        of id: UUID, person: PersonID, post: PostID, activity: ActivityID
    ) throws -> [any Correcting] {
        let correction = try correction()
        let (day, area) = (try date("2019-03-10"), try territory())
        var shift = try correct(ShiftID(id), at: post, of: person, from: 8, to: 10)
        shift.correction = correction
        return [
            ReopenSession(session: SessionID(id), correction),
            MoveSession(session: SessionID(id), startsOn: day, territory: area, correction),
            ResizeSession(session: SessionID(id), capacity: 99, correction),
            CorrectSession(session: SessionID(id), activity: activity, correction),
            CorrectRegistration(
                PartySubject(person: person), registration: RegistrationID(id), correction),
            RestoreRegistration(registration: RegistrationID(id), correction),
            CancelShift(shift: ShiftID(id), correction),
            ExcuseShift(shift: ShiftID(id), correction),
            ReopenShift(shift: ShiftID(id), correction), shift,
            VoidPrinting(printing: PrintingID(id), correction),
            CorrectPrinting(
                printing: PrintingID(id), copies: 90, printedOn: day, correction),
            VoidDistribution(distribution: DistributionID(id), correction),
            CorrectDistribution(
                distribution: DistributionID(id), territory: area, copies: 9,
                distributedOn: day, correction),
            VoidReach(reach: ReachID(id), correction),
            CorrectReach(try reach(ReachID(id), count: 7, day: 8), correction),
            VoidCasework(casework: CaseworkID(id), correction),
            CorrectCasework(try casework(CaseworkID(id), for: nil), correction),
        ]
    }
}

extension HandlerBench {
    /// Appoints the officer who decides on corrections.
    func appoint() throws {
        try handle(EventsSamples.appointment(), sequence: 1)
    }
}

extension ServiceBench {
    /// Appoints the officer who decides on corrections.
    func appoint() throws {
        try take(
            EventsSamples.appointment(), subject: EventsSamples.office.uuid, sequence: 1)
    }
}

/// One record of each kind that can be corrected, all with one id.
struct CorrectedRecords {
    let id = UUID()
    let post = PostID(UUID())
    let activity = ActivityID(UUID())
    let other = ActivityID(UUID())
    let person: PersonID

    /// - Parameter handle: takes a command in.
    init(_ person: PersonID, _ handle: (any Command) throws -> Void) throws {
        self.person = person
        let material = MaterialID(UUID())
        let commands: [any Command] = [
            try EventsSamples.activity(activity, for: .everyone),
            try EventsSamples.activity(other, kind: .lecture, for: .everyone),
            try EventsSamples.session(SessionID(id), of: activity, capacity: 9),
            try EventsSamples.registration(
                RegistrationID(id), at: SessionID(id), of: person),
            try EventsSamples.shift(ShiftID(id), at: post, of: person),
            try EventsSamples.printing(PrintingID(id), of: material, 100),
            try EventsSamples.distribution(DistributionID(id), of: material, 10),
            try EventsSamples.casework(CaseworkID(id), for: person),
        ]
        for command in commands { try handle(command) }
    }
}
