import AMQP
import ArgumentParser
import Foundation
import Messages
import Support

/// Time from publishing a command to receiving its fact, at a steady rate.
struct Latency: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Milliseconds from command to fact, at a steady rate.")

    @OptionGroup var output: Output
    @Option(help: "Commands a second.") var rate = 200
    @Option(help: "Commands.") var count = 4_000

    func run() throws {
        let deployment = try Deployment("latency", services: ["funding"])
        defer { deployment.stopAll() }
        let host = deployment.virtualHost
        // The queue of facts that another service would read.
        try deployment.manage(
            "PUT", "queues/\(host)/observed", nil,
            body: #"{"durable":true,"arguments":{"x-queue-type":"quorum"}}"#)
        try deployment.manage(
            "POST", "bindings/\(host)/e/nuanxin.facts/q/observed", nil,
            body: ##"{"routing_key":"funding.donation.#"}"##)
        let publisher = try Client(deployment.broker("operator"))
        let reader = try Client(deployment.broker("admin"))
        try reader.consume("observed")
        let fund = FundID(UUID())
        let donations = try Donations(funds: [fund])
        _ = try deployment.start("funding")
        try publisher.publish(donations.open(fund), receipt: false)
        let times = try measure(publisher, reader, donations).sorted()
        output.print(
            "latency",
            [
                "p50_ms": times[times.count / 2], "p99_ms": times[times.count * 99 / 100],
                "max_ms": times[times.count - 1], "rate_per_s": Double(rate),
                "count": Double(times.count),
            ])
    }

    private func measure(
        _ publisher: Client, _ reader: Client, _ donations: Donations
    ) throws -> [Double] {
        let warmUp = rate
        var sent: [String: ContinuousClock.Instant] = [:]
        var times: [Double] = []
        var published = 0
        let start = ContinuousClock.now
        let deadline = Deadline(Double(count + warmUp) / Double(rate) + Patience.start)
        while published < count + warmUp || !sent.isEmpty {
            try deadline.check("\(count) facts, of which \(times.count) came")
            let due = start + .seconds(Double(published) / Double(rate))
            if published < count + warmUp, ContinuousClock.now >= due {
                let id = UUID()
                if published >= warmUp { sent[id.uuidString.lowercased()] = .now }
                try publisher.publish(donations.next(), id: id, receipt: false)
                published += 1
            }
            for delivery in try reader.receive(milliseconds: 1) {
                // A fact's correlation id is its command's id.
                guard let id = delivery.properties.correlationID,
                    let at = sent.removeValue(forKey: id)
                else { continue }
                times.append((ContinuousClock.now - at).seconds * 1_000)
            }
        }
        return times
    }
}
