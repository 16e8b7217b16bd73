import Foundation
import Messages
import Postgres
import Support

@testable import ServiceKit
@testable import ServiceSupport

/// The four services, each on a database of its own, without a broker. Registry decides the commands, and the others take in
/// what it publishes.
final class LifeServices {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let largestBatch = 60
    /// A step comes up to this many steps later than it happened.
    private static let spread = 200

    let registry: ServiceBench
    let others: [(name: String, bench: ServiceBench)]
    private let routes: [String: Set<String>]
    private(set) var answers = PropertyAnswers()

    init() throws {
        registry = try ServiceBench(
            MalformedCommandTests.Service.registry.definition(), retrySeconds: [0, 0, 5, 5])
        let definitions = try [MalformedCommandTests.Service.events, .funding, .reporting]
            .map { try $0.definition() }
        others = try definitions.map { ($0.name, try ServiceBench($0)) }
        routes = Dictionary(
            uniqueKeysWithValues: definitions.map { ($0.name, $0.router.facts) })
    }

    /// Late, twice, and not in order. Then each of the other services takes in the facts in an order of its own.
    func play(_ script: LifeScript, _ random: inout PropertyRandom) throws {
        for command in script.preparations { try decide([command.sent]) }
        var deliveries: [(at: Int, sent: PropertyCommand)] = []
        for (index, command) in script.commands.enumerated() {
            let delay = random.once(in: 3) ? random.number(in: 0...Self.spread) : 0
            deliveries.append((index + delay, command.sent))
            if random.once(in: 5) {
                deliveries.append((index + random.number(in: 0...Self.spread), command.sent))
            }
        }
        let sorted = deliveries.enumerated().sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }.map(\.element.sent)
        for batch in batches(sorted, &random) { try decide(batch) }
        try finish()
        for (name, bench) in others { try tell(name, bench, &random) }
    }

    /// The accepted commands in the order in which registry took them in.
    func accepted(_ script: LifeScript) -> [LifeCommand] {
        var order: [UUID: Int] = [:]
        for (index, fact) in registry.facts.enumerated() {
            guard let cause = fact.header.causationid, order[cause] == nil else { continue }
            order[cause] = index
        }
        return (script.preparations + script.commands).filter { answers.isAccepted($0.sent) }
            .sorted { order[$0.sent.id] ?? 0 < order[$1.sent.id] ?? 0 }
    }

    private func batches<Item>(_ items: [Item], _ random: inout PropertyRandom) -> [[Item]] {
        var batches: [[Item]] = []
        var rest = items[...]
        while !rest.isEmpty {
            batches.append(Array(rest.prefix(random.number(in: 1...Self.largestBatch))))
            rest = rest.dropFirst(batches[batches.count - 1].count)
        }
        return batches
    }

    private func decide(_ batch: [PropertyCommand]) throws {
        let before = registry.facts.count
        let answered = try registry.decide(batch.map { ($0.id, $0.command) }, time: time)
        answers.add(answered, registry.facts[before...])
    }

    /// One for all, so that a repetition is the same message.
    private let time = Timestamp.now()

    /// Until nothing waits any more.
    private func finish() throws {
        for _ in 0..<20 {
            let before = registry.facts.count
            answers.add(try registry.handleParked(), registry.facts[before...])
            let rows = try registry.connection.run("SELECT count(*) FROM parked")
            if try rows.first?.decode(Int.self, at: 0) == 0 { return }
            try registry.hurryParked()
        }
        throw Failure(description: "commands are parked for ever")
    }

    private func tell(
        _ name: String, _ bench: ServiceBench, _ random: inout PropertyRandom
    ) throws {
        let known = routes[name] ?? []
        var news: [[UInt8]] = []
        for (fact, body) in zip(registry.facts, registry.bodies)
        where known.contains(fact.header.type) {
            news.append(body)
            if random.once(in: 6) { news.append(body) }
        }
        for index in news.indices.dropFirst().reversed() {
            news.swapAt(index, random.number(in: 0...index))
        }
        for batch in batches(news, &random) { try bench.take(published: batch) }
        let dead = try bench.connection.run("SELECT count(*) FROM dead_letter")
        guard try dead.first?.decode(Int.self, at: 0) == 0 else {
            throw Failure(description: "\(name) could not take in all facts")
        }
    }
}
