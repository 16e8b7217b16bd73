import Foundation
import Support
import Testing

extension SystemTests {
    /// With servers of its own, for it kills them.
    @Suite("A server that is killed", .serialized)
    final class LostServerTests {
        /// Seconds after which a kill cannot make the broker forget a new queue. RabbitMQ 3.10 writes the name of a new
        /// quorum queue's log to disk some three seconds later (a dets table's delayed write); killed before, it has
        /// the queue without its log, and no leader for it ever.
        private static let untilQueuesAreKept = 6.0

        private let servers: ServerSet

        init() throws { servers = try ServerSet.start() }

        deinit {
            // Nobody can be told here; what is left lies in the temporary directory.
            try? servers.remove()
        }

        /// Two processes under load, while something happens to their servers twice.
        private func expectSurvival(
            _ name: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ strike: (ServerSet) throws -> Void
        ) throws {
            let trial = try Trial(name, on: servers)
            Thread.sleep(forTimeInterval: Self.untilQueuesAreKept)
            let loader = try trial.load()
            let processes = [try trial.start(), try trial.start()]
            for _ in 0..<2 {
                let before = loader.confirmed
                try trial.deployment.eventually("there is load") { loader.confirmed > before + 300 }
                try strike(servers)
            }
            let before = loader.confirmed
            try trial.deployment.eventually("there is load again") {
                loader.confirmed > before + 300
            }
            let running = processes.count { $0.isRunning }
            #expect(running == 2, sourceLocation: sourceLocation)
            try trial.expectProof(
                loader, running: processes, atLeast: 900, sourceLocation: sourceLocation)
        }

        @Test func `PostgreSQL is killed: messages are held, and go on`() throws {
            try expectSurvival("postgres") { try $0.killPostgres() }
        }

        @Test func `The broker is killed: everything confirmed is there again, and goes on`() throws
        {
            try expectSurvival("broker") { try $0.killBroker() }
        }

        @Test func `Both are killed at once`() throws {
            try expectSurvival("both") { servers in
                try servers.killPostgres()
                try servers.killBroker()
            }
        }
    }
}
