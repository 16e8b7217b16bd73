import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Events
@testable import People
@testable import ServiceKit
@testable import ServiceSupport

/// How PostgreSQL goes about events' hot statements over a realistic amount of data: no table of a size is read as a
/// whole where an index should serve.
@Suite struct EventsPlanTests {
    private let bench: ServiceBench
    private let source: ExplainingSource

    init() throws {
        bench = try ServiceBench(Events.definition, fill: EventsPlanSample.fill)
        source = ExplainingSource(bench.connection)
    }

    /// Inside a transaction, which the end of the connection rolls back.
    private func unit(subject: String? = nil) throws -> UnitOfWork {
        _ = try bench.connection.run("BEGIN")
        let unit = UnitOfWork(
            source: source, service: "events", now: .now(),
            message: Header(
                id: UUID(), source: "", type: "", time: .now(), subject: subject, sequence: 9))
        unit.begin(unit.message, publisher: "operator", scope: .unlimited, alone: true)
        return unit
    }

    private func isTaken(_ handle: () throws -> Emission) throws -> Bool {
        do {
            _ = try handle()
            return true
        } catch is Refusal {
            return false
        }
    }

    private func scanned(_ statement: Statement) throws -> Set<String> {
        try source.explain(statement)
    }

    private func expectKeyed(_ unit: UnitOfWork) throws {
        unit.keep()
        let statements = unit.statements()
        #expect(!statements.isEmpty)
        for statement in statements {
            #expect(try scanned(statement) == [], "\(statement.sql)")
        }
        #expect(source.scans == [])
    }

    private func one(_ statement: Statement) throws -> UUID {
        try #require(bench.connection.run(statement).first).decode(UUID.self, at: 0)
    }

    private func session() throws -> SessionID {
        SessionID(try one("SELECT id FROM session WHERE starts_on > '2019-06-01' LIMIT 1"))
    }

    @Test("A batch loads rows by their keys, and places by session and person")
    func loads() throws {
        let ids = Parameter.array((0..<10).map { _ in UUID() })
        let places = Parameter.array((0..<10).map { [UInt8](repeating: $0, count: 32) })
        let statements = [
            Session.table.load(ids), Registration.table.load(ids), Attendance.table.load(ids),
            Headcount.table.load(ids), Person.table.load(ids), Household.table.load(ids),
            CategoryAssertion.table.load(ids), Mentions.table.load(ids), Membership.table.load(ids),
            Shift.table.load(ids),
            ReachReading.table.load(ids), RegistrationPlace.table.load(places),
            RosterPlace.table.load(places),
        ]
        for statement in statements {
            #expect(try scanned(statement) == [], "\(statement.sql)")
        }
    }

    @Test("A registration and an attendance are stored by keys alone")
    func records() throws {
        let unit = try unit()
        let session = try session()
        let persons = try bench.connection.run("SELECT id FROM person ORDER BY id LIMIT 200")
            .map { PersonID(try $0.decode(UUID.self, at: 0)) }
        // Some are registered already, and some are there.
        let isRegistered = try persons.contains { person in
            try isTaken {
                try Registrations.request(
                    EventsSamples.registration(at: session, of: person), unit)
            }
        }
        #expect(isRegistered)
        let isThere = try persons.contains { person in
            try isTaken {
                try Attendances.record(EventsSamples.attendance(at: session, of: person), unit)
            }
        }
        #expect(isThere)
        try expectKeyed(unit)
    }

    @Test("A place that is given back goes to the first in line by the index of the line")
    func waitlist() throws {
        let unit = try unit()
        let id = try one("SELECT id FROM session_registration WHERE state = 'confirmed' LIMIT 1")
        let emissions = try Registrations.cancel(
            EventsSamples.cancel(RegistrationID(id)), unit)
        #expect(emissions.count == 2)
        try expectKeyed(unit)
    }

    @Test("The schema counts the registrations of a session by the index of the confirmed ones")
    func places() throws {
        let session = try session()
        let count: Statement = """
            SELECT 1 FROM session AS s
            WHERE s.id = \(session)
              AND s.capacity < (SELECT sum(r.size) FROM session_registration AS r
                                WHERE r.session = s.id AND r.state = 'confirmed')
            """
        #expect(try scanned(count) == [])
        #expect(source.last.contains("registration_confirmed"))
    }

    @Test("A cancelled session finds its registrations by an index")
    func cancelledSession() throws {
        let unit = try unit()
        _ = try Sessions.cancel(EventsSamples.cancel(session()), unit)
        try expectKeyed(unit)
    }

    @Test("A merge finds attendances, registrations and shifts by either person")
    func merge() throws {
        let persons = try bench.connection.run("SELECT person FROM attendance LIMIT 2").map {
            PersonID(try $0.decode(UUID.self, at: 0))
        }
        try #require(persons.count == 2)
        let unit = try unit(subject: persons[0].description)
        let fact = RegistryBook().told(try EventsSamples.merged(persons[1], into: persons[0]))
        let changes = try (fact.records?.persons ?? []).map {
            let change = LifeChange(
                before: try unit.find(Person.self, $0.person.uuid), after: Person($0))
            try unit.store(change.after)
            return change
        }
        #expect(changes.contains { $0.isMerge })
        _ = try LifeConsequences.follow(changes, unit)
        try expectKeyed(unit)
    }

    @Test("A death finds registrations, lines and shifts by the person and the session")
    func death() throws {
        let unit = try unit()
        let person = try one("SELECT person FROM session_registration WHERE state = 'confirmed'")
        let day = try EventsSamples.date("2018-12-31")
        let emissions = try Registrations.withdraw(of: [person], after: day, unit)
        #expect(emissions.contains { $0.fact is RegistrationCancelled })
        #expect(emissions.contains { $0.fact is RegistrationConfirmed })
        _ = try Shifts.end(of: [person], after: day, unit)
        try expectKeyed(unit)
    }

    @Test("A person's duty elsewhere, and the readings around one, are found by indexes")
    func neighbours() throws {
        let duty: Statement = """
            SELECT id FROM shift
            WHERE person = \(UUID()) AND state IN ('confirmed', 'checked_in', 'completed')
              AND tstzrange(starts_at, ends_at)
                  && tstzrange('2020-02-01 08:00+08', '2020-02-01 12:00+08')
            LIMIT 1
            """
        #expect(try scanned(duty) == [])
        let reading: Statement = """
            (SELECT id, true FROM reading WHERE series = 'series 7' AND NOT is_void AND as_of <= '2020-01-01'
             ORDER BY as_of DESC LIMIT 1)
            UNION ALL
            (SELECT id, false FROM reading WHERE series = 'series 7' AND NOT is_void AND as_of > '2020-01-01'
             ORDER BY as_of LIMIT 1)
            """
        #expect(try scanned(reading) == [])
    }
}

/// 2,000 sessions of 20 places, each full and with ten in line, over 20,000 persons.
private enum EventsPlanSample {
    private static let activity = "00000000-0000-7000-8000-000000000001"
    private static let post = "00000000-0000-7000-8000-000000000002"

    static let fill = """
        INSERT INTO activity
        VALUES ('\(activity)', 'tea_talk', '', 'warm-home', 'everyone', '350203', NULL, '', '',
                '2018-01-01', 1);
        INSERT INTO session (id, activity, kind, programme, audience, territory, starts_on, capacity,
            state, roster, identified, headcount, registered, waiting, last_number, sequence)
        SELECT gen_random_uuid(), '\(activity)', 'tea_talk', 'warm-home', 'everyone',
               '350203007901', date '2019-01-01' + n % 365, 20, 'open', 18, 18, 1, 20, 10, 10, 1
        FROM generate_series(1, 2000) AS n;
        INSERT INTO household (id, version, places, territory)
        SELECT gen_random_uuid(), 1, '2018-01-01/350203007901', '350203007901'
        FROM generate_series(1, 10000);
        INSERT INTO person (id, version, birth_date, sex, stays, household, role, territory)
        SELECT gen_random_uuid(), 1, '1970-05-01', 'female',
               '2018-01-01/350203007901/' || id || '/head', id, 'head', '350203007901'
        FROM household, generate_series(1, 2);
        INSERT INTO category (assertion, version, household, subject, category, valid_from, verified_on)
        SELECT gen_random_uuid(), 1, id, id, 'bereaved', '2010-01-01', '2018-01-01' FROM household;
        INSERT INTO membership (id, version, person, role, territory, enrolled_on, is_void)
        SELECT gen_random_uuid(), 1, id, 'member', '350203007901', '2018-01-01', false FROM person;
        INSERT INTO people_mention
        SELECT household, string_agg(id::text, ' '), '', '' FROM person GROUP BY household;
        INSERT INTO headcount (id, session, count, method, recorded_on, changed_on, sequence)
        SELECT gen_random_uuid(), id, 1, 'counted', starts_on, starts_on, 1 FROM session;

        CREATE TEMPORARY TABLE numbered_person AS
        SELECT id, row_number() OVER () - 1 AS n FROM person;
        CREATE TEMPORARY TABLE numbered_session AS
        SELECT id, starts_on, row_number() OVER () AS n FROM session;
        ANALYZE numbered_person;
        INSERT INTO attendance (id, session, person, recorded_on, sequence, size, is_void, changed_on)
        SELECT gen_random_uuid(), s.id, p.id, s.starts_on, 1, 1, false, s.starts_on
        FROM numbered_session AS s, generate_series(0, 17) AS k, numbered_person AS p
        WHERE p.n = (s.n * 31 + k) % 20000;
        INSERT INTO roster_place
        SELECT uuid_send(session) || uuid_send(person), id FROM attendance;
        -- Each row would be counted while there are no statistics.
        ALTER TABLE session_registration DISABLE TRIGGER USER;
        INSERT INTO session_registration (id, session, person, size, requested_on, state, since,
            number, sequence)
        SELECT gen_random_uuid(), s.id, p.id, 1, s.starts_on - 9,
               CASE WHEN k < 20 THEN 'confirmed' ELSE 'waitlisted' END, s.starts_on - 9,
               CASE WHEN k >= 20 THEN k - 19 END, 1
        FROM numbered_session AS s, generate_series(0, 29) AS k, numbered_person AS p
        WHERE p.n = (s.n * 31 + k) % 20000;
        SET CONSTRAINTS ALL IMMEDIATE;
        ALTER TABLE session_registration ENABLE TRIGGER USER;
        INSERT INTO registration_place
        SELECT uuid_send(session) || uuid_send(person), id FROM session_registration;
        DROP TABLE numbered_person, numbered_session;

        INSERT INTO duty_post
        VALUES ('\(post)', 'lane_post', 'epidemic-relief', '350203007901', '2020-02-01', 1);
        INSERT INTO shift (id, post, post_kind, role, programme, territory, person, starts_at, ends_at,
            duty_on, state, since, checked_in_at, sequence)
        SELECT gen_random_uuid(), '\(post)', 'lane_post', 'volunteer', 'epidemic-relief',
               '350203007901', id, timestamptz '2020-02-01 08:00+08', '2020-02-01 12:00+08',
               '2020-02-01', 'completed', '2020-02-01', '2020-02-01 08:00+08', 4
        FROM (SELECT id FROM person LIMIT 5000) AS p;
        INSERT INTO reach_series
        SELECT 'series ' || n, now() FROM generate_series(1, 50) AS n;
        INSERT INTO reading (id, series, channel, metric, programme, territory, count, change, as_of,
            counted_on, sequence)
        SELECT gen_random_uuid(), series, 'wechat', 'followers', 'early-childhood', '350203', n, 1,
               timestamptz '2018-01-01' + n * interval '1 day', date '2018-01-01' + n, 1
        FROM reach_series, generate_series(1, 200) AS n;
        ANALYZE;
        """
}
