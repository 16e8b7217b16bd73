import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

/// A sequence of commands, all of it from one seed, and what must hold once they are decided.
protocol PropertySequence: Sendable {
    static func definition() throws -> ServiceDefinition
    /// Brings in what all sequences share, once for the database.
    static func prepare(_ bench: ServiceBench) throws
    /// Problems that remain when all sequences are over.
    static func problemsAtEnd(_ bench: ServiceBench) throws -> [String]

    /// - Parameter number: of the sequence in its database, from 0.
    init(number: Int, _ random: inout PropertyRandom) throws

    var commands: [PropertyCommand] { get }
    /// Problems in the rows of this sequence's ids, by a plain model of the accepted commands.
    func problems(_ answers: PropertyAnswers, _ bench: ServiceBench) throws -> [String]
}

/// A command with the message id under which each of its deliveries comes.
struct PropertyCommand: Sendable {
    let id: UUID
    let command: any Command
}

/// How many sequences are played, and from which seed: of the test run, or as its environment says.
struct PropertySettings {
    static let usualCount = 1_000
    static let counts = 1...1_000_000

    let seed: UInt64
    let count: Int

    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter perMille: this property's share of all sequences.
    init(perMille: Int) throws {
        let all = try TestServers.option("NUANXIN_TEST_SEQUENCES").map { text in
            guard let count = Int(text), Self.counts.contains(count) else {
                throw Invalid(description: "NUANXIN_TEST_SEQUENCES is no number in \(Self.counts)")
            }
            return count
        }
        seed =
            try TestServers.option("NUANXIN_TEST_SEED").map { text in
                guard let seed = UInt64(text) else {
                    throw Invalid(description: "NUANXIN_TEST_SEED is no number of 64 bits")
                }
                return seed
            } ?? UInt64.random(in: 0...UInt64.max)
        count = max(1, (all ?? Self.usualCount) * perMille / 1_000)
    }
}

/// All that a sequence draws: numbers, days and ids.
struct PropertyRandom {
    private var numbers: SeededRandom

    init(_ seed: UInt64) { numbers = SeededRandom(seed) }

    mutating func number(in range: ClosedRange<Int>) -> Int { numbers.number(in: range) }

    /// True once in `count` times.
    mutating func once(in count: Int) -> Bool { numbers.once(in: count) }

    mutating func one<Item>(of items: [Item]) -> Item { numbers.one(of: items) }

    mutating func day(_ first: BusinessDate, within days: Int) -> BusinessDate {
        first.adding(days: numbers.below(days))
    }

    mutating func uuid() -> UUID { numbers.uuid() }

    mutating func id<Kind>(_ type: ID<Kind>.Type = ID<Kind>.self) -> ID<Kind> { ID(uuid()) }

    /// A command under an id of its own.
    mutating func sent(_ command: any Command) -> PropertyCommand {
        PropertyCommand(id: uuid(), command: command)
    }

    /// One line of several: each keeps its order.
    mutating func merged<Item>(_ lines: [[Item]]) -> [Item] {
        var rest = lines.map { $0[...] }.filter { !$0.isEmpty }
        var merged: [Item] = []
        while !rest.isEmpty {
            let index = numbers.below(rest.count)
            merged.append(rest[index].removeFirst())
            if rest[index].isEmpty { rest.remove(at: index) }
        }
        return merged
    }
}

/// The receipts of each command, and the facts that followed.
struct PropertyAnswers: Sendable {
    private(set) var final: [UUID: Set<String>] = [:]
    private(set) var codes: [UUID: String] = [:]
    private(set) var facts: [Message] = []

    mutating func add(_ answers: [ServiceBench.Answered], _ facts: some Sequence<Message>) {
        self.facts += facts
        for answer in answers {
            guard let id = answer.command.flatMap(UUID.init(uuidString:)) else { continue }
            let status = answer.status == "duplicate" ? answer.first : answer.status
            if let status, !["parked", "notice"].contains(status) {
                final[id, default: []].insert(status)
            }
            codes[id] = answer.code ?? codes[id]
        }
    }

    func isAccepted(_ command: PropertyCommand) -> Bool { final[command.id] == ["accepted"] }

    /// Each command is decided once, and by a rule: never because something failed.
    func problems(_ commands: [PropertyCommand]) -> [String] {
        commands.compactMap { command in
            let type = type(of: command.command).type
            guard final[command.id]?.count == 1 else {
                return "\(type) \(command.id) has the answers \(final[command.id] ?? [])"
            }
            let failures = ["constraint_violated", "handler_failed", "delivery_limit", "conflict"]
            let code = codes[command.id] ?? ""
            return failures.contains(code) ? "\(type) \(command.id) is refused as \(code)" : nil
        }
    }
}

/// Plays sequences of one kind on two workers over one database.
struct PropertyRun<Kind: PropertySequence> {
    private let settings: PropertySettings
    private let workers: [PropertyWorker]

    /// - Parameter perMille: this property's share of all sequences.
    init(_ kind: Kind.Type, perMille: Int) async throws {
        settings = try PropertySettings(perMille: perMille)
        let definition = try Kind.definition()
        let url = try await TestServers.databaseURL()
        let first = PropertyWorker { try ServiceBench(definition, migrating: url) }
        try await first.perform { try Kind.prepare($0) }
        // A wait is not over before what it waits for could have come.
        workers = (0..<2).map { _ in
            PropertyWorker { try ServiceBench(definition, url: url, retrySeconds: [0, 0, 5, 5]) }
        }
    }

    /// Up to the first sequence that breaks something. Over many of them, each type of command must have been
    /// accepted, or the property says nothing of it. What is rarely accepted gets as many sequences once more.
    func play() async throws {
        print("\(Kind.self): \(settings.count) sequences, NUANXIN_TEST_SEED=\(settings.seed)")
        var counts: [String: (accepted: Int, all: Int)] = [:]
        for number in 0..<settings.count * 2 {
            if number >= settings.count, counts.values.allSatisfy({ $0.accepted > 0 }) { break }
            let seed = settings.seed &+ UInt64(number)
            var random = PropertyRandom(seed)
            let sequence = try Kind(number: number, &random)
            let answers = try await decide(sequence.commands, &random)
            let found = try await workers[0].perform { try sequence.problems(answers, $0) }
            let problems = answers.problems(sequence.commands) + found
            for command in sequence.commands {
                let type = type(of: command.command).type
                counts[type, default: (0, 0)].all += 1
                if answers.isAccepted(command) { counts[type, default: (0, 0)].accepted += 1 }
            }
            guard problems.isEmpty else {
                return report(problems, seed, sequence.commands, answers)
            }
        }
        #expect(try await workers[0].perform { try Kind.problemsAtEnd($0) } == [])
        let (accepted, all) = counts.values.reduce((0, 0)) { ($0.0 + $1.accepted, $0.1 + $1.all) }
        print("\(Kind.self): \(accepted) of \(all) commands accepted")
        guard settings.count >= 100 else { return }
        for (type, count) in counts.sorted(by: { $0.key < $1.key }) {
            #expect(count.accepted > 0, "none of \(count.all) \(type) was accepted")
        }
    }

    private func report(
        _ problems: [String], _ seed: UInt64, _ commands: [PropertyCommand],
        _ answers: PropertyAnswers
    ) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = commands.map { item in
            let data = (try? encoder.encode(item.command)) ?? Data()
            let answer = answers.final[item.id]?.sorted().joined(separator: "|") ?? "none"
            return "\(type(of: item.command).type) \(String(decoding: data, as: UTF8.self)) "
                + "-> \(answer) \(answers.codes[item.id] ?? "")"
        }
        print("NUANXIN_TEST_SEED=\(seed) \(Kind.self): \(problems.joined(separator: "; "))")
        print("NUANXIN_TEST_SEED=\(seed) \(Kind.self): \(lines.joined(separator: "; "))")
        Issue.record("NUANXIN_TEST_SEED=\(seed): \(problems.joined(separator: "; "))")
    }

    // MARK: Delivery

    private func decide(
        _ commands: [PropertyCommand], _ random: inout PropertyRandom
    ) async throws -> PropertyAnswers {
        let plans = plans(commands, &random)
        let now = Timestamp.now()
        let (first, second) = (plans[0], plans[1])
        async let one = workers[0].perform { try Self.deliver(first, $0, at: now) }
        async let other = workers[1].perform { try Self.deliver(second, $0, at: now) }
        let results = try await [one, other]
        let late = try await workers[0].perform { try Self.finish($0) }
        var answers = PropertyAnswers()
        for result in results + [late] { answers.add(result.answers, result.facts) }
        return answers
    }

    /// The batches of each worker. Commands come out of order by at most a spread, from not at all to wholly
    /// shuffled; a third comes twice.
    private func plans(
        _ commands: [PropertyCommand], _ random: inout PropertyRandom
    ) -> [[[PropertyCommand]]] {
        let spread = random.one(of: [1, 1, 3, 8, commands.count])
        var deliveries: [(at: Int, command: PropertyCommand)] = []
        for (index, command) in commands.enumerated() {
            deliveries.append((index + random.number(in: 0...spread - 1), command))
            if random.once(in: 3) {
                deliveries.append((random.number(in: 0...commands.count), command))
            }
        }
        deliveries.sort { $0.at < $1.at }
        var rest = deliveries.map(\.command)[...]
        var plans: [[[PropertyCommand]]] = [[], []]
        let isAlone = random.once(in: 3)
        while !rest.isEmpty {
            let batch = rest.prefix(random.number(in: 1...6))
            plans[isAlone ? 0 : random.number(in: 0...1)].append(Array(batch))
            rest = rest.dropFirst(batch.count)
        }
        return plans
    }

    private struct Delivered: Sendable {
        var answers: [ServiceBench.Answered] = []
        var facts: [Message] = []
    }

    private static func deliver(
        _ plan: [[PropertyCommand]], _ bench: ServiceBench, at time: Timestamp
    ) throws -> Delivered {
        let before = bench.facts.count
        let answers = try plan.flatMap { batch in
            try bench.decide(batch.map { ($0.id, $0.command) }, time: time)
        }
        return Delivered(answers: answers, facts: Array(bench.facts[before...]))
    }

    /// Handles what was parked until nothing waits any more.
    private static func finish(_ bench: ServiceBench) throws -> Delivered {
        var late = Delivered()
        let before = bench.facts.count
        for _ in 0..<20 {
            late.answers += try bench.handleParked()
            let rows = try bench.connection.run("SELECT count(*) FROM parked")
            if try rows.first?.decode(Int.self, at: 0) == 0 { break }
            try bench.hurryParked()
        }
        late.facts = Array(bench.facts[before...])
        return late
    }
}
