import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Two workers over one session.
@Suite struct EventsRegistrationRaceTests {
    private let session = SessionID(UUID())

    @Test func `two workers never give out more places than there are`() async throws {
        let (url, people) = try await prepare(capacity: 10, people: 40)
        let session = session
        try await both(url) { bench, half in
            for person in half == 0 ? people[..<20] : people[20...] {
                let answer = try bench.decide(EventsSamples.registration(at: session, of: person))
                #expect(answer.status == "accepted")
            }
        }
        try await onThread {
            let bench = try ServiceBench(Events.definition, url: url)
            #expect(try bench.count(confirmed) == 10)
            #expect(try bench.count("SELECT registered FROM session") == 10)
            #expect(try bench.count("SELECT max(number) FROM session_registration") == 30)
            #expect(try bench.count("SELECT waiting FROM session") == 30)
        }
    }

    @Test func `while one worker takes places back and another gives them out, none is lost`()
        async throws
    {
        let (url, people) = try await prepare(capacity: 10, people: 40)
        let session = session
        let ids = people.map { _ in RegistrationID(UUID()) }
        try await onThread {
            let bench = try ServiceBench(Events.definition, url: url)
            for index in 0..<20 {
                try bench.decide(
                    EventsSamples.registration(ids[index], at: session, of: people[index]))
            }
        }
        try await both(url) { bench, half in
            for index in 0..<20 {
                let answer =
                    half == 0
                    ? try bench.decide(EventsSamples.cancel(ids[index]))
                    : try bench.decide(
                        EventsSamples.registration(
                            ids[20 + index], at: session, of: people[20 + index]))
                #expect(answer.status == "accepted")
            }
        }
        try await onThread {
            let bench = try ServiceBench(Events.definition, url: url)
            #expect(try bench.count(confirmed) == 10)
            #expect(try bench.count("SELECT waiting FROM session") == 10)
            // The line has moved in its order: nobody waits in front of one who has moved up.
            #expect(
                try bench.count(
                    """
                    SELECT count(*) FROM session_registration AS w
                    WHERE w.state = 'waitlisted' AND w.number < (
                        SELECT max(number) FROM session_registration WHERE state = 'confirmed')
                    """) == 0)
        }
    }

    @Test func `while one worker gives places out and back, another records no walk-in too many`()
        async throws
    {
        let (url, people) = try await prepare(capacity: 10, people: 60)
        let session = session
        let ids = people.map { _ in RegistrationID(UUID()) }
        try await both(url) { bench, half in
            for index in 0..<30 {
                guard half == 0 else {
                    try bench.decide(EventsSamples.attendance(at: session, of: people[30 + index]))
                    continue
                }
                let request = try EventsSamples.registration(
                    ids[index], at: session, of: people[index])
                #expect(try bench.decide(request).status == "accepted")
                guard index % 3 == 2 else { continue }
                let cancel = try EventsSamples.cancel(ids[index / 3])
                #expect(try bench.decide(cancel).status == "accepted")
            }
        }
        try await onThread {
            let bench = try ServiceBench(Events.definition, url: url)
            #expect(try bench.count(confirmed) == 10)
            #expect(try bench.count("SELECT roster FROM session") == 10)
            #expect(try bench.count("SELECT count(*) FROM attendance") == 10)
            // The first ten gave their places back, to the next ten.
            #expect(
                try bench.count(
                    """
                    SELECT count(*) FROM session_registration
                    WHERE state = 'confirmed' AND id = ANY(\(ids[10..<20].map(\.uuid)))
                    """) == 10)
        }
    }

    private let confirmed: Statement =
        "SELECT count(*) FROM session_registration WHERE state = 'confirmed'"

    /// A new database with an open session and persons whom registry has named.
    private func prepare(
        capacity: Int, people: Int
    ) async throws -> (url: String, people: [PersonID]) {
        let session = session
        return try await onThread {
            let bench = try ServiceBench(Events.definition)
            let activity = ActivityID(UUID())
            try bench.decide([
                try EventsSamples.activity(activity, for: .everyone),
                try EventsSamples.session(session, of: activity, capacity: capacity),
            ])
            return (bench.url, try bench.newcomers(people))
        }
    }
}
