import Foundation
import Messages
import Support
import Testing

@testable import Registry
@testable import ServiceKit
@testable import ServiceSupport

/// A family that has moved to another street on 1 January 2020. What was decided of it before may be sent by the office of then,
/// however late. Who lives where, and what a registration says, is the business of the office of now.
@Suite struct RegistryLateScopeTests {
    private typealias Samples = RegistrySamples
    private let bench: HandlerBench
    private let household = HouseholdID(UUID())
    private let head: NewMember
    private let child: NewMember
    private let old: [TerritoryCode]
    private let new: [TerritoryCode]
    private let communities: [TerritoryCode]

    init() throws {
        bench = try registryBench()
        head = try Samples.member(1)
        child = try Samples.member(2, .child)
        old = [try Samples.territory("350203007")]
        new = [try Samples.territory("350203009")]
        communities = try Samples.communities.map(Samples.territory)
        try bench.handle(Samples.household(household, members: [head, child]))
        try bench.handle(
            MoveHousehold(
                household: household, territory: communities[1], movedOn: day("2020-01-01")))
    }

    private func day(_ text: String) throws -> BusinessDate { try Samples.date(text) }

    private func handle(_ command: any Command, as office: [TerritoryCode]) throws -> Outcome {
        try bench.handle(command, publisher: "office", territories: office)
    }

    /// The code and pointer of a refusal; nil if it is accepted.
    private func answer(_ command: any Command, as office: [TerritoryCode]) throws -> String? {
        let outcome = try handle(command, as: office)
        guard !outcome.isAccepted else { return nil }
        let pointer = outcome.refusal?.pointer.dropFirst("/data".count) ?? ""
        return "\(outcome.refusal?.code ?? "") \(pointer)"
    }

    /// The old office may until the move, the new one on all days.
    private func expectDated(
        at pointer: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ command: (BusinessDate) throws -> any Command
    ) throws {
        let (before, after) = (try day("2019-12-31"), try day("2020-01-01"))
        let refused = "out_of_scope \(pointer)"
        #expect(
            try answer(command(after), as: old) == refused, sourceLocation: sourceLocation)
        #expect(try answer(command(before), as: old) == nil, sourceLocation: sourceLocation)
        #expect(try answer(command(before), as: new) == nil, sourceLocation: sourceLocation)
        #expect(try answer(command(after), as: new) == nil, sourceLocation: sourceLocation)
        let others = [try Samples.territory("350203012")]
        #expect(
            try answer(command(before), as: others)?.hasPrefix("out_of_scope") == true,
            sourceLocation: sourceLocation)
    }

    // MARK: What was decided on a day

    @Test func `consents`() throws {
        try expectDated(at: "/person") {
            RecordConsent(
                person: head.person, purpose: .service, decision: .given, decidedOn: $0)
        }
    }

    @Test func `commendations, by the branch that awards them`() throws {
        func award(_ office: Int, _ day: BusinessDate) -> AwardCommendation {
            AwardCommendation(
                CommendationSubject(
                    commendation: CommendationID(UUID()), recipient: head.person,
                    territory: communities[office], occasion: "member-day", awardedOn: day))
        }
        #expect(try answer(award(0, day("2019-12-31")), as: old) == nil)
        #expect(
            try answer(award(0, day("2020-01-01")), as: old) == "out_of_scope /recipient")
        #expect(try answer(award(1, day("2020-01-01")), as: new) == nil)
    }

    @Test func `memberships and applications, in its own branch`() throws {
        func subject(_ role: MemberRole) -> MemberSubject {
            MemberSubject(
                member: MemberID(UUID()), person: head.person, role: role,
                territory: communities[0])
        }
        let (before, after) = (try day("2019-12-31"), try day("2020-01-01"))
        let refused = "out_of_scope /person"
        #expect(
            try answer(ApplyForMembership(subject(.member), appliedOn: after), as: old) == refused)
        #expect(
            try answer(ApplyForMembership(subject(.member), appliedOn: before), as: old) == nil)
        #expect(try answer(EnrolMember(subject(.volunteer), enrolledOn: after), as: old) == refused)
        #expect(try answer(EnrolMember(subject(.volunteer), enrolledOn: before), as: old) == nil)
    }

    @Test func `seats in the council of its site`() throws {
        let site = SiteID(UUID())
        try bench.open(site)
        func appoint(_ day: BusinessDate) -> AppointCouncil {
            AppointCouncil(site: site, council: [head.person], appointedOn: day)
        }
        #expect(try answer(appoint(day("2020-01-01")), as: old) == "out_of_scope /council/0")
        #expect(try answer(appoint(day("2019-12-31")), as: old) == nil)
    }

    @Test func `nobody who is gone is appointed or enrolled late, and the office is not told why`()
        throws
    {
        try bench.handle(RecordDeath(person: head.person, diedOn: day("2019-12-15")))
        let site = SiteID(UUID())
        try bench.open(site)
        let appoint = AppointCouncil(
            site: site, council: [head.person], appointedOn: try day("2019-12-31"))
        #expect(try answer(appoint, as: old) == "out_of_scope /council/0")
        #expect(try answer(appoint, as: old + new) == "person_gone /council/0")
    }

    // MARK: Categories

    private func assertion(
        _ category: Messages.Category, of subject: UUID? = nil, from start: String,
        to end: String? = nil, _ id: AssertionID = AssertionID(UUID())
    ) throws -> AssertCategory {
        AssertCategory(
            assertion: id, household: household, subject: subject ?? household.uuid,
            category: category, validFrom: try day(start), validTo: try end.map(day))
    }

    @Test func `categories that began in its time, of the household and of its members`() throws {
        for (subject, category) in [
            (household.uuid, Messages.Category.lowIncome), (child.person.uuid, .hardshipGirl),
        ] {
            #expect(
                try answer(assertion(category, of: subject, from: "2020-01-01"), as: old)
                    == "out_of_scope /household")
            #expect(
                try answer(assertion(category, of: subject, from: "2019-12-31"), as: old) == nil)
        }
        // A status goes on, so the new office may assert what has begun before.
        #expect(try answer(assertion(.disabledChild, from: "2019-07-01"), as: new) == nil)
    }

    @Test func `their verification and their end, as long as nobody has decided since`() throws {
        let (early, late) = (AssertionID(UUID()), AssertionID(UUID()))
        try bench.handle(assertion(.lowIncome, from: "2019-07-01", early))
        try bench.handle(assertion(.disabledChild, from: "2019-07-01", late))
        func verify(_ id: AssertionID, on text: String) throws -> VerifyCategory {
            VerifyCategory(assertion: id, verifiedOn: try day(text))
        }
        let refused = "out_of_scope /assertion"
        #expect(try answer(verify(early, on: "2020-01-01"), as: old) == refused)
        #expect(try answer(verify(early, on: "2019-12-01"), as: old) == nil)
        let end = EndCategory(assertion: early, endedOn: try day("2019-12-31"))
        #expect(try answer(end, as: old) == nil)
        #expect(try answer(verify(late, on: "2020-02-01"), as: new) == nil)
        // It would be told that the other office has verified it, and end what that one counts.
        #expect(try answer(verify(late, on: "2019-12-01"), as: old) == refused)
        #expect(
            try answer(EndCategory(assertion: late, endedOn: day("2019-12-31")), as: old)
                == refused)
    }

    @Test func `what holds since is not told of`() throws {
        try bench.handle(assertion(.lowIncome, from: "2020-02-01"))
        try bench.handle(assertion(.disabledChild, from: "2019-11-01"))
        #expect(
            try answer(assertion(.lowIncome, from: "2019-12-01"), as: old)
                == "out_of_scope /subject")
        #expect(
            try answer(assertion(.lowIncome, from: "2019-12-01"), as: new)
                == "category_overlaps /validFrom")
        #expect(
            try answer(assertion(.lowIncome, from: "2019-12-01", to: "2020-01-31"), as: old) == nil)
        #expect(
            try answer(assertion(.disabledChild, from: "2019-12-01"), as: old)
                == "category_overlaps /validFrom")
    }

    @Test func `nor of who has come into the household since`() throws {
        let (newcomer, stranger) = (PersonID(UUID()), PersonID(UUID()))
        try bench.handle(Samples.person(7, newcomer, in: Samples.communities[1]))
        try bench.handle(Samples.person(8, stranger, in: Samples.communities[1]))
        try bench.handle(
            MovePerson(
                person: newcomer, destination: communities[1], household: household, role: .parent,
                movedOn: day("2020-03-01")))
        for person in [newcomer, stranger] {
            #expect(
                try answer(assertion(.bereaved, of: person.uuid, from: "2019-12-01"), as: old)
                    == "out_of_scope /subject")
        }
    }

    // MARK: Consents that others have decided on since

    @Test func `an older decision is told what stands, if it is of its own time`() throws {
        func record(
            _ decision: ConsentDecision, on text: String, _ purpose: ConsentPurpose,
            as office: [TerritoryCode]
        ) throws -> (standing: ConsentDecision?, remark: Refusal?) {
            let outcome = try handle(
                RecordConsent(
                    person: head.person, purpose: purpose, decision: decision,
                    decidedOn: day(text)), as: office)
            return (outcome.fact(ConsentRecorded.self)?.standing, bench.unit.remark)
        }
        _ = try record(.withdrawn, on: "2020-02-01", .insurer, as: new)
        let late = try record(.given, on: "2019-12-31", .insurer, as: old)
        #expect(late.standing == .withdrawn)
        #expect(late.remark == nil)
        let told = try record(.given, on: "2019-12-31", .insurer, as: new)
        #expect(told.remark?.code == "other_decision_stands")
        _ = try record(.withdrawn, on: "2019-12-01", .service, as: old)
        let own = try record(.given, on: "2019-11-01", .service, as: old)
        #expect(own.remark?.expected == "withdrawn on 2019-12-01, which stands")
    }

    // MARK: What goes by now

    @Test func `moves, deaths and the registration itself are decided by the office of now`() throws
    {
        let before = try day("2019-12-01")
        let own = try Samples.person(9)
        let commands: [(any Command, String)] = [
            (VerifyPerson(person: head.person, verifiedOn: before), "/person"),
            (RecordDeath(person: head.person, diedOn: before), "/person"),
            (
                MovePerson(person: head.person, destination: communities[0], movedOn: before),
                "/person"
            ),
            (
                MoveHousehold(household: household, territory: communities[0], movedOn: before),
                "/household"
            ),
            (ErasePerson(person: head.person, erasedOn: before), "/person"),
            (
                RegisterPerson(
                    person: own.person, household: household, role: .child,
                    territory: communities[0], registeredOn: before, name: own.name,
                    residentId: own.residentId), "/household"
            ),
        ]
        for (command, pointer) in commands {
            #expect(
                try answer(command, as: old) == "out_of_scope \(pointer)",
                "\(type(of: command).type)")
        }
    }

    // MARK: Handovers and doubles

    @Test func `after a handover each office has its own days`() throws {
        let person = try Samples.person(5)
        let handover = HandoverID(UUID())
        try bench.handle(person)
        #expect(
            try handle(
                RequestHandover(
                    handover: handover, person: person.person, territory: communities[1],
                    movedOn: day("2020-05-02")), as: new
            ).isAccepted)
        #expect(try handle(AcceptHandover(handover: handover), as: old).isAccepted)
        func award(on text: String) throws -> String? {
            try answer(
                AwardCommendation(
                    CommendationSubject(
                        commendation: CommendationID(UUID()), recipient: person.person,
                        territory: communities[0], occasion: "member-day", awardedOn: day(text))),
                as: old)
        }
        #expect(try award(on: "2020-05-01") == nil)
        #expect(try award(on: "2020-05-02") == "out_of_scope /recipient")
    }

    @Test func `who was registered twice was in both streets until the merge`() throws {
        let (survivor, merged) = (PersonID(UUID()), PersonID(UUID()))
        try bench.handle(Samples.person(5, survivor, in: Samples.communities[1]))
        try bench.handle(Samples.person(6, merged))
        try bench.handle(
            MergePersons(survivor: survivor, merged: merged, mergedOn: day("2020-05-02")))
        func record(on text: String, as office: [TerritoryCode]) throws -> String? {
            try answer(
                RecordConsent(
                    person: merged, purpose: .service, decision: .given, decidedOn: day(text)),
                as: office)
        }
        #expect(try record(on: "2020-05-01", as: old) == nil)
        #expect(try record(on: "2020-05-02", as: old) == "out_of_scope /person")
        #expect(try record(on: "2020-05-01", as: new) == nil)
    }
}
