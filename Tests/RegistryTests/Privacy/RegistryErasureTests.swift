import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Erasing on a real database: it takes rows away.
@Suite struct RegistryErasureTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let member: NewMember
    private let spouse: NewMember

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        member = try RegistrySamples.member(1)
        spouse = try RegistrySamples.member(2, .spouse)
        try bench.decide(RegistrySamples.loadTerritory())
        try bench.decide(
            RegistrySamples.household(
                household, members: [member, spouse],
                categories: [
                    RegistrySamples.category(.lowIncome, of: member.person.uuid),
                    RegistrySamples.category(.onlyChild, of: household.uuid),
                ]))
    }

    private func erase(_ person: PersonID? = nil, on day: String = "2020-05-01") throws
        -> ErasePerson
    {
        ErasePerson(person: person ?? member.person, erasedOn: try RegistrySamples.date(day))
    }

    private func count(_ statement: Statement) throws -> Int64 {
        try #require(bench.connection.run(statement).first).decode(Int64.self, at: 0)
    }

    /// The key with which the values of an owner can be opened; nil if it is gone.
    private func sealingKey(_ owner: UUID) throws -> SealingKey? {
        let rows = try bench.connection.run(
            "SELECT owner, wrapped, master FROM data_key WHERE owner = \(owner)")
        var cursor = try #require(rows.first).cursor()
        return try RegistrySamples.keyring().open(DataKey.table.decode(&cursor))
    }

    private func sealed(_ statement: Statement) throws -> [UInt8] {
        try #require(bench.connection.run(statement).first).decode([UInt8].self, at: 0)
    }

    @Test func `a destroyed key leaves the files of the database, and nothing else makes work`()
        throws
    {
        func file() throws -> String {
            let rows = try bench.connection.run(
                "SELECT pg_relation_filenode('data_key')::text FROM key_sweep")
            return try #require(rows.first).decode(String.self, at: 0)
        }
        let before = try file()
        #expect(try !KeySweep.sweep(bench.connection))
        #expect(try file() == before)
        try bench.decide(erase())
        #expect(try KeySweep.sweep(bench.connection))
        #expect(try file() != before, "it is written anew, and the old file is deleted")
        #expect(try sealingKey(member.person.uuid) == nil)
        #expect(try sealingKey(spouse.person.uuid) != nil)
        #expect(try !KeySweep.sweep(bench.connection), "once is enough")
    }

    @Test func `keys that were wrapped anew leave the files too`() throws {
        _ = try bench.connection.run(
            "INSERT INTO key_rotation (reason, finished_at) VALUES ('a test', now())")
        #expect(try KeySweep.sweep(bench.connection))
        #expect(try !KeySweep.sweep(bench.connection))
    }

    @Test func `the service may not touch the account of it itself`() throws {
        let role = TestServers.uniqueName("runtime")
        // As deploy/postgres/service.sql does it.
        let connection = try Connection(PostgresConfiguration(url: try TestServers.newDatabase()))
        try connection.script(
            """
            CREATE ROLE \(role);
            ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \(role);
            """)
        try Migrator(Registry.withoutKey).run(on: connection)
        try connection.script("SET ROLE \(role)")
        _ = try connection.run("INSERT INTO data_key (owner) VALUES (gen_random_uuid())")
        #expect(try KeySweep.sweep(connection))
        #expect(throws: PostgresError.self) {
            _ = try connection.run("UPDATE key_sweep SET destroyed = 0")
        }
    }

    @Test func `the data of an erased person can no longer be read, the row stays`() throws {
        let person = member.person.uuid
        let data = try sealed("SELECT sealed FROM person WHERE id = \(person)")
        let evidence = try sealed(
            "SELECT evidence FROM category_assertion WHERE subject = \(person)")
        let key = try #require(try sealingKey(person))
        #expect(
            try PersonalData(bytes: key.open(data, as: .personalData, for: person)).name
                == member.name)

        #expect(try bench.decide(erase()).status == "accepted")

        #expect(try sealingKey(person) == nil)
        #expect(try sealed("SELECT sealed FROM person WHERE id = \(person)") == data)
        #expect(throws: (any Error).self) {
            try RegistrySamples.key().unwrap(data, for: person)
        }
        #expect(throws: (any Error).self) {
            try sealingKey(household.uuid)?.open(evidence, as: .evidence, for: person)
        }
        #expect(try count("SELECT count(*) FROM person") == 2)
        let fact = try #require(bench.facts.compactMap { $0.payload as? PersonErased }.first)
        #expect(fact.merged.isEmpty)
        #expect(fact.territory.rawValue == RegistrySamples.communities[0])
    }

    @Test func `nothing finds an erased person any more`() throws {
        try bench.decide(erase())
        #expect(
            try count(
                """
                SELECT count(*) FROM person WHERE id = \(member.person)
                AND (name_code IS NOT NULL OR phone_code IS NOT NULL)
                """) == 0)
        #expect(
            try count("SELECT count(*) FROM paper WHERE person = \(member.person)") == 0)
        // The same human may be registered anew, as somebody else.
        #expect(try bench.decide(RegistrySamples.person(1)).status == "accepted")
    }

    @Test func `a second erasure changes nothing, under a new id and under the same`() throws {
        let (command, id, time) = (try erase(), UUID(), Timestamp.now())
        try bench.decide(command, id: id, time: time)
        let again = try bench.decide(command, id: id, time: time)
        #expect(again.status == "duplicate")
        #expect(again.first == "accepted")
        let other = try bench.decide(command)
        #expect(other.status == "rejected")
        #expect(other.code == "already_erased")
        #expect(bench.facts.filter { $0.payload is PersonErased }.count == 1)
    }

    @Test func `all registrations of a person are erased together`() throws {
        let double = PersonID(UUID())
        try bench.decide(RegistrySamples.person(3, double))
        try bench.decide(
            MergePersons(
                survivor: member.person, merged: double,
                mergedOn: RegistrySamples.date("2020-04-01")))
        #expect(try bench.decide(erase(double)).status == "accepted")
        let fact = try #require(bench.facts.compactMap { $0.payload as? PersonErased }.first)
        #expect(fact.person == member.person)
        #expect(fact.merged == [double])
        #expect(try sealingKey(double.uuid) == nil)
        #expect(try count("SELECT count(*) FROM paper") == 1)
    }

    @Test func `what was shown for a household is kept until its last member is erased`() throws {
        try bench.decide(erase())
        #expect(try sealingKey(household.uuid) != nil)
        try bench.decide(erase(spouse.person))
        #expect(try sealingKey(household.uuid) == nil)
    }

    @Test func `an erased person is not moved, merged, commended, enrolled or asked for consent`()
        throws
    {
        try bench.decide(RegistrySamples.appointment())
        try bench.decide(erase())
        let day = try RegistrySamples.date("2020-06-01")
        let officer = try RegistrySamples.officer
        let community = try RegistrySamples.territory(RegistrySamples.communities[0])
        let id = member.person
        let commands: [(any Command, String)] = [
            (MovePerson(person: id, movedOn: day), "/data/person"),
            (VerifyPerson(person: id, verifiedOn: day), "/data/person"),
            (RecordDeath(person: id, diedOn: day), "/data/person"),
            (
                CorrectDeath(
                    person: id, diedOn: day, correctedOn: day, reason: "a slip", actor: officer),
                "/data/person"
            ),
            (
                VoidDeath(person: id, voidedOn: day, reason: "a slip", actor: officer),
                "/data/person"
            ),
            (
                VoidMove(
                    person: id, movedOn: day, voidedOn: day, reason: "a slip", actor: officer),
                "/data/person"
            ),
            (
                UnmergePersons(
                    survivor: id, merged: spouse.person, unmergedOn: day, reason: "a slip",
                    actor: officer),
                "/data/survivor"
            ),
            (MergePersons(survivor: id, merged: spouse.person, mergedOn: day), "/data/survivor"),
            (MergePersons(survivor: spouse.person, merged: id, mergedOn: day), "/data/merged"),
            (
                RecordConsent(person: id, purpose: .service, decision: .given, decidedOn: day),
                "/data/person"
            ),
            (
                EnrolMember(
                    MemberSubject(
                        member: MemberID(UUID()), person: id, role: .member, territory: community),
                    enrolledOn: day), "/data/person"
            ),
            (
                AwardCommendation(
                    CommendationSubject(
                        commendation: CommendationID(UUID()), recipient: id, territory: community,
                        occasion: "member day", awardedOn: day)), "/data/recipient"
            ),
            (
                AssertCategory(
                    assertion: AssertionID(UUID()), household: household, subject: id.uuid,
                    category: .bereaved, validFrom: day), "/data/subject"
            ),
        ]
        let answers = try bench.decide(commands.map(\.0))
        #expect(answers.map(\.code) == commands.map { _ in "person_erased" })
        #expect(answers.map(\.pointer) == commands.map(\.1))
    }

    @Test func `an erased person holds no office, and no reason about the person is left`() throws {
        let member = MemberID(UUID())
        let community = try RegistrySamples.territory(RegistrySamples.communities[0])
        let id = self.member.person
        try bench.decide(RegistrySamples.appointment())
        try bench.decide([
            EnrolMember(
                MemberSubject(
                    member: member, person: id, role: .officer, territory: community,
                    level: .community), enrolledOn: RegistrySamples.date("2019-07-01")),
            RecordDeath(person: id, diedOn: RegistrySamples.date("2020-01-01")),
            VoidDeath(
                person: id, voidedOn: RegistrySamples.date("2020-02-01"),
                reason: "it was the father of 示例人", actor: RegistrySamples.officer),
        ])
        #expect(try bench.texts(about: id.uuid) == ["it was the father of 示例人"])
        try bench.decide(erase())
        #expect(try bench.texts(about: id.uuid) == [])
        let left = bench.facts.compactMap { $0.payload as? MemberLeft }
        #expect(left.map(\.leftOn.description) == ["2020-01-01", "2020-05-01"])
        let erased = try #require(bench.facts.compactMap { $0.payload as? PersonErased }.first)
        #expect(erased.records?.persons?.map(\.erasedOn) == [erased.erasedOn])
    }

    @Test func `an erasure waits for the registration, and keeps to its bounds`() throws {
        let stranger = PersonID(UUID())
        #expect(try bench.decide(erase(stranger)).status == "parked")
        try bench.decide(RegistrySamples.person(9, stranger))
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        let early = try bench.decide(erase(on: "2019-05-31"))
        #expect(early.code == "before_registration")
        #expect(early.pointer == "/data/erasedOn")
        #expect(try sealingKey(member.person.uuid) != nil)
    }

    @Test func `a publisher erases only in its scope`() throws {
        try bench.decide(
            GrantPublisher(
                publisher: "elsewhere",
                territories: [RegistrySamples.territory("350203009")],
                types: ["registry.person.erase.v1"]))
        let answer = try bench.decide(erase(), publisher: "elsewhere")
        #expect(answer.code == "out_of_scope")
        #expect(answer.pointer == "/data/person")
    }
}
