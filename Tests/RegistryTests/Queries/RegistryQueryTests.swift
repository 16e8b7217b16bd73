import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// A receipt that answers a query, as its publisher reads it.
struct AnswerDocument<Answer: Decodable>: Decodable {
    struct Body: Decodable {
        let command: String
        let status: String
        let answer: Answer
    }
    let type: String
    let correlationid: String
    let data: Body
}

/// Questions on a real database, asked by the operator and by a publisher of one subdistrict.
@Suite struct RegistryQueryTests {
    let bench: ServiceBench
    let household = HouseholdID(UUID())
    let member: NewMember
    let child: NewMember
    let far: NewMember
    let category: NewCategory

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        member = try RegistrySamples.member(1)
        child = try RegistrySamples.member(2, .child)
        far = try RegistrySamples.member(3)
        category = try RegistrySamples.category(.hardshipGirl, of: child.person.uuid)
        try bench.decide(RegistrySamples.loadTerritory())
        try bench.decide([
            try RegistrySamples.household(
                household, members: [member, child], categories: [category]),
            try RegistrySamples.household(in: RegistrySamples.communities[1], members: [far]),
            GrantPublisher(
                publisher: "kaiyuan",
                territories: [try RegistrySamples.territory("350203007")],
                types: [
                    "registry.person.get.v1", "registry.household.get.v1", "registry.search.v1",
                ]),
        ])
    }

    func answer<A: Decodable>(
        _ type: A.Type, _ query: any Query, publisher: String = "kaiyuan"
    ) throws -> A {
        let answered = try bench.decide(query, publisher: publisher)
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        let document = try JSONDecoder().decode(
            AnswerDocument<A>.self, from: Data(answered.body))
        #expect(document.type == "registry.receipt.v1")
        #expect(document.correlationid == document.data.command)
        return document.data.answer
    }

    func search(
        in territory: String = "350203007", name: String? = nil, phone: String? = nil,
        _ residentId: ResidentID? = nil, after: PersonID? = nil, limit: Int? = nil
    ) throws -> SearchRegistry {
        SearchRegistry(
            territory: try RegistrySamples.territory(territory), residentId: residentId,
            phone: phone, name: name, after: after, limit: limit)
    }

    func count(_ table: String) throws -> Int64 {
        let rows = try bench.connection.run(Statement(trusted: "SELECT count(*) FROM \(table)"))
        return try #require(rows.first).decode(Int64.self, at: 0)
    }

    // MARK: Grants

    @Test func `a beginning of a type grants its commands, and none of the queries`() throws {
        try bench.decide(
            GrantPublisher(
                publisher: "kaiyuan", territories: [RegistrySamples.territory("350203007")],
                types: ["registry.*", "registry.person.*", "registry.household.*"]))
        let queries: [any Query] = [
            GetPerson(person: member.person), GetHousehold(household: household), try search(),
        ]
        for query in queries {
            let answer = try bench.decide(query, publisher: "kaiyuan")
            #expect(answer.code == "out_of_scope")
            #expect(answer.pointer == "/type")
        }
        #expect(try count("read_access") == 0)
        let verify = VerifyPerson(
            person: member.person, verifiedOn: try RegistrySamples.date("2019-07-01"))
        #expect(try bench.decide(verify, publisher: "kaiyuan").status == "accepted")
    }

    // MARK: Persons and households

    @Test func `a publisher is told who a person of its scope is`() throws {
        let consent = RecordConsent(
            person: member.person, purpose: .insurer, decision: .given,
            decidedOn: try RegistrySamples.date("2020-01-01"))
        try bench.decide(consent)
        let person = try answer(PersonAnswer.self, GetPerson(person: member.person))
        #expect(person.name == member.name)
        #expect(person.residentId == member.residentId)
        #expect(person.phone == member.phone)
        #expect(person.standing == .provisional)
        #expect(person.household == household)
        #expect(person.consents == [.insurer])
    }

    @Test func `any id of a merged person tells of the survivor`() throws {
        let double = PersonID(UUID())
        try bench.decide(RegistrySamples.person(7, double))
        try bench.decide(
            MergePersons(
                survivor: member.person, merged: double,
                mergedOn: RegistrySamples.date("2020-04-01")))
        let person = try answer(PersonAnswer.self, GetPerson(person: double))
        #expect(person.person == member.person)
        #expect(person.merged == [double])
    }

    @Test func `of an erased person nothing personal is told`() throws {
        try bench.decide(
            ErasePerson(person: member.person, erasedOn: RegistrySamples.date("2020-05-01")))
        let person = try answer(PersonAnswer.self, GetPerson(person: member.person))
        #expect(person.standing == .erased)
        #expect(person.name == nil && person.residentId == nil && person.phone == nil)
    }

    @Test func `a household is told with its members, and what was shown`() throws {
        let told = try answer(HouseholdAnswer.self, GetHousehold(household: household))
        #expect(told.members.map(\.name) == [member.name, child.name])
        #expect(told.categories.map(\.evidence) == [category.evidence])
        #expect(told.categories.first?.verifiedOn == (try RegistrySamples.date("2019-06-01")))
    }

    @Test func `nobody is told of a person or household outside the scope`() throws {
        let person = try bench.decide(GetPerson(person: far.person), publisher: "kaiyuan")
        #expect(person.code == "out_of_scope")
        #expect(person.pointer == "/data/person")
        let other = try #require(
            bench.facts.compactMap { $0.payload as? HouseholdRegistered }.last)
        let household = try bench.decide(
            GetHousehold(household: other.household), publisher: "kaiyuan")
        #expect(household.code == "out_of_scope")
        let place = try bench.decide(search(in: "350203009"), publisher: "kaiyuan")
        #expect(place.pointer == "/data/territory")
        #expect(try bench.decide(search(), publisher: "stranger").code == "out_of_scope")
        #expect(try count("read_access") == 0)
    }

    @Test func `of a member who lives elsewhere a household tells only that there is one`() throws {
        try bench.decide(
            MovePerson(
                person: child.person,
                destination: RegistrySamples.territory(RegistrySamples.communities[1]),
                household: household, role: .child, movedOn: RegistrySamples.date("2020-01-01")))
        let told = try answer(HouseholdAnswer.self, GetHousehold(household: household))
        #expect(told.members.map(\.person) == [member.person])
        #expect(told.categories.isEmpty)
        #expect(told.elsewhere == 1)
        let read = try bench.connection.run(
            "SELECT count(*) FROM read_access WHERE subject = \(child.person.uuid)")
        #expect(try read.first?.decode(Int64.self, at: 0) == 0)
    }

    @Test func `persons of a community that another street took over are found there alone`() throws
    {
        let code = try RegistrySamples.territory("350203009911")
        try bench.decide(
            LoadTerritory(
                edition: RegistrySamples.date("2024-06-30"), source: "test",
                units: [
                    TerritoryUnit(
                        code: code, nameZh: "示例", nameEn: "Sample",
                        validFrom: RegistrySamples.date("2024-07-01"),
                        predecessors: [RegistrySamples.territory(RegistrySamples.communities[0])])
                ]))
        #expect(try answer(SearchAnswer.self, search()).persons.isEmpty)
        let person = try bench.decide(GetPerson(person: member.person), publisher: "kaiyuan")
        #expect(person.code == "out_of_scope")
        let there = try answer(
            SearchAnswer.self, search(in: "350203009"), publisher: "operator")
        #expect(Set(there.persons.map(\.person)) == [member.person, child.person, far.person])
    }

    @Test func `an id that nobody has is answered like one outside the scope`() throws {
        let questions: [(any Query, any Query)] = [
            (GetPerson(person: far.person), GetPerson(person: PersonID(UUID()))),
            (
                GetHousehold(
                    household: try #require(
                        bench.facts.compactMap { $0.payload as? HouseholdRegistered }.last
                    ).household), GetHousehold(household: HouseholdID(UUID()))
            ),
            (try search(after: far.person), try search(after: PersonID(UUID()))),
        ]
        for (known, unknown) in questions {
            let answers = try [known, unknown].map { try bench.decide($0, publisher: "kaiyuan") }
            #expect(answers[0].code == "out_of_scope")
            #expect(answers[0].code == answers[1].code)
            #expect(answers[0].pointer == answers[1].pointer)
            #expect(answers[0].expected == answers[1].expected)
        }
    }

    @Test func `who is unknown is unknown at once`() throws {
        let person = try bench.decide(GetPerson(person: PersonID(UUID())))
        #expect(person.status == "rejected")
        #expect(person.code == "unknown_person")
        #expect(
            try bench.decide(GetHousehold(household: HouseholdID(UUID()))).code
                == "unknown_household")
        #expect(try bench.decide(search(after: PersonID(UUID()))).pointer == "/data/after")
    }

    // MARK: Search

    @Test func `a person is found by resident id, phone number or name, exactly`() throws {
        for query in [
            try search(member.residentId), try search(phone: member.phone),
            try search(name: member.name),
            try search(name: member.name, phone: member.phone, member.residentId),
        ] {
            let found = try answer(SearchAnswer.self, query)
            #expect(found.persons.map(\.person) == [member.person])
            #expect(found.next == nil)
        }
        for query in [
            try search(name: String(member.name.dropLast())),
            try search(name: member.name, phone: child.phone),
            try search(far.residentId), try search(name: far.name),
        ] {
            #expect(try answer(SearchAnswer.self, query).persons.isEmpty)
        }
        let found = try answer(
            SearchAnswer.self, search(in: "350203", far.residentId), publisher: "operator")
        #expect(found.persons.map(\.name) == [far.name])
    }

    @Test func `a merged registration is found by what it said`() throws {
        let double = try RegistrySamples.person(7)
        try bench.decide(double)
        try bench.decide(
            MergePersons(
                survivor: member.person, merged: double.person,
                mergedOn: RegistrySamples.date("2020-04-01")))
        for query in [try search(double.residentId), try search(name: double.name)] {
            let found = try answer(SearchAnswer.self, query)
            #expect(found.persons.map(\.person) == [member.person])
        }
    }

    @Test func `all persons of a territory come page by page`() throws {
        try bench.decide(
            (10..<17).map {
                try RegistrySamples.person($0, in: RegistrySamples.communities[$0 % 2])
            })
        var (found, after): ([PersonID], PersonID?) = ([], nil)
        var pages = 0
        repeat {
            let page = try answer(
                SearchAnswer.self, search(in: "350203", after: after, limit: 4),
                publisher: "operator")
            found += page.persons.map(\.person)
            (after, pages) = (page.next, pages + 1)
        } while after != nil && pages < 10
        #expect(pages == 3)
        #expect(found.count == 10)
        #expect(Set(found).count == 10)
    }

    @Test func `persons of a closed unit are found in its one successor`() throws {
        try bench.decide(
            LoadTerritory(
                edition: RegistrySamples.date("2024-06-30"), source: "test",
                units: [
                    TerritoryUnit(
                        code: RegistrySamples.territory("350203010911"), nameZh: "示例",
                        nameEn: "Sample", validFrom: RegistrySamples.date("2024-07-01"),
                        predecessors: [
                            RegistrySamples.territory(RegistrySamples.communities[0])
                        ])
                ]))
        let found = try answer(
            SearchAnswer.self, search(in: "350203010"), publisher: "operator")
        #expect(Set(found.persons.map(\.person)) == [member.person, child.person])
    }
}
