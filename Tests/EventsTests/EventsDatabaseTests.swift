import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Events on a real database: rows are written and read back, constraints hold, workers race.
@Suite struct EventsDatabaseTests {
    private let bench: ServiceBench
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.decide(EventsSamples.activity(activity))
    }

    private func open(capacity: Int? = nil) throws {
        try bench.decide(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    @Test func `a session runs from its opening to its closing over several batches`() throws {
        try open(capacity: 50)
        let commands: [any Command] = [
            try EventsSamples.attendance(at: session, of: bench.newcomer()),
            try EventsSamples.attendance(at: session, of: bench.newcomer()),
            try EventsSamples.headcount(at: session, count: 30),
            try EventsSamples.close(session),
        ]
        for command in commands {
            #expect(try bench.decide(command).status == "accepted")
        }
        let closed = try #require(bench.facts.compactMap { $0.payload as? SessionClosed }.first)
        #expect(closed.roster == 2)
        #expect(closed.headcount == 30)
        #expect(
            try bench.decide(EventsSamples.attendance(at: session, of: bench.newcomer())).code
                == "session_closed")
    }

    @Test func `an attendance sent twice is recorded once and answered twice`() throws {
        try open()
        let command = try EventsSamples.attendance(at: session, of: bench.newcomer())
        let (id, time) = (UUID(), Timestamp.now())
        #expect(try bench.decide(command, id: id, time: time).status == "accepted")
        #expect(try bench.decide(command, id: id, time: time).status == "duplicate")
        try bench.decide(EventsSamples.close(session))
        #expect(bench.facts.compactMap { $0.payload as? SessionClosed }.first?.roster == 1)
    }

    @Test func `a person who was recorded in an earlier batch is refused`() throws {
        try open()
        let person = try bench.newcomer()
        try bench.decide(EventsSamples.attendance(at: session, of: person))
        let answer = try bench.decide(EventsSamples.attendance(at: session, of: person))
        #expect(answer.code == "already_attended")
        #expect(answer.pointer == "/data/person")
    }

    @Test func `records that come before their session and activity are kept for them`() throws {
        let late = ActivityID(UUID())
        let early: [any Command] = [
            try EventsSamples.attendance(at: session, of: bench.newcomer()),
            try EventsSamples.headcount(at: session, count: 3),
            try EventsSamples.session(session, of: late),
        ]
        #expect(try bench.decide(early).map(\.status) == ["parked", "parked", "parked"])
        try bench.decide(EventsSamples.activity(late))
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(try bench.handleParked().map(\.status) == ["accepted", "accepted"])
    }

    @Test func `a cancelled session is stored with nothing counted`() throws {
        try open()
        try bench.decide([
            try EventsSamples.attendance(at: session, of: bench.newcomer()),
            try EventsSamples.headcount(at: session, count: 12),
        ])
        #expect(try bench.decide(EventsSamples.cancel(session)).status == "accepted")
        #expect(
            try bench.decide(EventsSamples.headcount(at: session, count: 1)).code
                == "session_cancelled")
    }

    @Test(arguments: [
        ("session_capacity", "UPDATE session SET roster = 6"),
        (
            "session_closed_after_start",
            "UPDATE session SET state = 'closed', ended_on = '2019-03-07'"
        ),
        (
            "session_cancelled_counts_nothing",
            "UPDATE session SET state = 'cancelled', ended_on = '2019-03-07'"
        ),
        (
            "attendance_once",
            """
            INSERT INTO attendance (id, session, person, recorded_on, changed_on, sequence)
            SELECT gen_random_uuid(), session, person, recorded_on, recorded_on, 1 FROM attendance
            """
        ),
        (
            "roster_place_pkey",
            "INSERT INTO roster_place SELECT place, gen_random_uuid() FROM roster_place"
        ),
        ("headcount_count_check", "UPDATE headcount SET count = 100001"),
        ("session_activity_fkey", "UPDATE session SET activity = gen_random_uuid()"),
    ])
    func `the schema keeps the rules where code has a hole`(
        constraint: String, change: String
    ) throws {
        try open(capacity: 15)
        try bench.decide([
            try EventsSamples.attendance(at: session, of: bench.newcomer()),
            try EventsSamples.headcount(at: session, count: 12),
        ])
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run(Statement(trusted: change))
        }
        #expect(error?.constraint == constraint)
    }
}

/// Two workers of events over one database, each on a thread of its own.
@Suite struct EventsRaceTests {
    private let session = SessionID(UUID())

    @Test func `two workers never fill a session beyond its capacity`() async throws {
        let url = try await prepare(capacity: 10)
        let people = try await newcomers(40, url)
        let answers = try await attend(Array(people[..<20]), Array(people[20...]), url)
        #expect(answers.filter { $0.status == "accepted" }.count == 10)
        #expect(answers.filter { $0.code == "session_full" }.count == 30)
        #expect(try await close(url)?.roster == 10)
    }

    @Test func `two workers record one person once`() async throws {
        let url = try await prepare(capacity: nil)
        let people = try await newcomers(20, url)
        let answers = try await attend(people, people.reversed(), url)
        #expect(answers.filter { $0.status == "accepted" }.count == 20)
        #expect(answers.filter { $0.code == "already_attended" }.count == 20)
        #expect(try await close(url)?.roster == 20)
    }

    /// A new database with an open session.
    private func prepare(capacity: Int?) async throws -> String {
        let session = session
        return try await onThread {
            let bench = try ServiceBench(Events.definition)
            let activity = ActivityID(UUID())
            try bench.decide([
                try EventsSamples.activity(activity),
                try EventsSamples.session(session, of: activity, capacity: capacity),
            ])
            return bench.url
        }
    }

    private func newcomers(_ count: Int, _ url: String) async throws -> [PersonID] {
        try await onThread { try ServiceBench(Events.definition, url: url).newcomers(count) }
    }

    private func close(_ url: String) async throws -> SessionClosed? {
        let session = session
        return try await onThread {
            let bench = try ServiceBench(Events.definition, url: url)
            try bench.decide(EventsSamples.close(session))
            return bench.facts.compactMap { $0.payload as? SessionClosed }.first
        }
    }

    /// Each attendance is a batch of its own.
    private func attend(
        _ first: [PersonID], _ second: [PersonID], _ url: String
    ) async throws -> [ServiceBench.Answered] {
        let session = session
        func worker(_ people: [PersonID]) async throws -> [ServiceBench.Answered] {
            try await onThread {
                let bench = try ServiceBench(Events.definition, url: url)
                return try people.map {
                    try bench.decide(EventsSamples.attendance(at: session, of: $0))
                }
            }
        }
        async let one = worker(first)
        async let other = worker(second)
        return try await one + other
    }
}
