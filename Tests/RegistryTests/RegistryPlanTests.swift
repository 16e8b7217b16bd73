import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Registry
@testable import ServiceKit
@testable import ServiceSupport

/// How PostgreSQL goes about registry's hot statements over a realistic amount of data: no table of a size is read as
/// a whole where an index should serve.
@Suite struct RegistryPlanTests {
    private let bench: ServiceBench
    private let source: ExplainingSource
    private let keyring: Keyring

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition(), fill: RegistryPlanSample.fill)
        source = ExplainingSource(bench.connection)
        keyring = Keyring(try RegistrySamples.key())
    }

    private func scanned(_ statement: Statement) throws -> Set<String> {
        try source.explain(statement)
    }

    private func search(
        in territory: String, name: String? = nil, phone: String? = nil,
        _ residentId: ResidentID? = nil, after: PersonID? = nil
    ) throws -> SearchRegistry {
        SearchRegistry(
            territory: try RegistrySamples.territory(territory), residentId: residentId,
            phone: phone, name: name, after: after)
    }

    private func somebody(in community: String) throws -> PersonID {
        let rows = try bench.connection.run(
            "SELECT id FROM person WHERE territory = \(community) ORDER BY id LIMIT 1 OFFSET 50")
        return PersonID(try #require(rows.first).decode(UUID.self, at: 0))
    }

    @Test("A batch loads rows by their keys, and finds whose a paper is by its hash")
    func loads() throws {
        let ids = Parameter.array((0..<10).map { _ in UUID() })
        let hashes = Parameter.array((0..<10).map { [UInt8](repeating: $0, count: 32) })
        let person = PersonID(UUID())
        let consents = Parameter.array(ConsentPurpose.allCases.map { Consent.key(person, $0) })
        let statements = [
            Person.table.load(ids), Household.table.load(ids), DataKey.table.load(ids),
            CategoryAssertion.table.load(ids), Membership.table.load(ids),
            Commendation.table.load(ids), PaperKey.table.load(hashes),
            Consent.table.load(consents),
        ]
        for statement in statements {
            #expect(try scanned(statement) == [], "\(statement.sql)")
        }
    }

    @Test("A household with its members and categories is stored by keys alone")
    func household() throws {
        let unit = try source.unit()
        let household = HouseholdID(UUID())
        _ = try Households.register(
            RegistrySamples.household(
                household, members: [RegistrySamples.member(1), RegistrySamples.member(2, .child)],
                categories: [RegistrySamples.category(of: household.uuid)]),
            unit, keyring)
        unit.keep()
        for statement in unit.statements() {
            #expect(try scanned(statement) == [], "\(statement.sql)")
        }
        #expect(source.scans == [])
    }

    @Test("A household that moves takes its members along by their keys")
    func move() throws {
        let rows = try bench.connection.run("SELECT id FROM household LIMIT 1")
        let id = HouseholdID(try #require(rows.first).decode(UUID.self, at: 0))
        let unit = try source.unit()
        _ = try HouseholdMoves.move(
            MoveHousehold(
                household: id, territory: RegistrySamples.territory("350203009909"),
                movedOn: RegistrySamples.date("2020-01-01")), unit)
        unit.keep()
        let statements = unit.statements()
        #expect(statements.count == 2)
        for statement in statements {
            #expect(try scanned(statement) == [], "\(statement.sql)")
        }
    }

    // The list of territories has a hundred units; it is read as a whole.

    @Test("A page of a community is read from the index in its order, the next one too")
    func page() throws {
        let unit = try source.unit()
        // The sample has no keys, so that its persons are found and not told.
        #expect(throws: StoredValueError.self) {
            try Queries.search(search(in: "350203007905"), unit, keyring)
        }
        let last = try somebody(in: "350203007905")
        #expect(throws: StoredValueError.self) {
            try Queries.search(search(in: "350203007905", after: last), unit, keyring)
        }
        #expect(source.scans.subtracting(["territory"]) == [])
        #expect(source.last.contains("person_territory"))
    }

    @Test("A page of a subdistrict that took over a closed unit reads that one by the index too")
    func closedUnit() throws {
        let unit = try source.unit()
        unit.successions = Territories.successions
        #expect(throws: StoredValueError.self) {
            try Queries.search(search(in: "350203009"), unit, keyring)
        }
        #expect(source.scans.subtracting(["territory"]) == [])
        #expect(source.last.contains("person_territory"))
    }

    @Test("A resident id, a phone number and a name are found by what stands for them")
    func fields() throws {
        let unit = try source.unit()
        let resident = try RegistrySamples.resident(1)
        _ = try Queries.search(search(in: "350203", resident), unit, keyring)
        _ = try Queries.search(search(in: "350203", phone: "13800001001"), unit, keyring)
        _ = try Queries.search(search(in: "350203", name: "示例人1"), unit, keyring)
        _ = try Queries.search(
            search(in: "350203007", name: "示例人1", phone: "13800001001", resident), unit, keyring)
        #expect(source.scans.subtracting(["territory"]) == [])
    }

    @Test("Probable doubles of somebody are found by what stands for name and number")
    func doubles() throws {
        let rows = try bench.connection.run("SELECT id FROM person LIMIT 10")
        let ids = try rows.map { try $0.decode(UUID.self, at: 0) }
        #expect(try scanned(Doubles.statement(ids)) == [])
    }

    @Test("Who has read about somebody, and an erasure, are found by their indexes")
    func erasure() throws {
        let hashes = [[UInt8](repeating: 1, count: 32)]
        #expect(
            try scanned(
                "DELETE FROM paper WHERE hash = ANY(\(hashes)) AND person = ANY(\([UUID()]))") == []
        )
        let readers: Statement = """
            SELECT publisher, read_at FROM read_access WHERE subject = \(UUID()) ORDER BY read_at
            """
        #expect(try scanned(readers) == [])
    }

    @Test("A step of a rotation reads the keys on from where the last one stood")
    func rotation() throws {
        let step: Statement = """
            SELECT owner, wrapped, master FROM data_key
            WHERE owner > \(UUID()) AND master <> \(keyring.current.id)
            ORDER BY owner LIMIT 500 FOR UPDATE
            """
        #expect(try scanned(step) == [])
    }
}

/// A hundred communities with 10,000 households of three. What is sealed of persons is empty: their keys are destroyed.
private enum RegistryPlanSample {
    static let fill = """
        INSERT INTO territory (code, name_zh, name_en, valid_from, edition)
        SELECT '350203', '', '', date '2000-01-01', date '2023-12-31' UNION ALL
        SELECT '35020300' || n, '', '', '2000-01-01', '2023-12-31' FROM generate_series(0, 9) AS n
        UNION ALL
        SELECT '35020300' || n % 10 || 901 + n / 10, '', '', '2000-01-01', '2023-12-31'
        FROM generate_series(0, 99) AS n;
        INSERT INTO territory (code, name_zh, name_en, valid_from, valid_to, edition, successors)
        VALUES ('350203008999', '', '', '2000-01-01', '2022-12-31', '2023-12-31', '350203009901');

        INSERT INTO household (id, territory, places, assertions, version, sequence)
        SELECT gen_random_uuid(), t.code, '2018-01-01/' || t.code, '', 1, 1
        FROM generate_series(1, 10000) AS n,
            LATERAL (SELECT '35020300' || n % 10 || 901 + n / 10 % 10 AS code) AS t;
        UPDATE household SET territory = '350203008999', places = '2018-01-01/350203008999'
        WHERE id IN (SELECT id FROM household LIMIT 100);
        INSERT INTO person (id, household, role, territory, birth_date, sex, stays, sealed,
            version, sequence, name_code, phone_code)
        SELECT gen_random_uuid(), h.id, r.role, h.territory, '1968-05-01', 'female',
               concat_ws('/', '2018-01-01', h.territory, h.id, r.role, 'registered'),
               '', 1, 0, hashtext(h.id::text), hashtextextended(h.id::text || r.role, 0)
        FROM household AS h, unnest(ARRAY['head', 'spouse', 'child']) AS r(role);
        UPDATE household AS h SET members = m.ids
        FROM (SELECT household, string_agg(id::text, ' ' ORDER BY id) AS ids
              FROM person GROUP BY household) AS m
        WHERE h.id = m.household;
        INSERT INTO paper SELECT sha256(uuid_send(id)), id FROM person;
        INSERT INTO data_key SELECT id FROM person;
        INSERT INTO data_key
        SELECT id, decode(repeat('01', 61), 'hex'), decode(repeat('02', 8), 'hex') FROM household;
        INSERT INTO category_assertion (id, household, subject, category, valid_from, verified_on,
            version, sequence)
        SELECT gen_random_uuid(), id, id, 'only_child', '2005-01-01', '2018-01-01', 1, 0 FROM household;
        INSERT INTO membership (id, person, role, territory, enrolled_on, sequence)
        SELECT gen_random_uuid(), id, 'member', territory, '2018-06-01', 1
        FROM person WHERE role = 'head';
        INSERT INTO consent (id, person, purpose, standing, since, sequence)
        SELECT id || ' service', id, 'service', 'given', '2018-06-01', 1
        FROM person WHERE role = 'head';
        INSERT INTO commendation (id, recipient, territory, occasion, awarded_on, sequence)
        SELECT gen_random_uuid(), id, territory, 'member day', '2019-05-29', 1
        FROM person WHERE role = 'head';
        INSERT INTO read_access
        SELECT id, 'kiosk', 'registry.person.get.v1', gen_random_uuid(), now() FROM person;
        ANALYZE;
        """
}
