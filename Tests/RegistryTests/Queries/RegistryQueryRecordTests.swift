import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Records that remain of a question, and questions that nobody answers.
extension RegistryQueryTests {
    @Test func `each person that was told of is noted, with who asked and when`() throws {
        let id = UUID()
        try bench.decide(GetHousehold(household: household), id: id, publisher: "kaiyuan")
        let rows = try bench.connection.run(
            """
            SELECT subject, publisher, type FROM read_access WHERE message = \(id)
            """)
        let subjects = try rows.map { try $0.decode(UUID.self, at: 0) }
        #expect(Set(subjects) == [household.uuid, member.person.uuid, child.person.uuid])
        #expect(try rows.first?.decode(String.self, at: 1) == "kaiyuan")
        #expect(try rows.first?.decode(String.self, at: 2) == GetHousehold.type)
        #expect(bench.facts.allSatisfy { !($0.payload is any Query) })
    }

    @Test(arguments: ["UPDATE read_access SET publisher = 'x'", "DELETE FROM read_access"])
    func `what was noted cannot be changed`(change: String) throws {
        try bench.decide(GetPerson(person: member.person))
        #expect(throws: PostgresError.self) {
            try bench.connection.run(Statement(trusted: change))
        }
    }

    @Test func `many queries that came at once are answered in several transactions`() throws {
        let answers = try bench.decide(
            (0..<45).map { _ in GetPerson(person: member.person) }, publisher: "kaiyuan")
        #expect(answers.count { $0.status == "accepted" } == 45)
        let transactions = try bench.connection.run(
            "SELECT count(DISTINCT xmin::text) FROM read_access")
        #expect(try transactions.first?.decode(Int64.self, at: 0) ?? 0 >= 3)
    }

    @Test func `a publisher that has asked too much is refused, and nothing is kept`() throws {
        let held = try ServiceBench(
            RegistrySamples.definition(), url: bench.url, queryShare: .zero)
        let before = try count("inbox")
        let refused = try held.decide(GetPerson(person: member.person), publisher: "kaiyuan")
        #expect(refused.status == "rejected")
        #expect(refused.code == "publisher_over_quota")
        #expect(try count("inbox") == before)
        #expect(try count("read_access") == 0)
        let operators = try held.decide(GetPerson(person: member.person))
        #expect(operators.status == "accepted")
    }

    @Test func `a query that comes again is answered anew, and noted again`() throws {
        let (id, time) = (UUID(), Timestamp.now())
        let query = GetPerson(person: member.person)
        let first = try bench.decide(query, id: id, time: time)
        let again = try bench.decide(query, id: id, time: time)
        for answered in [first, again] {
            let document = try JSONDecoder().decode(
                AnswerDocument<PersonAnswer>.self, from: Data(answered.body))
            #expect(document.data.answer.name == member.name)
        }
        #expect(again.receipt == first.receipt)
        #expect(try count("read_access") == 2)
        // Without a digest nothing tells another question apart from the same one, so it is answered, and
        // noted, too.
        let other = try bench.decide(GetPerson(person: child.person), id: id, time: time)
        #expect(other.status == "accepted")
        #expect(
            try count("read_access WHERE subject = '\(child.person)'") == 1)
    }

    @Test func `what was asked and answered stands in no table`() throws {
        try bench.decide(search(name: member.name, phone: member.phone, member.residentId))
        try bench.decide(GetHousehold(household: household))
        let tables = try bench.connection.run(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        ).map { try $0.decode(String.self, at: 0) }
        #expect(tables.contains("read_access"))
        for table in tables {
            let rows = try bench.connection.run(
                Statement(trusted: "SELECT coalesce(string_agg(t::text, ' '), '') FROM \(table) t"))
            let text = try #require(rows.first).decode(String.self, at: 0)
            for secret in [
                member.name, try #require(member.residentId).rawValue, try #require(member.phone),
            ] {
                let hexadecimal = secret.utf8.map { String(format: "%02x", $0) }.joined()
                #expect(!text.contains(secret), "\(table)")
                #expect(!text.contains(hexadecimal), "\(table)")
            }
        }
    }

    @Test func `a query without reply_to is refused and tells nobody`() throws {
        let body = try bench.body(GetPerson(person: member.person))
        _ = try bench.deliver(raw: body, routingKey: GetPerson.type, replyTo: nil)
        #expect(try count("read_access") == 0)
        let rows = try bench.connection.run("SELECT code FROM inbox WHERE code IS NOT NULL")
        #expect(try rows.map { try $0.decode(String.self, at: 0) } == ["reply_to_missing"])
    }

    @Test func `a malformed query is refused and kept nowhere`() throws {
        let body = try bench.body(search(member.residentId))
        let text = String(decoding: body, as: UTF8.self)
            .replacing("\"territory\"", with: "\"place\"")
        let answered = try bench.deliver(raw: Array(text.utf8), routingKey: SearchRegistry.type)
        #expect(answered.status == "rejected")
        #expect(answered.code == "missing_field")
        #expect(answered.pointer == "/data/territory")
        #expect(try count("dead_letter") == 0)
    }

    @Test func `a query that the broker gave up is refused and kept nowhere`() throws {
        let body = try bench.body(search(name: member.name))
        let answered = try bench.deliver(deadLettered: body, type: SearchRegistry.type)
        #expect(answered.status == "rejected")
        #expect(answered.code == "delivery_limit")
        #expect(try count("dead_letter") == 0)
    }

    @Test(arguments: ["", RegisterPerson.type])
    func `nor is it kept if its publisher has written another type beside it`(type: String) throws {
        let body = try bench.body(search(name: member.name))
        let answered = try bench.deliver(deadLettered: body, type: type)
        #expect(answered.status == "rejected")
        #expect(try count("dead_letter") == 0)
    }

    @Test func `the inbox keeps no digest of a query, and keeps one of a command`() throws {
        try bench.decide(search(member.residentId))
        let digests = try bench.connection.run(
            "SELECT count(*) FROM inbox WHERE digest IS NULL")
        let row = try #require(digests.first)
        #expect(try row.decode(Int64.self, at: 0) == 1)
        #expect(try count("inbox") > 1)
    }

    @Test func `a query that cannot be answered is refused, not parked`() throws {
        _ = try bench.connection.run("UPDATE data_key SET master = '\\x0000000000000000'")
        let answered = try bench.decide(GetPerson(person: member.person))
        #expect(answered.status == "rejected")
        #expect(answered.code == "handler_failed")
        #expect(try count("parked") == 0)
        #expect(try count("dead_letter") == 0)
    }

    // MARK: Days

    @Test func `an answer says where somebody has lived, and what can be taken back`() throws {
        let (double, place) = (PersonID(UUID()), try RegistrySamples.territory("350203007901"))
        let date = RegistrySamples.date
        try bench.decide([
            try RegistrySamples.person(7, double),
            MovePerson(
                person: child.person, destination: place, movedOn: try date("2020-01-01")),
            MergePersons(
                survivor: child.person, merged: double, mergedOn: try date("2020-02-01")),
            RecordDeath(person: child.person, diedOn: try date("2020-03-01")),
        ])
        let person = try answer(PersonAnswer.self, GetPerson(person: double))
        #expect(
            person.stays == [
                StayAnswer(
                    from: try date("2019-06-01"), territory: place, household: household,
                    role: .child, beginning: .registered),
                StayAnswer(from: try date("2020-01-01"), territory: place, beginning: .moved),
            ])
        #expect(person.diedOn == (try date("2020-03-01")))
        #expect(
            person.merges == [
                MergeAnswer(
                    merged: double, into: child.person, mergedOn: try date("2020-02-01"))
            ])
        let other = try answer(PersonAnswer.self, GetPerson(person: member.person))
        #expect((other.diedOn, other.merges?.count) == (nil, nil))
    }

    @Test func `an answer says where a household has lived, and until when`() throws {
        let date = RegistrySamples.date
        let places = try [("2019-06-01", "350203007901"), ("2020-01-01", "350203009901")].map {
            HouseholdPlace(from: try date($0), territory: try RegistrySamples.territory($1))
        }
        try bench.decide([
            MoveHousehold(
                household: household, territory: places[1].territory, movedOn: places[1].from),
            DissolveHousehold(household: household, dissolvedOn: try date("2020-02-01")),
        ])
        let ended = try answer(
            HouseholdAnswer.self, GetHousehold(household: household), publisher: "operator")
        #expect(ended.places == places)
        #expect(ended.dissolvedOn == (try date("2020-02-01")))
        #expect(ended.members.isEmpty)
        let person = try answer(
            PersonAnswer.self, GetPerson(person: member.person), publisher: "operator")
        #expect(person.stays?.map(\.beginning) == [.registered, .household, .household])
    }

    @Test func `who was erased has no stays in an answer`() throws {
        try bench.decide(
            ErasePerson(person: child.person, erasedOn: try RegistrySamples.date("2020-01-01")))
        let person = try answer(PersonAnswer.self, GetPerson(person: child.person))
        #expect(person.stays == nil)
    }
}
