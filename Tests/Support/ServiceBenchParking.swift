internal import Postgres

@testable internal import ServiceKit

// What waits in a service's database, and what a process leaves there that ends.

extension ServiceBench {
    /// Ends as a process does that is killed. Another bench on the same database is a process of its own.
    public func die() { connection.close() }

    /// Redrives every open dead letter, as the operator's tool does.
    /// - Returns: how many there were.
    public func redrive() throws -> Int {
        let rows = try connection.run("SELECT digest FROM dead_letter WHERE state = 'open'")
        let digests = try rows.map { try $0.decode([UInt8].self, at: 0) }
        return try connection.run(DeadLetters.redrive(digests, note: "test")).affected
    }

    /// Makes every parked message due now.
    public func hurryParked() throws {
        _ = try connection.run(
            "UPDATE parked SET due_at = now() - interval '1 second', taken_at = NULL")
    }
}
