import Foundation
import Messages
import Postgres
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

        /// Two processes with two workers each take hundreds of messages at a time, and one of them is deadly.
        @Test func `A message that ends the process is set aside at its third delivery, alone`()
            throws
        {
            let trial = try Trial("deadly")
            let client = try Client(trial.deployment.broker("operator"))
            let deadly = UUID()
            for index in 0..<600 {
                let command = Sample.donation(to: trial.fund)
                try client.publish(command, id: index == 300 ? deadly : command.donation.uuid)
            }
            try client.flush()
            let setting = ["NUANXIN_CRASH_AT": "message:\(deadly)"]
            var processes = try (0..<2).map { _ in try trial.start(setting) }
            var deaths = 0
            let connection = try Connection(
                PostgresConfiguration(url: trial.deployment.database("funding")))
            try trial.deployment.eventually("the message is set aside", within: 60) {
                for process in processes where !process.isRunning {
                    deaths += 1
                    processes.removeAll { $0 === process }
                    processes.append(try trial.start(setting))
                }
                return try connection.run(
                    """
                    SELECT FROM dead_letter
                    WHERE code = 'delivery_limit' AND message_id = \(deadly) AND state = 'open'
                    """
                ).count == 1
            }
            #expect((1...2).contains(deaths), "\(trial.logTail())")
            try trial.deployment.eventually("all others are accepted", within: 30) {
                try connection.run("SELECT FROM donation").count == 599
            }
            #expect(try connection.run("SELECT FROM dead_letter").count == 1)
            #expect(try connection.run("SELECT FROM trial").isEmpty)
            for process in processes { trial.deployment.stop(process) }
        }
    }
}
