import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// The office of a street sends what is dated while a family lived there, however late; and nothing else of the family.
@Suite struct EventsLateScopeTests {
    private let bench = HandlerBench(Events.definition)
    private let old: [TerritoryCode]
    private let new: [TerritoryCode]
    private let there = "350203009901"
    private let activity = ActivityID(UUID())
    private let household = HouseholdID(UUID())
    private let mother = PersonID(UUID())
    private let child = PersonID(UUID())

    init() throws {
        old = [try EventsSamples.territory("350203007")]
        new = [try EventsSamples.territory("350203009")]
        try bench.handle(EventsSamples.activity(activity, for: .everyone))
        try bench.handle(
            EventsSamples.household(household, mother: mother, child: child), sequence: 1)
    }

    /// The family goes to the other street.
    private func move(on day: String) throws {
        try bench.handle(
            HouseholdMoved(
                household: household, from: EventsSamples.territory(),
                territory: EventsSamples.territory(there), members: [mother, child],
                movedOn: EventsSamples.date(day)), sequence: 2)
    }

    private func session(in community: String, on day: String) throws -> SessionID {
        let id = SessionID(UUID())
        var session = try EventsSamples.session(id, of: activity, in: community)
        session.startsOn = try EventsSamples.date(day)
        try bench.handle(session)
        return id
    }

    private func casework(in community: String, on day: String) throws -> RecordCasework {
        var casework = try EventsSamples.casework(for: mother)
        casework.territory = try EventsSamples.territory(community)
        casework.servedOn = try EventsSamples.date(day)
        return casework
    }

    /// The code and pointer of a refusal; nil if it is accepted.
    private func answer(_ command: any Command, as office: [TerritoryCode]) throws -> String? {
        let outcome = try bench.handle(command, publisher: "office", territories: office)
        guard !outcome.isAccepted else { return nil }
        let pointer = outcome.refusal?.pointer.dropFirst("/data".count) ?? ""
        return "\(outcome.refusal?.code ?? "") \(pointer)"
    }

    private func old(_ command: any Command) throws -> String? { try answer(command, as: old) }
    private func new(_ command: any Command) throws -> String? { try answer(command, as: new) }

    private let person = "out_of_scope /person"

    // MARK: What is recorded

    @Test(arguments: [("2019-12-31", true), ("2020-01-01", false)])
    func `a service is recorded by the office of its day, after the move too`(
        _ day: String, _ isOld: Bool
    ) throws {
        try move(on: "2020-01-01")
        #expect(try old(casework(in: EventsSamples.community, on: day)) == (isOld ? nil : person))
        #expect(try new(casework(in: there, on: day)) == (isOld ? person : nil))
    }

    @Test func `the answer is the same before the move is known and after`() throws {
        let (early, late) = (
            try casework(in: there, on: "2019-12-31"),
            try casework(in: EventsSamples.community, on: "2019-12-31")
        )
        #expect(try new(early) == person)
        try move(on: "2020-01-01")
        #expect(try new(early) == person)
        #expect(try old(late) == nil)
    }

    @Test func `a family was at a session of the street in which it lived then`() throws {
        try move(on: "2020-01-01")
        let before = try session(in: EventsSamples.community, on: "2019-12-31")
        let after = try session(in: EventsSamples.community, on: "2020-01-01")
        #expect(
            try old(
                EventsSamples.attendance(at: before, of: mother, with: child, for: household))
                == nil)
        #expect(
            try old(
                EventsSamples.attendance(at: after, of: mother, with: child, for: household))
                == person)
        let (near, far) = (
            try session(in: there, on: "2020-01-01"), try session(in: there, on: "2019-12-31")
        )
        #expect(try new(EventsSamples.attendance(at: near, of: mother, for: household)) == nil)
        #expect(try new(EventsSamples.attendance(at: far, of: mother)) == person)
    }

    @Test func `so it is registered for one`() throws {
        try move(on: "2020-01-01")
        let before = try session(in: EventsSamples.community, on: "2019-12-31")
        let after = try session(in: EventsSamples.community, on: "2020-01-01")
        #expect(
            try old(EventsSamples.registration(at: before, of: mother, for: household)) == nil)
        #expect(try old(EventsSamples.registration(at: after, of: mother)) == person)
    }

    @Test func `a household is named by the office of the day, a person by that of the person`()
        throws
    {
        // The child goes alone; the household stays.
        let moved = PersonMoved(
            person: child, from: try EventsSamples.territory(),
            territory: try EventsSamples.territory(there),
            movedOn: try EventsSamples.date("2020-01-01"),
            birthDate: try EventsSamples.date("2017-06-01"), sex: .male)
        try bench.handle(moved, sequence: 2)
        let before = try session(in: EventsSamples.community, on: "2019-12-31")
        #expect(
            try old(
                EventsSamples.attendance(at: before, of: mother, with: child, for: household))
                == nil)
        #expect(
            try old(EventsSamples.attendance(at: before, of: child))
                == "already_attended /person"
        )
    }

    @Test(arguments: [("2020-02-11", true), ("2020-02-10", false)])
    func `a shift is offered by the office of the day of duty`(
        _ moved: String, _ isOld: Bool
    ) throws {
        try move(on: moved)
        #expect(
            try old(EventsSamples.shift(at: PostID(UUID()), of: mother, for: household))
                == (isOld ? nil : person))
        #expect(
            try new(
                EventsSamples.shift(at: PostID(UUID()), of: mother, for: household, in: there))
                == (isOld ? person : nil))
    }

    @Test func `an office reaches a family in its own time alone`() throws {
        try move(on: "2019-03-01")
        try bench.handle(
            HouseholdMoved(
                household: household, from: EventsSamples.territory(there),
                territory: EventsSamples.territory("350203012901"), members: [mother, child],
                movedOn: EventsSamples.date("2019-06-01")), sequence: 3)
        for (day, isTheirs) in [
            ("2019-02-28", false), ("2019-03-01", true), ("2019-05-31", true),
            ("2019-06-01", false), ("2020-12-31", false),
        ] {
            #expect(try new(casework(in: there, on: day)) == (isTheirs ? nil : person), "\(day)")
        }
    }

    // MARK: Corrections

    /// Somebody of the old office.
    private func officer() throws -> Actor {
        let officer = MemberID(UUID())
        let subject = MemberSubject(
            member: officer, person: try bench.newcomer(), role: .staff,
            territory: old[0], level: .subdistrict)
        try bench.handle(
            MemberEnrolled(subject, enrolledOn: EventsSamples.date("2018-01-01")), sequence: 1)
        return Actor(staff: StaffID(officer.uuid), territory: old[0])
    }

    @Test func `the office that made a record corrects it after the move`() throws {
        let actor = try officer()
        let record = try casework(in: EventsSamples.community, on: "2019-12-30")
        #expect(try old(record) == nil)
        try move(on: "2020-01-01")
        var about = record
        about.servedOn = try EventsSamples.date("2019-12-31")
        let correct = CorrectCasework(about, try EventsSamples.correction(by: actor))
        let refusal = try new(correct)
        #expect(refusal == "out_of_scope /territory")
        #expect(try old(correct) == nil)
        #expect(
            try old(VoidCasework(casework: record.casework, EventsSamples.correction(by: actor)))
                == nil)
    }

    @Test func `a record is corrected to somebody who lived here on its day`() throws {
        let other = try bench.newcomer()
        let session = try session(in: EventsSamples.community, on: "2019-12-31")
        let attendance = AttendanceID(UUID())
        try bench.handle(EventsSamples.attendance(attendance, at: session, of: other))
        try move(on: "2020-01-01")
        var correct = try EventsSamples.correction(of: attendance, to: mother)
        correct.actor = try officer()
        #expect(try old(correct) == nil)
    }

    // MARK: Units that others have taken over

    @Test func `the office of a part records what was before the split, of those who live in it`()
        throws
    {
        let parts = ["350203007911", "350203007912"]
        func units(_ codes: [String]) throws -> [TerritoryUnit] {
            try codes.map {
                TerritoryUnit(
                    code: try EventsSamples.territory($0), nameZh: "示例", nameEn: "Sample",
                    validFrom: try EventsSamples.date("2000-01-01"))
            }
        }
        try bench.handle(
            TerritoryLoaded(
                edition: EventsSamples.date("2019-01-01"), source: "test",
                units: units([EventsSamples.community])), sequence: 1)
        try bench.handle(
            TerritoryLoaded(
                edition: EventsSamples.date("2020-01-01"), source: "test", units: units(parts),
                successions: try parts.map {
                    TerritorySuccession(
                        predecessor: try EventsSamples.territory(),
                        successor: try EventsSamples.territory($0),
                        from: try EventsSamples.date("2020-01-01"))
                },
                closed: [
                    TerritoryClosure(
                        code: try EventsSamples.territory(),
                        validTo: try EventsSamples.date("2019-12-31"))
                ]), sequence: 1)
        try bench.handle(
            HouseholdMoved(
                household: household, from: EventsSamples.territory(),
                territory: EventsSamples.territory(parts[0]), members: [mother, child],
                movedOn: EventsSamples.date("2020-01-01")), sequence: 2)
        for (part, isTheirs) in [(parts[0], true), (parts[1], false)] {
            let session = try session(in: part, on: "2019-12-31")
            #expect(
                try answer(
                    EventsSamples.attendance(at: session, of: mother, for: household),
                    as: [EventsSamples.territory(part)]) == (isTheirs ? nil : person))
        }
    }
}

/// The same of somebody who was registered twice, on a real database.
@Suite struct EventsLateDoubleTests {
    private let bench: ServiceBench

    init() throws {
        bench = try ServiceBench(Events.definition)
        for (publisher, code) in [("old", "350203007"), ("new", "350203009")] {
            try bench.take(
                PublisherGranted(
                    publisher: publisher, territories: [EventsSamples.territory(code)],
                    types: ["events.*"]),
                subject: UUID(), sequence: 1, as: "registry")
        }
    }

    @Test func `until the merge each office has the person, then that of the survivor`() throws {
        let there = try EventsSamples.territory("350203009901")
        let (survivor, merged) = (PersonID(UUID()), PersonID(UUID()))
        var registered = try EventsSamples.registered(survivor)
        registered.territory = there
        try bench.take(registered, subject: survivor.uuid, sequence: 1)
        try bench.take(EventsSamples.registered(merged), subject: merged.uuid, sequence: 1)
        // On 1 April 2019.
        var fact = try EventsSamples.merged(merged, into: survivor)
        fact.territory = there
        try bench.take(fact, subject: survivor.uuid, sequence: 2)
        func code(_ day: String, _ publisher: String) throws -> String? {
            var casework = try EventsSamples.casework(for: merged)
            if publisher == "new" { casework.territory = there }
            casework.servedOn = try EventsSamples.date(day)
            return try bench.decide(casework, publisher: publisher).code
        }
        #expect(try code("2019-03-31", "old") == nil)
        #expect(try code("2019-03-31", "new") == nil)
        #expect(try code("2019-04-01", "old") == "out_of_scope")
        #expect(try code("2019-04-01", "new") == nil)
    }
}
