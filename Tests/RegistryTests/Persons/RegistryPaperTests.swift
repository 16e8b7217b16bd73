import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryPaperTests {
    private typealias Samples = RegistrySamples

    private let bench: HandlerBench
    private let id = PersonID(UUID())

    init() throws {
        bench = try registryBench()
        for command in try Samples.appointment() { try bench.handle(command) }
        try bench.handle(Samples.person(1, id))
    }

    private func record(
        _ paper: Paper, of person: PersonID? = nil, on day: String = "2020-01-02"
    ) throws -> RecordPaper {
        RecordPaper(
            person: person ?? id, paper: paper, recordedOn: try Samples.date(day),
            actor: try Samples.officer)
    }

    private func withdraw(
        _ paper: Paper, as ending: PaperEnding, of person: PersonID? = nil
    ) throws -> WithdrawPaper {
        WithdrawPaper(
            person: person ?? id, paper: paper, as: ending,
            withdrawnOn: try Samples.date("2020-02-01"), reason: "seen",
            actor: try Samples.officer)
    }

    /// Somebody without a resident id.
    private func foreigner(_ papers: [Paper], _ person: PersonID = PersonID(UUID())) throws
        -> RegisterPerson
    {
        RegisterPerson(
            person: person, territory: try Samples.territory(Samples.communities[0]),
            registeredOn: try Samples.date("2019-06-01"), name: "Maria Smith", papers: papers,
            birthDate: try Samples.date("1980-05-05"), sex: .female)
    }

    private func person(_ person: PersonID? = nil) throws -> Person {
        try #require(try bench.unit.find(Person.self, (person ?? id).uuid))
    }

    private func held(_ person: PersonID? = nil) throws -> PersonPapers {
        try PersonPapers(self.person(person), bench.unit, Samples.keyring())
    }

    // MARK: Registration

    @Test func `a newborn is registered without any paper`() throws {
        let outcome = try bench.handle(foreigner([]))
        #expect(
            outcome.fact(PersonRegistered.self)?.birthDate == (try Samples.date("1980-05-05")))
        #expect(outcome.fact(PersonRegistered.self)?.sex == .female)
    }

    @Test func `somebody with neither number nor birth date is refused where it is missing`()
        throws
    {
        var command = try foreigner([])
        command.birthDate = nil
        expectRefusal(try bench.handle(command), "birth_missing", at: "/birthDate")
        let member = NewMember(person: PersonID(UUID()), role: .child, name: "示例")
        expectRefusal(
            try bench.handle(Samples.household(members: [Samples.member(5), member])),
            "birth_missing", at: "/members/1/birthDate")
    }

    @Test func `a household with a spouse from Hong Kong is registered`() throws {
        let spouse = NewMember(
            person: PersonID(UUID()), role: .spouse, name: "陈大文",
            papers: [
                try Samples.paper(.homeReturnPermit, "H12345678"),
                try Samples.paper(.residencePermit, "810000197001010028"),
            ])
        let outcome = try bench.handle(
            Samples.household(members: [Samples.member(5), spouse]))
        let fact = try #require(outcome.fact(HouseholdRegistered.self)?.members.last)
        #expect(fact.birthDate == (try Samples.date("1970-01-01")))
        #expect(fact.sex == .female)
        #expect(try held(spouse.person).all.map(\.paper) == spouse.papers)
    }

    @Test func `no two persons have one paper, whichever form it has`() throws {
        let permit = try Samples.paper(.homeReturnPermit, "H12345678")
        let renewed = try Samples.paper(.homeReturnPermit, "H1234567802")
        try bench.handle(foreigner([try Samples.passport(), permit]))
        expectRefusal(
            try bench.handle(foreigner([renewed])), "resident_exists", at: "/papers/0/number")
        let member = NewMember(
            person: PersonID(UUID()), role: .head, name: "示例", residentId: try Samples.resident(9),
            papers: [renewed])
        expectRefusal(
            try bench.handle(Samples.household(members: [member])), "resident_exists",
            at: "/members/0/papers/0/number")
    }

    @Test func `a number of 15 digits is known under the one of 18, and the other way round`()
        throws
    {
        let old = try Samples.paper(.residentID15, "110105491231002")
        let new = try #require(ResidentID("11010519491231002X"))
        var command = try foreigner([old])
        (command.birthDate, command.sex) = (new.birthDate, new.sex)
        try bench.handle(command)
        var second = try Samples.person(7)
        second.residentId = new
        expectRefusal(try bench.handle(second), "resident_exists", at: "/residentId")
        #expect(try held(command.person).residentId == new)
    }

    // MARK: Recording

    @Test func `a further paper is recorded, and the fact says its kind alone`() throws {
        let outcome = try bench.handle(record(Samples.passport()))
        let fact = try #require(outcome.fact(PaperRecorded.self))
        #expect(fact.kind == .passport)
        #expect(fact.actor == (try Samples.officer))
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(outcome.emissions.first?.subject == id.description)
        #expect(try held().all.count == 2)
        #expect(bench.source.loads == 0)
    }

    @Test func `a paper is recorded once, and again when it is valid for longer`() throws {
        try bench.handle(record(Samples.passport()))
        expectRefusal(
            try bench.handle(record(Samples.passport())), "paper_known", at: "/paper/number")
        let longer = try Samples.passport(validTo: "2030-01-01")
        #expect(try bench.handle(record(longer)).isAccepted)
        #expect(try held().all.last?.paper == longer)
        #expect(try held().all.count == 2)
    }

    @Test func `another person's paper is refused, also a second resident id`() throws {
        try bench.handle(foreigner([Samples.passport()]))
        expectRefusal(
            try bench.handle(record(Samples.passport())), "resident_exists", at: "/paper/number")
        expectRefusal(
            try bench.handle(record(Paper(Samples.resident(31)))), "other_resident",
            at: "/paper/number")
    }

    @Test func `a number that says another birth date or sex is refused`() throws {
        let foreign = try foreigner([])
        try bench.handle(foreign)
        let permit = try Samples.paper(.residencePermit, "810000197001010028")
        expectRefusal(
            try bench.handle(record(permit, of: foreign.person)), "other_birth",
            at: "/paper/number")
    }

    @Test func `a paper waits for its person, and is not recorded before the registration`()
        throws
    {
        let stranger = PersonID(UUID())
        expectWait(
            try bench.handle(record(Samples.passport(), of: stranger)), for: stranger.uuid,
            else: "unknown_person", at: "/person")
        expectRefusal(
            try bench.handle(record(Samples.passport(), on: "2019-05-31")), "before_registration",
            at: "/recordedOn")
    }

    // MARK: Withdrawal

    @Test(arguments: [PaperEnding.replaced, .expired])
    func `a replaced or expired paper still is the person's`(ending: PaperEnding) throws {
        try bench.handle(record(Samples.passport()))
        let outcome = try bench.handle(withdraw(Samples.passport(), as: ending))
        #expect(outcome.fact(PaperWithdrawn.self)?.as == ending)
        #expect(outcome.fact(PaperWithdrawn.self)?.actor == (try Samples.officer))
        expectRefusal(
            try bench.handle(foreigner([Samples.passport()])), "resident_exists",
            at: "/papers/0/number")
        #expect(try held().all.last?.withdrawnAs == ending)
        expectRefusal(
            try bench.handle(withdraw(Samples.passport(), as: ending)), "unknown_paper",
            at: "/paper/number")
        #expect(try bench.handle(record(Samples.passport())).isAccepted)
        #expect(try held().all.map(\.withdrawnAs) == [nil, nil])
    }

    @Test func `a wrong paper is free for its true owner, and is not taken back in passing`()
        throws
    {
        try bench.handle(record(Samples.passport()))
        try bench.handle(withdraw(Samples.passport(), as: .wrong))
        #expect(try bench.handle(foreigner([Samples.passport()])).isAccepted)
        expectRefusal(
            try bench.handle(record(Samples.passport())), "resident_exists", at: "/paper/number")
        #expect(try held().all.map(\.withdrawnAs) == [nil, .wrong])
    }

    @Test func `a paper withdrawn by mistake is recorded again`() throws {
        try bench.handle(record(Samples.passport()))
        try bench.handle(withdraw(Samples.passport(), as: .wrong))
        #expect(try bench.handle(record(Samples.passport())).isAccepted)
        expectRefusal(
            try bench.handle(foreigner([Samples.passport()])), "resident_exists",
            at: "/papers/0/number")
        #expect(try bench.handle(withdraw(Samples.passport(), as: .wrong)).isAccepted)
        #expect(try bench.handle(foreigner([Samples.passport()])).isAccepted)
    }

    @Test func `who has lost a wrong resident id is to be verified again`() throws {
        try bench.handle(VerifyPerson(person: id, verifiedOn: Samples.date("2019-07-01")))
        let outcome = try bench.handle(withdraw(Paper(Samples.resident(1)), as: .wrong))
        #expect(outcome.fact(PaperWithdrawn.self)?.standing == .provisional)
        #expect(try person().standing == .provisional)
        #expect(try bench.handle(record(Paper(Samples.resident(1)))).isAccepted)
    }

    @Test func `a paper of a merged registration is withdrawn under any id`() throws {
        let double = try foreigner([Samples.passport()])
        try bench.handle(double)
        try bench.handle(
            MergePersons(
                survivor: id, merged: double.person, mergedOn: Samples.date("2020-01-01")))
        expectRefusal(
            try bench.handle(record(Samples.passport())), "paper_known", at: "/paper/number")
        #expect(
            try bench.handle(withdraw(Samples.passport(), as: .wrong, of: double.person))
                .isAccepted)
        #expect(try bench.handle(foreigner([Samples.passport()])).isAccepted)
    }

    @Test(arguments: [WrongPapers.survivor, .merged])
    func `a merge frees the papers of the registration that carried wrong ones`(
        wrong: WrongPapers
    ) throws {
        let double = try foreigner([Samples.passport()])
        try bench.handle(double)
        try bench.handle(
            MergePersons(
                survivor: id, merged: double.person, mergedOn: Samples.date("2020-01-01"),
                wrongPapers: wrong))
        let isFree = wrong == .survivor
        #expect(try held().all.map(\.withdrawnAs) == (isFree ? [.wrong, nil] : [nil, .wrong]))
        #expect(try bench.handle(Samples.person(1)).isAccepted == isFree)
        #expect(try bench.handle(foreigner([Samples.passport()])).isAccepted == !isFree)
    }

    // MARK: Authority

    @Test func `only an officer around the person acts, in the publisher's scope`() throws {
        let paper = try Samples.passport()
        let unknown = MemberID(UUID())
        var stranger = try record(paper)
        stranger.actor = try unknown.acting()
        expectWait(
            try bench.handle(stranger), for: unknown.uuid, else: "unknown_staff",
            at: "/actor/staff")
        expectRefusal(
            try bench.handle(record(paper, on: "2019-06-01")), "office_not_held",
            at: "/actor/staff")
        expectRefusal(
            try bench.handle(record(paper), territories: [Samples.territory("350203009")]),
            "out_of_scope", at: "/person")
    }
}
