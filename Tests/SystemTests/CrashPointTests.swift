import Foundation
import ServiceKit
import Support
import Testing

extension SystemTests {
    @Suite("A process that ends at a crash point")
    struct CrashPointTests {
        private static let deaths = 10

        /// Two processes, each with two workers, die and are started again until they have died ten
        /// times; a clean one finishes.
        @Test(arguments: CrashPoint.ofMessages)
        func `Nothing is lost or done twice, wherever it ends`(point: CrashPoint) throws {
            let trial = try Trial("crash")
            let loader = try trial.load(point == .beforePosition ? .bursts : .steady)
            var random = SeededRandom(UInt64(point.rawValue.count))
            var processes: [Process] = []
            var deaths = 0
            let deadline = Date().addingTimeInterval(90)
            while deaths < Self.deaths {
                processes = processes.filter { process in
                    guard !process.isRunning else { return true }
                    #expect(process.terminationReason == .uncaughtSignal)
                    #expect(process.terminationStatus == SIGKILL)
                    deaths += 1
                    return false
                }
                while processes.count < 2 {
                    let passage = Int.random(in: 1...20, using: &random)
                    let setting = ["NUANXIN_CRASH_AT": "\(point.rawValue):\(passage)"]
                    processes.append(try trial.start(setting))
                }
                try #require(Date() < deadline, "\(deaths) deaths only: \(trial.logTail())")
                Thread.sleep(forTimeInterval: 0.02)
            }
            for process in processes { trial.deployment.kill(process) }
            try trial.expectProof(loader, atLeast: 100)
        }
    }
}
