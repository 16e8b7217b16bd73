import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send the facts of a service's journal again.",
        discussion: """
            Use it when `nuanxin doctor` names facts that a service lacks. You can use it at any time: a \
            service drops the facts it has, and nothing is counted twice. Only facts that the receiver takes \
            in are sent. The service sends them itself, also if this command is interrupted.

            Status 1 if a replay to the same receiver goes on. Status 3 if nothing moves for --wait seconds.
            """)

    @Argument(help: "The service whose journal is sent: registry, funding, events or reporting.")
    var service: String
    @Option(
        help: """
            The time of the first fact to send, such as 2026-05-26T08:00:00Z, or a day, which begins at \
            midnight UTC. Default: the whole journal.
            """)
    var from: String?
    @Option(help: "The service that gets the facts. Default: every service that takes them in.")
    var to: String?
    @Option(help: "Seconds without progress after which the command gives up watching.")
    var wait = 60
    @Flag(help: "Print JSON.")
    var json = false

    private static let pause = 0.2

    func validate() throws {
        guard from == nil || first != nil else {
            throw ValidationError("--from must be a time or a day, such as 2026-05-26T08:00:00Z")
        }
        guard let to else { return }
        guard Topology.services.contains(to) else {
            throw ValidationError(
                "\(to) is no service; services are \(Topology.services.joined(separator: ", "))")
        }
        let takes = Subscriptions.facts(of: to).contains { $0.type.hasPrefix(service + ".") }
        guard takes else { throw ValidationError("\(to) takes in no facts of \(service)") }
    }

    private var first: Timestamp? { from.flatMap { Timestamp($0) ?? Timestamp("\($0)T00:00:00Z") } }

    func run() throws {
        let connection = try orExit {
            let databases = try ServiceDatabases()
            return try databases.open(databases.services(only: service)[0])
        }
        let destination = to.map(ReplayDestination.service) ?? .everybody
        let replay = RequestedReplay(to: destination, from: first)
        guard let facts = try orExit({ try replay.start(connection) }) else {
            throw ExitCode.error("a replay of \(service) to \(destination) goes on: wait for it", 1)
        }
        let begin = ContinuousClock.now
        guard try watch(replay, connection) else {
            throw ExitCode.error("nothing moves any more: is \(service) running?", 3)
        }
        let seconds = (ContinuousClock.now - begin).inSeconds
        guard json else {
            print("\(facts) facts of \(service) sent again to \(destination)")
            return
        }
        let report: JSONValue = [
            "service": .text(service), "to": .text(destination.description),
            "facts": JSONValue(facts), "milliseconds": JSONValue(Int64(seconds * 1_000)),
        ]
        print(report.compact)
    }

    /// - Returns: false if nothing has moved for `wait` seconds.
    private func watch(_ replay: RequestedReplay, _ connection: Connection) throws -> Bool {
        var last = try replay.progress(connection)
        var moved = ContinuousClock.now
        let bar = ProgressBar("replay", total: Int(last.all), unit: "facts ")
        while !last.isOver {
            guard ContinuousClock.now - moved < .seconds(wait) else { return false }
            Thread.sleep(forTimeInterval: Self.pause)
            let now = try replay.progress(connection)
            if now != last { (last, moved) = (now, .now) }
            bar.show(Int(last.passed))
        }
        bar.finish()
        return true
    }
}
