import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events

/// Nobody corrects what is recorded of themselves, on a real database.
@Suite struct EventsOwnRecordTests {
    private let bench: ServiceBench
    private let records: CorrectedRecords
    private let attendance = AttendanceID(UUID())
    /// The person of all records.
    private let person: PersonID
    /// An officer of the district who is that person.
    private let own: Actor
    private var other: Actor { get throws { try EventsSamples.officer } }

    init() throws {
        let bench = try ServiceBench(Events.definition)
        self.bench = bench
        try bench.appoint()
        person = try bench.newcomer()
        own = try Self.appoint(person, bench)
        records = try CorrectedRecords(person) {
            let answer = try bench.decide($0)
            #expect(answer.status == "accepted", "\(type(of: $0).type): \(answer.code ?? "")")
        }
        let attended = try EventsSamples.attendance(
            attendance, at: SessionID(records.id), of: person)
        #expect(try bench.decide(attended).status == "accepted")
    }

    private static func appoint(_ person: PersonID, _ bench: ServiceBench) throws -> Actor {
        let office = MemberID(UUID())
        let district = try EventsSamples.territory("350203")
        try bench.take(
            MemberEnrolled(
                MemberSubject(
                    member: office, person: person, role: .officer, territory: district,
                    level: .district),
                enrolledOn: EventsSamples.date("2018-01-01")),
            subject: office.uuid, sequence: 1)
        return Actor(staff: StaffID(office.uuid), territory: district)
    }

    /// Refused to the officer whose record it is, and accepted from another one.
    private func expectOther(
        _ command: (Actor) throws -> any Command,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let refused = try bench.decide(command(own))
        #expect(
            (refused.code, refused.pointer) == ("acts_for_self", "/data/actor/staff"),
            sourceLocation: sourceLocation)
        let accepted = try bench.decide(command(other))
        #expect(
            accepted.status == "accepted", "\(accepted.code ?? "")", sourceLocation: sourceLocation)
    }

    @Test func `of one's attendance another officer decides`() throws {
        let somebody = try bench.newcomer()
        for person in [somebody, person] {
            try expectOther {
                var correct = try EventsSamples.correction(of: attendance, to: person)
                correct.actor = $0
                return correct
            }
        }
        try expectOther {
            var void = try EventsSamples.correction(of: attendance, to: person, void: true)
            void.actor = $0
            return void
        }
    }

    @Test func `nobody puts themselves on a roster instead of somebody else`() throws {
        let id = AttendanceID(UUID())
        let somebody = try bench.newcomer()
        let officer = try bench.newcomer()
        let actor = try Self.appoint(officer, bench)
        try bench.decide(
            EventsSamples.attendance(id, at: SessionID(records.id), of: somebody))
        var correct = try EventsSamples.correction(of: id, to: officer)
        correct.actor = actor
        #expect(try bench.decide(correct).code == "acts_for_self")
        correct.actor = try other
        #expect(try bench.decide(correct).status == "accepted")
    }

    @Test func `so it is of one's registration`() throws {
        let registration = RegistrationID(records.id)
        let somebody = try bench.newcomer()
        for person in [somebody, person] {
            try expectOther {
                CorrectRegistration(
                    PartySubject(person: person), registration: registration,
                    try EventsSamples.correction(by: $0))
            }
        }
        #expect(try bench.decide(EventsSamples.cancel(registration)).status == "accepted")
        try expectOther {
            RestoreRegistration(
                registration: registration, try EventsSamples.correction(by: $0))
        }
    }

    @Test func `so it is of one's shifts`() throws {
        let shift = ShiftID(records.id)
        func reopen() throws {
            try expectOther {
                ReopenShift(shift: shift, try EventsSamples.correction(by: $0))
            }
        }
        try expectOther {
            CancelShift(shift: shift, try EventsSamples.correction(on: "2020-02-09", by: $0))
        }
        try reopen()
        #expect(try bench.decide(EventsSamples.confirm(shift)).status == "accepted")
        try expectOther {
            ExcuseShift(shift: shift, try EventsSamples.correction(by: $0))
        }
        try reopen()
        try expectOther {
            var correct = try EventsSamples.correct(
                shift, at: records.post, of: person, from: 8, to: 10)
            correct.correction = try EventsSamples.correction(by: $0)
            return correct
        }
    }

    @Test func `so it is of one's casework, and of what becomes one's own`() throws {
        let casework = CaseworkID(records.id)
        try expectOther {
            VoidCasework(casework: casework, try EventsSamples.correction(by: $0))
        }
        try expectOther {
            CorrectCasework(
                try EventsSamples.casework(casework, for: nil),
                try EventsSamples.correction(by: $0))
        }
        // It is nobody's now.
        try expectOther {
            CorrectCasework(
                try EventsSamples.casework(casework, for: person),
                try EventsSamples.correction(by: $0))
        }
    }

    @Test func `another id of the officer is the officer`() throws {
        let double = try bench.newcomer()
        let casework = CaseworkID(UUID())
        try bench.decide(EventsSamples.casework(casework, for: double))
        try bench.take(
            EventsSamples.merged(double, into: person), subject: person.uuid, sequence: 2)
        try expectOther {
            VoidCasework(casework: casework, try EventsSamples.correction(by: $0))
        }
    }

    @Test func `an officer goes on correcting what is nobody's in particular`() throws {
        let headcount = HeadcountID(UUID())
        try bench.decide(
            EventsSamples.headcount(headcount, at: SessionID(records.id), count: 3))
        var correct = try EventsSamples.correction(of: headcount, to: 2)
        correct.actor = own
        #expect(try bench.decide(correct).status == "accepted")
        #expect(
            try bench.decide(
                ResizeSession(
                    session: SessionID(records.id), capacity: 99,
                    try EventsSamples.correction(by: own))
            ).status == "accepted")
    }
}
