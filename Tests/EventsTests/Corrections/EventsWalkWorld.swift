import Foundation
import Messages
import ServiceKit
import Support

@testable import Events
@testable import ServiceSupport

/// A session of the first community, and people who come to it, of whom two turn out to be one.
struct EventsWalkWorld: WalkWorld {
    typealias Samples = EventsSamples

    let person = PersonID(UUID())
    let double = PersonID(UUID())
    /// Somebody else.
    let other = PersonID(UUID())
    let activity = ActivityID(UUID())
    let lecture = ActivityID(UUID())
    let session = SessionID(UUID())
    let post = PostID(UUID())
    let material = MaterialID(UUID())
    /// The id of the record, whatever it is, and of the one before it.
    let record = UUID()
    let before = UUID()
    var named: PersonID
    var actor: Actor
    let stranger: Actor

    static let tables = [
        "session", "session_registration", "registration_place", "attendance",
        "attendance_version", "roster_place", "headcount", "headcount_version", "shift",
        "material", "printing", "distribution", "reading", "reach_series", "casework", "task",
        "free_text",
    ]

    init() throws {
        named = person
        actor = Actor(staff: StaffID(UUID()), territory: try Samples.territory("350203"))
        stranger = Actor(staff: StaffID(UUID()), territory: try Samples.territory("350203009"))
    }

    func bench() throws -> ServiceBench {
        let bench = try ServiceBench(Events.definition)
        for id in [person, double, other] {
            try bench.take(Samples.registered(id), subject: id.uuid, sequence: 1)
        }
        for (office, level) in [(actor, AuthorityLevel.district), (stranger, .subdistrict)] {
            let held = MemberEnrolled(
                MemberSubject(
                    member: MemberID(office.staff.uuid), person: PersonID(UUID()), role: .officer,
                    territory: office.territory, level: level),
                enrolledOn: try day("2018-01-01"))
            try bench.take(held, subject: office.staff.uuid, sequence: 1)
        }
        try bench.take(
            PublisherGranted(
                publisher: "elsewhere", territories: [stranger.territory], types: ["events.*"]),
            subject: UUID(), sequence: 1, as: "registry")
        return bench
    }

    func merge(_ bench: ServiceBench) throws {
        try bench.take(
            Samples.merged(person, into: double), subject: double.uuid, sequence: 2)
    }

    func erase(_ bench: ServiceBench) throws {
        try bench.take(
            Samples.erased(person, on: "2021-01-01"), subject: person.uuid, sequence: 2)
    }

    // MARK: Commands

    func day(_ text: String) throws -> BusinessDate { try Samples.date(text) }

    func correction(on day: String = "2020-02-10") throws -> Correction {
        try Samples.correction("the person was mistaken", on: day, by: actor)
    }

    /// The session, and what it is one of.
    func open(capacity: Int? = nil) throws -> [any Command] {
        [try planned(), try opening(capacity: capacity)]
    }

    func opening(capacity: Int? = nil) throws -> OpenSession {
        try Samples.session(session, of: activity, capacity: capacity)
    }

    func planned() throws -> PlanActivity { try Samples.activity(activity, for: .everyone) }

    func attend(
        _ id: UUID, at session: SessionID? = nil, of person: PersonID? = nil
    ) throws -> RecordAttendance {
        try Samples.attendance(
            AttendanceID(id), at: session ?? self.session, of: person ?? self.person)
    }

    func correctAttendance(
        to person: PersonID, void: Bool = false, at session: SessionID? = nil
    ) throws -> CorrectAttendance {
        CorrectAttendance(
            PartySubject(person: person), attendance: AttendanceID(record), void: void,
            reason: "the person was mistaken", correctedOn: try day("2019-03-12"),
            session: session, actor: actor)
    }

    func correctHeadcount(to count: Int, beyond: Bool? = nil) throws -> CorrectHeadcount {
        CorrectHeadcount(
            headcount: HeadcountID(record), count: count, method: .counted,
            reason: "counted again", correctedOn: try day("2019-03-12"), beyondCapacity: beyond,
            actor: actor)
    }

    func register(_ id: UUID, of person: PersonID? = nil) throws -> RequestRegistration {
        try Samples.registration(
            RegistrationID(id), at: session, of: person ?? self.person)
    }

    func correctRegistration(to person: PersonID) throws -> CorrectRegistration {
        CorrectRegistration(
            PartySubject(person: person), registration: RegistrationID(record),
            try correction())
    }

    func restoreRegistration() throws -> RestoreRegistration {
        RestoreRegistration(registration: RegistrationID(record), try correction())
    }

    func offer(
        _ id: UUID, of person: PersonID? = nil, from: Int = 0, to: Int = 4
    ) throws -> OfferShift {
        try Samples.shift(
            ShiftID(id), at: post, of: person ?? self.person, from: from, to: to)
    }

    func confirm(_ id: UUID) throws -> ConfirmShift { try Samples.confirm(ShiftID(id)) }

    func correctShift(from: Int = 0, to: Int) throws -> CorrectShift {
        var command = try Samples.correct(
            ShiftID(record), at: post, of: named, from: from, to: to)
        command.correction = try correction()
        return command
    }

    func printing(_ copies: Int = 100) throws -> PrintMaterial {
        try Samples.printing(PrintingID(record), of: material, copies)
    }

    func correctPrint(_ copies: Int, on date: String = "2019-05-20") throws -> CorrectPrinting {
        CorrectPrinting(
            printing: PrintingID(record), copies: copies, printedOn: try day(date),
            try correction())
    }

    func distribute(_ copies: Int = 10) throws -> DistributeMaterial {
        try Samples.distribution(DistributionID(record), of: material, copies)
    }

    func correctDistribution(
        _ copies: Int, on date: String = "2019-06-01"
    ) throws -> CorrectDistribution {
        CorrectDistribution(
            distribution: DistributionID(record), territory: try Samples.territory(),
            copies: copies, distributedOn: try day(date), try correction())
    }

    func reading(_ id: UUID, count: Int = 500, on day: Int = 9) throws -> RecordReach {
        try Samples.reach(ReachID(id), count: count, day: day)
    }

    func serve() throws -> RecordCasework {
        try Samples.casework(CaseworkID(record), for: person)
    }

    func correctCasework(for person: PersonID) throws -> CorrectCasework {
        var service = try Samples.casework(CaseworkID(record), for: person)
        service.kind = .guidance
        return CorrectCasework(service, try correction())
    }
}
