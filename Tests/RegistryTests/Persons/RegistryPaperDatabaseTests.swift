import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Papers and corrections on a real database: who is found by what, and what is left of whom.
@Suite struct RegistryPaperDatabaseTests {
    private typealias Samples = RegistrySamples

    private let bench: ServiceBench
    private let member: NewMember
    private let permit: Paper
    private let number: ResidentID

    init() throws {
        bench = try ServiceBench(Samples.definition())
        permit = try Samples.paper(.homeReturnPermit, "H12345678")
        number = try #require(ResidentID("11010519491231002X"))
        member = NewMember(
            person: PersonID(UUID()), role: .head, name: "阿不都·热合曼", residentId: number,
            phone: "+86 (0592) 555-1234", papers: [permit])
        try bench.decide(Samples.loadTerritory())
        try bench.decide(Samples.appointment() + [Samples.household(members: [member])])
    }

    private func record(_ paper: Paper) throws -> RecordPaper {
        RecordPaper(
            person: member.person, paper: paper, recordedOn: try Samples.date("2020-01-01"),
            reason: "shown by 阿不都·热合曼", actor: try Samples.officer)
    }

    private func withdraw(_ paper: Paper, as ending: PaperEnding) throws -> WithdrawPaper {
        WithdrawPaper(
            person: member.person, paper: paper, as: ending,
            withdrawnOn: try Samples.date("2020-01-02"), reason: "said 阿不都·热合曼",
            actor: try Samples.officer)
    }

    private func correct(_ change: (inout CorrectPerson) throws -> Void) throws -> CorrectPerson {
        var command = CorrectPerson(
            person: member.person, correctedOn: try Samples.date("2020-01-03"),
            reason: "said 阿不都·热合曼", actor: try Samples.officer)
        try change(&command)
        return command
    }

    private func answer<A: Decodable>(_ type: A.Type, _ query: any Query, _ keyring: Keyring? = nil)
        throws -> A
    {
        var asked = bench
        if let keyring { asked = try ServiceBench(Registry.definition(keyring), url: bench.url) }
        let answered = try asked.decide(query)
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(AnswerDocument<A>.self, from: Data(answered.body))
            .data.answer
    }

    private func found(
        name: String? = nil, phone: String? = nil, _ paper: Paper? = nil,
        _ keyring: Keyring? = nil
    ) throws -> [PersonID] {
        let query = SearchRegistry(
            territory: try Samples.territory("350203"), phone: phone, name: name, paper: paper)
        return try answer(SearchAnswer.self, query, keyring).persons.map(\.person)
    }

    // MARK: Finding

    @Test func `a name and a telephone number are found however they are written`() throws {
        for name in ["阿不都·热合曼", "阿不都•热合曼", "阿不都．热合曼", "阿不都 ・ 热合曼", "阿不都热合曼"] {
            #expect(try found(name: name) == [member.person], "\(name)")
        }
        for phone in ["05925551234", "0592-5551234", "００８６ ５９２ ５５５ １２３４"] {
            #expect(try found(phone: phone) == [member.person], "\(phone)")
        }
        #expect(try found(name: "阿不都·热合").isEmpty)
        #expect(try found(phone: "5551234").isEmpty)
        let told = try answer(PersonAnswer.self, GetPerson(person: member.person))
        #expect(told.name == member.name && told.phone == member.phone)
    }

    @Test func `any paper finds its person, a number of 15 digits and an older permit too`() throws
    {
        let papers = [
            permit, try Samples.paper(.homeReturnPermit, "H1234567801"), Paper(number),
            try Samples.paper(.residentID15, "110105491231002"),
        ]
        for paper in papers { #expect(try found(paper) == [member.person]) }
        #expect(try found(Samples.passport()).isEmpty)
        #expect(try found(phone: "13900000000", permit).isEmpty)
    }

    @Test func `what cannot be a name or a number is refused where it stands`() throws {
        var household = try Samples.household(members: [member, Samples.member(7, .child)])
        household.members[1].name = "13800000001"
        let refused = try bench.decide(household)
        #expect(refused.code == "invalid_value")
        #expect(refused.pointer == "/data/members/1/name")
        #expect(try bench.decide(correct { $0.phone = "none" }).pointer == "/data/phone")
    }

    // MARK: Papers

    @Test func `a retired paper finds its person, a wrong one its true owner`() throws {
        let passport = try Samples.passport()
        #expect(try bench.decide(record(passport)).status == "accepted")
        #expect(try bench.decide(withdraw(passport, as: .replaced)).status == "accepted")
        #expect(try found(passport) == [member.person])
        var owner = try Samples.person(7)
        owner.papers = [passport]
        let early = try bench.decide(owner)
        #expect(early.code == "resident_exists")
        #expect(early.pointer == "/data/papers/0/number")
        #expect(try bench.decide(withdraw(passport, as: .wrong)).status == "accepted")
        #expect(try found(passport).isEmpty)
        #expect(try bench.decide(owner).status == "accepted")
        #expect(try found(passport) == [owner.person])
        let told = try answer(PersonAnswer.self, GetPerson(person: member.person))
        #expect(told.papers?.map(\.withdrawnAs) == [nil, nil, .wrong])
        #expect(told.papers?.last?.paper == passport)
    }

    @Test func `the true owner of a corrected resident id is registered, and both are found`()
        throws
    {
        let true1 = try Samples.resident(2, born: "1949-12-31")
        #expect(try bench.decide(correct { $0.residentId = true1 }).status == "accepted")
        var owner = try Samples.person(7)
        owner.residentId = number
        #expect(try bench.decide(owner).status == "accepted")
        #expect(try found(Paper(number)) == [owner.person])
        #expect(try found(Paper(true1)) == [member.person])
        let told = try answer(PersonAnswer.self, GetPerson(person: member.person))
        #expect(told.residentId == true1)
        #expect(told.papers?.filter { $0.withdrawnAs == .wrong }.map(\.paper) == [Paper(number)])
    }

    @Test func `a correction is found under the new values, tells the old ones and who asked`()
        throws
    {
        #expect(
            try bench.decide(
                correct {
                    $0.name = "Maria Smith"
                    $0.withoutPhone = true
                }
            ).status == "accepted")
        #expect(try found(name: "ＭＡＲＩＡ SMITH") == [member.person])
        #expect(try found(name: member.name).isEmpty)
        #expect(try found(phone: member.phone).isEmpty)
        let told = try answer(PersonAnswer.self, GetPerson(person: member.person))
        #expect(told.earlier?.map(\.field) == [.phone, .name])
        #expect(told.earlier?.map(\.value) == [member.phone, member.name])
    }

    @Test func `papers of merged registrations are told together`() throws {
        var double = try Samples.person(7)
        double.papers = [try Samples.passport()]
        try bench.decide(double)
        try bench.decide(
            MergePersons(
                survivor: member.person, merged: double.person,
                mergedOn: Samples.date("2020-01-01")))
        let told = try answer(PersonAnswer.self, GetPerson(person: double.person))
        #expect(told.residentId == number)
        #expect(told.papers?.count == 4)
        #expect(try found(Samples.passport()) == [member.person])
    }

    // MARK: Erasure and rotation

    @Test func `an erasure leaves no paper, no earlier value and no reason, and corrects no more`()
        throws
    {
        try bench.decide(record(Samples.passport()))
        try bench.decide(withdraw(permit, as: .wrong))
        var owner = try Samples.person(7)
        owner.papers = [permit]
        try bench.decide([owner, correct { $0.name = "示例新人" }])
        #expect(try count("free_text") == 3)
        try bench.decide(
            ErasePerson(person: member.person, erasedOn: Samples.date("2020-05-01")))
        #expect(try count("free_text") == 0)
        #expect(try count("paper WHERE person = '\(member.person)'") == 0)
        // What was withdrawn as wrong belongs to somebody else.
        #expect(try found(permit) == [owner.person])
        #expect(try bench.decide(correct { $0.name = "示例" }).code == "person_erased")
        #expect(try bench.decide(record(Samples.passport())).code == "person_erased")
        let told = try answer(PersonAnswer.self, GetPerson(person: member.person))
        #expect(told.papers == nil && told.earlier == nil)
        var again = member
        again.person = PersonID(UUID())
        again.papers = nil
        #expect(
            try bench.decide(Samples.household(members: [again])).status == "accepted")
    }

    @Test func `a rotation takes all papers along, and frees none`() throws {
        let passport = try Samples.passport()
        try bench.decide([record(passport), withdraw(passport, as: .expired)])
        let new = try RegistryKey(hexadecimal: String(repeating: "5a", count: 32))
        let both = Keyring(new, old: try Samples.key())
        _ = try bench.connection.run("INSERT INTO key_rotation (reason) VALUES ('test')")
        while try KeyRotation.step(bench.connection, both) {}
        for paper in [permit, passport, Paper(number)] {
            #expect(try found(paper, Keyring(new)) == [member.person])
            #expect(try found(paper, Samples.keyring()).isEmpty)
        }
        #expect(try found(name: "阿不都•热合曼", nil, Keyring(new)) == [member.person])
    }

    // MARK: Secrecy

    @Test func `nothing of papers and corrections stands in a table or a fact`() throws {
        let passport = try Samples.passport()
        let commands: [any Command] = [
            try record(passport), try withdraw(passport, as: .wrong),
            try correct {
                $0.name = "Maria Smith"
                $0.phone = "13900000009"
            },
            // Refused, and so among the answers.
            try record(permit), try correct { $0.name = "Maria Smith" },
        ]
        try bench.decide(commands)
        // Malformed, and so perhaps a dead letter.
        let body = String(decoding: try bench.body(record(passport)), as: UTF8.self)
            .replacing("recordedOn", with: "recorded")
        _ = try bench.deliver(raw: Array(body.utf8), routingKey: RecordPaper.type)
        let secrets = [
            member.name, number.rawValue, "H12345678", passport.number.rawValue, "Maria Smith",
            "13900000009", "shown by",
        ]
        for body in bench.bodies {
            let text = String(decoding: body, as: UTF8.self)
            #expect(!secrets.contains { text.contains($0) })
        }
        let tables = try bench.connection.run(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        ).map { try $0.decode(String.self, at: 0) }
        #expect(tables.contains("paper") && tables.contains("free_text"))
        for table in tables {
            let rows = try bench.connection.run(
                Statement(trusted: "SELECT coalesce(string_agg(t::text, ' '), '') FROM \(table) t"))
            let text = try #require(rows.first).decode(String.self, at: 0)
            for secret in secrets {
                let hexadecimal = secret.utf8.map { String(format: "%02x", $0) }.joined()
                #expect(!text.contains(secret) && !text.contains(hexadecimal), "\(table)")
            }
        }
    }

    private func count(_ table: String) throws -> Int64 {
        let rows = try bench.connection.run(Statement(trusted: "SELECT count(*) FROM \(table)"))
        return try #require(rows.first).decode(Int64.self, at: 0)
    }
}
