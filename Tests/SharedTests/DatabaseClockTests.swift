import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("The database's clock decides")
struct DatabaseClockTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition) }

    /// Lets the session's clock differ from that of the machine.
    private func shift(hours: Int) throws {
        try bench.connection.script(
            """
            CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
                $$ SELECT pg_catalog.clock_timestamp() + interval '\(hours) hours' $$;
            SET search_path = public, pg_catalog;
            """)
        // Asks the clock.
        try bench.decide(Sample.donation())
    }

    private func status(secondsAhead seconds: Int) throws -> String? {
        let answer = try bench.decide(
            Sample.donation(), id: UUID(), time: .now().adding(seconds: seconds))
        return answer.code ?? answer.status
    }

    @Test func `whether a message comes from the future`() throws {
        #expect(try status(secondsAhead: 3_600) == "time_in_future")
        try shift(hours: 1)
        #expect(try status(secondsAhead: 3_600) == "accepted")
        #expect(try status(secondsAhead: 3_600 + 360) == "time_in_future")
    }

    @Test func `when something was recorded`() throws {
        try shift(hours: 5)
        try bench.decide(Sample.donation())
        let hours = "SELECT round(extract(epoch FROM max(time) - pg_catalog.now()) / 3600)::bigint"
        #expect(try bench.count(Statement(trusted: hours + " FROM journal")) == 5)
    }

    @Test func `and a machine whose clock differs is not ready, and says why`() throws {
        let health = Health(workers: 2)
        func check(_ difference: Int64) -> Health.Check {
            Health.Check(
                isDatabaseConnected: true, isBrokerConnected: true, isOutletConnected: true,
                clockDifference: difference)
        }
        for (difference, isReady) in [(0, true), (5, true), (-5, true), (6, false), (-600, false)] {
            health.report(0, check(0))
            health.report(1, check(Int64(difference)))
            #expect(health.isReady == isReady, "\(difference)")
        }
        #expect(health.summary == "not ready: clock: 600 s behind the database's\n")
        #expect(health.report.contains("[-] worker 1 clock: 600 s behind the database's\n"))
        #expect(health.isAlive, "starting it anew would not help")
    }

    @Test func `how far the machine's own clock is off`() throws {
        try shift(hours: 1)
        let clock = try DatabaseClock(bench.connection)
        #expect(clock.difference == -3_600)
        #expect(
            abs(clock.now.microseconds - Timestamp.now().microseconds - 3_600_000_000) < 5_000_000)
    }
}
