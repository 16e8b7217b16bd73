import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Whatever the order in which registry's facts arrive, events ends in one state.
@Suite struct EventsPeopleOrderTests {
    private static func date(_ text: String) throws -> BusinessDate {
        try EventsSamples.date(text)
    }

    @Test func `lives told in any order, and twice, are known as the same`() async throws {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("lives of events: seed \(seed)")
        for number in 0..<6 {
            try await onThread {
                let lives = try RandomLives(seed &+ UInt64(number), from: Self.date("2018-01-01"))
                var random = SeededRandom(seed &+ UInt64(number))
                let first = try ServiceBench(Events.definition)
                for fact in lives.facts { try first.take([fact]) }
                let expected = try first.people()
                for _ in 0..<2 {
                    let bench = try ServiceBench(Events.definition)
                    for batch in lives.shuffled(&random) { try bench.take(batch) }
                    #expect(try bench.people() == expected, "seed \(seed), number \(number)")
                    #expect(try bench.leftOver() == nil, "seed \(seed), number \(number)")
                }
            }
        }
    }

    /// Ten persons in line for a session of four places, and some on duty. Deaths, merges and erasures come in any order.
    @Test func `places and shifts end the same, whatever the order of the news`() async throws {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("places of events: seed \(seed)")
        for number in 0..<6 {
            try await onThread {
                var random = SeededRandom(seed &+ UInt64(number))
                let persons = (0..<10).map { _ in PersonID(random.uuid()) }
                let lives = try RandomLives(
                    seed &+ UInt64(number), persons: persons, from: Self.date("2019-01-01"),
                    unmerges: false)
                let story = try Self.story(persons, &random)
                var states: Set<[String]> = []
                for order in [[lives.facts], lives.shuffled(&random), lives.shuffled(&random)] {
                    let bench = try ServiceBench(Events.definition)
                    try bench.take(Array(lives.facts.prefix(persons.count)))
                    for command in story {
                        #expect(try bench.decide(command).status == "accepted")
                    }
                    for batch in order { try bench.take(batch) }
                    states.insert(try Self.places(bench))
                    #expect(try Self.problems(bench) == 0, "seed \(seed), number \(number)")
                }
                #expect(states.count == 1, "seed \(seed), number \(number)")
            }
        }
    }

    private static func story(
        _ persons: [PersonID], _ random: inout SeededRandom
    ) throws -> [any Command] {
        let (activity, session, post) = (
            ActivityID(random.uuid()), SessionID(random.uuid()), PostID(random.uuid())
        )
        var opening = try EventsSamples.session(session, of: activity, capacity: 4)
        opening.startsOn = try date("2021-03-08")
        var story: [any Command] = [
            try EventsSamples.activity(activity, for: .everyone), opening,
        ]
        for person in persons {
            story.append(
                try EventsSamples.registration(
                    RegistrationID(random.uuid()), at: session, of: person, on: "2019-03-01"))
        }
        for person in persons.prefix(4) {
            let shift = ShiftID(random.uuid())
            story.append(try EventsSamples.shift(shift, at: post, of: person))
        }
        return story
    }

    private static func places(_ bench: ServiceBench) throws -> [String] {
        try bench.connection.run(
            """
            SELECT person || ' ' || state FROM session_registration
            UNION ALL SELECT person || ' on duty ' || state FROM shift
            UNION ALL SELECT registered || ' ' || waiting FROM session ORDER BY 1
            """
        ).map { try $0.decode(String.self, at: 0) }
    }

    /// Live places of the dead and erased, and totals that are wrong.
    private static func problems(_ bench: ServiceBench) throws -> Int {
        try bench.count(
            """
            SELECT count(*) FROM (
                SELECT FROM session_registration AS r
                JOIN session AS s ON s.id = r.session
                JOIN person AS o ON o.id = r.person
                JOIN person AS p ON p.id = coalesce(o.merged_into, o.id)
                WHERE r.state <> 'cancelled' AND least(p.died_on, p.erased_on) < s.starts_on
                UNION ALL
                SELECT FROM shift AS r
                JOIN person AS o ON o.id = r.person
                JOIN person AS p ON p.id = coalesce(o.merged_into, o.id)
                WHERE r.state <> 'cancelled' AND least(p.died_on, p.erased_on) < r.duty_on
                UNION ALL
                SELECT FROM session AS s
                CROSS JOIN (
                    SELECT coalesce(sum(size) FILTER (WHERE state = 'confirmed'), 0)::bigint AS taken,
                           count(*) FILTER (WHERE state = 'waitlisted') AS line
                    FROM session_registration) AS n
                WHERE (s.registered, s.waiting) IS DISTINCT FROM (n.taken, n.line)
                UNION ALL
                SELECT FROM session AS s
                WHERE s.waiting > 0 AND s.registered < s.capacity) AS problem
            """)
    }
}

extension ServiceBench {
    /// The codes of what waits or could not be taken in; nil of none.
    fileprivate func leftOver() throws -> String? {
        try connection.run(
            """
            SELECT string_agg(DISTINCT what, ' ')
            FROM (
                SELECT concat_ws(' ', code, routing_key) AS what FROM parked
                UNION ALL SELECT concat_ws(' ', code, pointer, expected, type) FROM dead_letter
            ) AS l
            """
        ).first?.decode(optional: String.self, at: 0)
    }
}
