import Foundation
import Postgres
import Support
import Testing

extension SystemTests {
    @Suite("A process that is stopped")
    struct StoppedProcessTests {
        @Test func `Asked to stop under load, it finishes within eight seconds`() throws {
            let trial = try Trial("graceful")
            let loader = try trial.load()
            for _ in 0..<3 {
                let process = try trial.start()
                let before = loader.published
                try trial.deployment.eventually("there is load") { loader.published > before + 200 }
                let asked = Date()
                trial.deployment.stop(process)
                #expect(Date().timeIntervalSince(asked) < 8)
                #expect(process.terminationReason == .exit)
                #expect(process.terminationStatus == 0)
            }
            try trial.expectProof(loader, atLeast: 600)
        }

        @Test func `Asked to stop in a long transaction, it finishes within eight seconds`() throws
        {
            let deployment = try Deployment("patience", services: ["reporting"])
            let other = try Connection(
                PostgresConfiguration(url: deployment.database("reporting")))
            _ = try other.pipeline(["BEGIN", "SELECT FROM dataset FOR UPDATE"])
            let process = try deployment.start("reporting")
            try deployment.eventually("the job of summaries waits for the other's lock") {
                try other.run("SELECT FROM pg_locks WHERE NOT granted").count > 0
            }
            let asked = Date()
            deployment.stop(process)
            #expect(Date().timeIntervalSince(asked) < 8)
            #expect(process.terminationReason == .exit)
            #expect(process.terminationStatus == 0)
        }

        @Test func `Killed under load while another works on, it loses nothing`() throws {
            let trial = try Trial("killed")
            let loader = try trial.load()
            let survivor = try trial.start()
            for _ in 0..<5 {
                let victim = try trial.start()
                Thread.sleep(forTimeInterval: 1)
                trial.deployment.kill(victim)
            }
            try trial.expectProof(loader, running: [survivor], atLeast: 500)
        }

        @Test
        func
            `Cut off from the database in the middle of a batch, it holds others up for seconds only`()
            throws
        {
            let trial = try Trial("cutoff")
            let proxy = try CuttingProxy(to: trial.deployment.database("funding"))
            let database = try Connection(
                PostgresConfiguration(url: trial.deployment.database("funding")))
            func decided() throws -> Int64 {
                try database.run("SELECT count(*) FROM inbox").first?.decode(Int64.self, at: 0) ?? 0
            }
            let loader = try trial.load()
            let cut = try trial.start(["NUANXIN_FUNDING_DB": proxy.url])
            let other = try trial.start()
            try trial.deployment.eventually("there is load") { try decided() > 200 }
            proxy.freeze(afterBytes: 100_000)
            try trial.deployment.eventually("the way is cut") { proxy.isFrozen }
            // What the other one has begun may end yet.
            Thread.sleep(forTimeInterval: 1)
            let before = try decided()
            try trial.deployment.eventually("the other one goes on", within: 45) {
                try decided() > before + 200
            }
            proxy.thaw()
            try trial.expectProof(loader, running: [cut, other], atLeast: 500)
        }

        /// The broker gives a connection up after two to three heartbeats, of ten seconds here.
        @Test func `Frozen past its heartbeat and thawed, it does nothing twice`() throws {
            let trial = try Trial("frozen")
            let loader = try trial.load()
            let url = try trial.deployment.broker("funding") + "?heartbeat=10"
            let frozen = try trial.start(["NUANXIN_AMQP_URL": url])
            let other = try trial.start()
            Thread.sleep(forTimeInterval: 1)
            kill(frozen.processIdentifier, SIGSTOP)
            Thread.sleep(forTimeInterval: 33)
            kill(frozen.processIdentifier, SIGCONT)
            Thread.sleep(forTimeInterval: 2)
            try trial.expectProof(loader, running: [frozen, other], atLeast: 1_000)
        }
    }
}
