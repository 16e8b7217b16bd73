import Testing

@testable import ServiceKit

@Suite("What a process says of its workers")
struct HealthTests {
    private func check(silentFor silence: Duration = .zero, database: Bool = true) -> Health.Check {
        Health.Check(
            isDatabaseConnected: database, isBrokerConnected: true, isOutletConnected: true,
            heartbeat: .now - silence, seen: .now - silence)
    }

    @Test func `One that waits for its database for minutes is seen and stuck`() {
        let health = Health(workers: 1)
        health.report(0, check(silentFor: .seconds(121)))
        health.see(0, check())
        #expect(health.isReady, "it holds its connections")
        #expect(!health.isAlive, "and does not move")
    }

    @Test func `Ready are workers that have everything and have been heard`() {
        let health = Health(workers: 2)
        health.report(0, check())
        health.report(1, check(silentFor: .seconds(10)))
        #expect(health.isReady && health.isAlive)
        #expect(health.report.contains("[+] worker 1 awake\n"))
    }

    @Test func `One that has not been heard for a quarter of a minute is not ready, but alive`() {
        let health = Health(workers: 2)
        health.report(0, check())
        health.report(1, check(silentFor: .seconds(16)))
        #expect(!health.isReady && health.isAlive)
        #expect(health.report.contains("[-] worker 1 awake\n"))
        #expect(health.report.hasSuffix("not ready\n"))
    }

    @Test func `One without a connection is not ready`() {
        let health = Health(workers: 1)
        health.report(0, check(database: false))
        #expect(!health.isReady && health.isAlive)
    }

    @Test func `One whose batch the database cannot decide for long is not ready, but alive`() {
        let health = Health(workers: 1)
        var held = check()
        held.heldSince = .now - .seconds(5)
        health.report(0, held)
        #expect(health.isReady, "for a moment that is nothing")
        held.heldSince = .now - .seconds(16)
        health.report(0, held)
        #expect(!health.isReady && health.isAlive)
        #expect(health.report.contains("[-] worker 0 deciding\n"))
    }

    @Test func `One that is silent for minutes is stuck`() {
        let health = Health(workers: 1)
        health.report(0, check(silentFor: .seconds(121)))
        #expect(!health.isAlive)
    }
}
