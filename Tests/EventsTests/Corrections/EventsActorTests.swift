import Foundation
import Messages
import Support
import Testing

@testable import Events
@testable import ServiceKit
@testable import ServiceSupport

/// What holds for every correction, over rows in memory: it waits for its record, stays in its publisher's territories, and its
/// actor holds an office.
@Suite struct EventsActorTests {
    private let bench = HandlerBench(Events.definition)
    private let officer = MemberID(UUID())
    private let casework = CaseworkID(UUID())

    init() throws {
        try bench.handle(EventsSamples.casework(casework, for: nil))
    }

    private func enrol(
        in branch: String = "350203007", as role: MemberRole = .staff, left: String? = nil
    ) throws {
        let subject = MemberSubject(
            member: officer, person: try bench.newcomer(), role: role,
            territory: try EventsSamples.territory(branch), level: .subdistrict)
        let enrolledOn = try EventsSamples.date("2018-01-01")
        try bench.handle(MemberEnrolled(subject, enrolledOn: enrolledOn), sequence: 1)
        guard let left else { return }
        try bench.handle(
            MemberLeft(
                subject, ending: .left, enrolledOn: enrolledOn,
                leftOn: try EventsSamples.date(left)), sequence: 2)
    }

    private func void(
        by branch: String = "350203007", on day: String = "2020-02-12",
        territories: [TerritoryCode]? = nil
    ) throws -> Outcome {
        let actor = Actor(
            staff: StaffID(officer.uuid), territory: try EventsSamples.territory(branch))
        return try bench.handle(
            VoidCasework(
                casework: casework, try EventsSamples.correction(on: day, by: actor)),
            publisher: "street", territories: territories)
    }

    @Test func `a fact of a correction says who has decided it and who has sent it`() throws {
        try enrol()
        let outcome = try void(territories: [EventsSamples.territory("350203007")])
        let mark = try #require(outcome.fact(CaseworkVoided.self)).correction
        #expect(mark.actor.staff == StaffID(officer.uuid))
        #expect(mark.correctedBy == "street")
        #expect(mark.correctedOn == (try EventsSamples.date("2020-02-12")))
        #expect(bench.unit.texts.count == 1)
    }

    @Test func `an actor who is not known yet is waited for`() throws {
        expectWait(
            try void(), for: officer.uuid, else: "unknown_staff", at: "/actor/staff")
    }

    @Test func `an actor holds the office on the day of the decision`() throws {
        try enrol(left: "2019-12-31")
        expectRefusal(try void(), "office_not_held", at: "/actor/staff")
        #expect(try void(on: "2019-12-30").isAccepted)
    }

    @Test func `a member who holds no office decides nothing`() throws {
        try enrol(as: .member)
        expectRefusal(try void(), "unknown_staff", at: "/actor/staff")
    }

    @Test func `an actor is of a branch around the record, and it is the one that is named`() throws
    {
        try enrol(in: "350203009")
        expectRefusal(try void(by: "350203009"), "outside_territory", at: "/actor/territory")
        expectRefusal(try void(), "other_office", at: "/actor/staff")
        expectRefusal(
            try void(territories: [EventsSamples.territory()]), "out_of_scope",
            at: "/actor/territory")
    }

    // MARK: All corrections

    @Test func `every correction waits for its record`() throws {
        let id = UUID()
        let person = try bench.newcomer()
        let all = try EventsSamples.corrections(
            of: id, person: person, post: PostID(UUID()), activity: ActivityID(UUID()))
        #expect(all.count == 18)
        for command in all {
            #expect(try bench.handle(command).wait?.id == id, "\(type(of: command).type)")
        }
    }

    @Test func `every correction stays in its publisher's territories`() throws {
        let records = try CorrectedRecords(try bench.newcomer()) {
            let outcome = try bench.handle($0)
            #expect(outcome.isAccepted)
        }
        let elsewhere = [try EventsSamples.territory("350203009")]
        let all = try EventsSamples.corrections(
            of: records.id, person: records.person, post: records.post, activity: records.other)
        for command in all where !(command is VoidReach || command is CorrectReach) {
            let outcome = try bench.handle(command, publisher: "street", territories: elsewhere)
            #expect(outcome.refusal?.code == "out_of_scope", "\(type(of: command).type)")
            #expect(outcome.refusal?.pointer != "/actor/territory", "\(type(of: command).type)")
        }
    }
}
