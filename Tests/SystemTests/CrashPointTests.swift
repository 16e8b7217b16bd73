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

/// A small generator whose runs can be repeated (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
