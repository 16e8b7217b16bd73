import Foundation
import Messages
import People
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Nobody of another street is recorded, registered, put on duty or served, and no activity of another street is held.
@Suite struct EventsScopeTests {
    private let bench = HandlerBench(Events.definition)
    /// Of the street 009; the samples live in 007.
    private let street: [TerritoryCode]
    private let neighbour = "350203009901"
    private let resident: PersonID
    private let session = SessionID(UUID())

    init() throws {
        street = [try EventsSamples.territory("350203009")]
        resident = try bench.newcomer()
        let activity = ActivityID(UUID())
        try bench.handle(EventsSamples.activity(activity, for: .everyone))
        try bench.handle(EventsSamples.session(session, of: activity, in: neighbour))
    }

    private func expectOutOfScope(
        _ command: any Command, at pointer: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        expectRefusal(
            try bench.handle(command, publisher: "street", territories: street), "out_of_scope",
            at: pointer, sourceLocation: sourceLocation)
        #expect(try bench.handle(command).isAccepted, sourceLocation: sourceLocation)
    }

    @Test func `a person of another street is neither registered nor recorded`() throws {
        try expectOutOfScope(EventsSamples.registration(at: session, of: resident), at: "/person")
        try expectOutOfScope(EventsSamples.attendance(at: session, of: resident), at: "/person")
    }

    @Test func `a child of another street is not recorded`() throws {
        let (parent, child, household) = (
            PersonID(UUID()), PersonID(UUID()), HouseholdID(UUID())
        )
        var fact = try EventsSamples.registered(parent, in: household, as: .head)
        fact.territory = try EventsSamples.territory(neighbour)
        try bench.handle(fact, sequence: 1)
        try bench.handle(
            EventsSamples.registered(child, born: "2016-05-01", in: household, as: .child),
            sequence: 1)
        try expectOutOfScope(
            EventsSamples.attendance(at: session, of: parent, with: child), at: "/child")
    }

    @Test func `an attendance is not corrected to a person of another street`() throws {
        let attendance = AttendanceID(UUID())
        let local = PersonID(UUID())
        var fact = try EventsSamples.registered(local)
        fact.territory = try EventsSamples.territory(neighbour)
        try bench.handle(fact, sequence: 1)
        try bench.handle(EventsSamples.attendance(attendance, at: session, of: local))
        let office = MemberID(UUID())
        try bench.handle(
            MemberEnrolled(
                MemberSubject(
                    member: office, person: bench.newcomer(), role: .staff, territory: street[0],
                    level: .subdistrict),
                enrolledOn: EventsSamples.date("2018-01-01")), sequence: 1)
        var correction = try EventsSamples.correction(of: attendance, to: resident)
        correction.actor = Actor(staff: StaffID(office.uuid), territory: street[0])
        try expectOutOfScope(correction, at: "/person")
    }

    @Test func `a person of another street is neither served nor put on duty`() throws {
        var casework = try EventsSamples.casework(for: resident)
        casework.territory = try EventsSamples.territory(neighbour)
        try expectOutOfScope(casework, at: "/person")
        let shift = try EventsSamples.shift(
            at: PostID(UUID()), of: resident, in: neighbour)
        try expectOutOfScope(shift, at: "/person")
    }

    @Test func `an activity of another street is not held here, one of the district is`() throws {
        let activity = ActivityID(UUID())
        var plan = try EventsSamples.activity(activity, for: .everyone)
        plan.territory = try EventsSamples.territory("350203007")
        try bench.handle(plan)
        try expectOutOfScope(
            EventsSamples.session(of: activity, in: neighbour), at: "/activity")
        let common = ActivityID(UUID())
        try bench.handle(EventsSamples.activity(common, for: .everyone))
        #expect(
            try bench.handle(
                EventsSamples.session(of: common, in: neighbour), publisher: "street",
                territories: street
            ).isAccepted)
    }

    @Test func `an activity is held at a site of another street by the district alone`() throws {
        let (theirs, own) = (SiteID(UUID()), SiteID(UUID()))
        for (site, community) in [(theirs, EventsSamples.community), (own, neighbour)] {
            try bench.handle(SiteOpened(EventsSamples.site(site, in: community)), sequence: 1)
        }
        func plan(at site: SiteID) throws -> PlanActivity {
            var plan = try EventsSamples.activity(for: .everyone)
            plan.territory = try EventsSamples.territory(neighbour)
            plan.site = site
            return plan
        }
        try expectOutOfScope(plan(at: theirs), at: "/site")
        #expect(
            try bench.handle(plan(at: own), publisher: "street", territories: street).isAccepted)
    }

    @Test func `an activity at a site that is not known waits for it`() throws {
        var plan = try EventsSamples.activity(for: .everyone)
        let site = SiteID(UUID())
        plan.site = site
        let wait = try bench.handle(plan).wait
        #expect(wait?.id == site.uuid)
        #expect(wait?.otherwise.code == "unknown_site")
        try bench.handle(SiteOpened(EventsSamples.site(site)), sequence: 1)
        #expect(try bench.handle(plan).isAccepted)
    }

    // MARK: What records hold

    private func answer(_ command: any Command) throws -> Refusal? {
        try bench.handle(command, publisher: "street", territories: street).refusal
    }

    @Test func `nothing is told of a material of another street, whatever it is`() throws {
        let home = try EventsSamples.territory("350203007")
        for kind in [MaterialKind.leaflet, .poster] {
            let material = MaterialID(UUID())
            var printing = try EventsSamples.printing(of: material, 10)
            (printing.kind, printing.territory) = (kind, home)
            try bench.handle(printing)
            let given = try EventsSamples.distribution(of: material, 1_000, in: neighbour)
            var reprint = try EventsSamples.printing(of: material, 10)
            reprint.territory = try EventsSamples.territory(neighbour)
            for command: any Command in [given, reprint] {
                #expect(
                    try answer(command)
                        == Refusal(.outOfScope, at: "/material"), "\(type(of: command).type)")
            }
        }
    }

    @Test func `nothing is told of a post of another street, whatever it is`() throws {
        let local = PersonID(UUID())
        var fact = try EventsSamples.registered(local)
        fact.territory = try EventsSamples.territory(neighbour)
        try bench.handle(fact, sequence: 1)
        for kind in [PostKind.lanePost, .station] {
            let post = PostID(UUID())
            try bench.handle(EventsSamples.shift(at: post, of: resident, kind: kind))
            let shift = try EventsSamples.shift(at: post, of: local, in: neighbour)
            #expect(try answer(shift) == Refusal(.outOfScope, at: "/post"))
        }
    }

    // MARK: Where people live

    @Test func `a person is in the scope of where the person has moved`() throws {
        var moved = try EventsSamples.moved(resident, to: HouseholdID(UUID()), as: .head)
        moved.territory = try EventsSamples.territory(neighbour)
        try bench.handle(moved, sequence: 2)
        let record = try EventsSamples.attendance(at: session, of: resident)
        #expect(try bench.handle(record, territories: street).isAccepted)
    }

    @Test func `members go along with their household, in whatever order the facts come`() throws {
        let (household, mother) = (HouseholdID(UUID()), PersonID(UUID()))
        let registered = try EventsSamples.household(household, mother: mother)
        let moved = HouseholdMoved(
            household: household, from: try EventsSamples.territory(),
            territory: try EventsSamples.territory(neighbour), members: [mother],
            movedOn: try EventsSamples.date("2019-01-01"))
        let registry = RegistryBook()
        let facts: [(fact: any Fact, sequence: Int64)] = [
            (registry.told(registered), 1), (registry.told(moved), 2),
        ]
        for order in [facts, facts.reversed()] {
            let bench = HandlerBench(Events.definition)
            for (fact, sequence) in order { try bench.handle(fact, sequence: sequence) }
            let lives = try bench.unit.find(Person.self, mother.uuid)?.lastTerritory
            #expect(lives?.rawValue == neighbour)
            #expect(
                try bench.unit.find(Household.self, household.uuid)?.territory.rawValue
                    == neighbour)
        }
    }
}
