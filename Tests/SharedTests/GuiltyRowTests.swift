import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@Suite("A row that the database refuses harms only its message")
struct GuiltyRowTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition) }

    /// Fifty messages, with guilty ones at the given places.
    private func decide(
        _ guilty: [Int: ToyService.Behaviour], reference: String? = nil
    ) throws -> [ServiceBench.Answered] {
        let commands = (0..<50).map { index in
            let behaviour = guilty[index] ?? .plain
            let isGuilty = guilty[index] != nil
            return (UUID(), Sample.donation(behaviour, reference: isGuilty ? reference : nil))
        }
        let answers = try bench.decide(commands.map { ($0.0, $0.1 as any Command) })
        let byCommand = Dictionary(grouping: answers) { $0.command }
        return try commands.map { id, _ in
            let all = byCommand[id.uuidString.lowercased()] ?? []
            #expect(all.count == 1, "one receipt each")
            return try #require(all.first)
        }
    }

    private func expectInnocentsAccepted(
        _ answers: [ServiceBench.Answered], but guilty: Set<Int>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for (index, answer) in answers.enumerated() where !guilty.contains(index) {
            #expect(answer.status == "accepted", "\(index)", sourceLocation: sourceLocation)
        }
        let innocents = answers.count - guilty.count
        #expect(try bench.count(of: "toy_effect") == innocents, sourceLocation: sourceLocation)
        #expect(try bench.count(of: "journal") == innocents, sourceLocation: sourceLocation)
        #expect(bench.facts.count == innocents, sourceLocation: sourceLocation)
        #expect(
            try bench.count("SELECT count(*) FROM toy_effect") == innocents,
            sourceLocation: sourceLocation)
    }

    @Test(arguments: [0, 1, 24, 25, 49])
    func `A CHECK is broken anywhere in the batch`(place: Int) throws {
        let answers = try decide([place: .check])
        #expect(answers[place].status == "rejected")
        #expect(answers[place].code == "constraint_violated")
        #expect(answers[place].expected == "values that keep toy_label")
        try expectInnocentsAccepted(answers, but: [place])
    }

    @Test func `A value does not fit its column`() throws {
        let answers = try decide([17: .tooLong])
        #expect(answers[17].code == "constraint_violated")
        try expectInnocentsAccepted(answers, but: [17])
    }

    @Test func `A deferred foreign key fails only at COMMIT`() throws {
        let answers = try decide([33: .dangling])
        #expect(answers[33].code == "constraint_violated")
        #expect(answers[33].expected == "values that keep toy_fund_exists")
        try expectInnocentsAccepted(answers, but: [33])
    }

    @Test func `A key that the service knows is refused with its code and place`() throws {
        try bench.decide(Sample.donation(reference: "taken"))
        let answer = try bench.decide(Sample.donation(reference: "taken"))
        #expect(answer.status == "rejected")
        #expect(answer.code == "reference_taken")
        #expect(answer.pointer == "/data/note")
    }

    @Test func `Of twins in one batch that want one key, the second is refused`() throws {
        let answers = try decide([10: .plain, 40: .plain], reference: "wanted")
        #expect(answers[10].status == "accepted")
        #expect(answers[40].code == "reference_taken")
        #expect(try bench.count(of: "toy_effect") == 49)
    }

    @Test func `A query that fails is tried again later, and the others go on`() throws {
        let answers = try decide([5: .divide])
        #expect(answers[5].status == "rejected", "division by zero is the data's fault")
        try expectInnocentsAccepted(answers, but: [5])
    }

    @Test func `Several guilty ones of several kinds are each found`() throws {
        let guilty: [Int: ToyService.Behaviour] = [
            0: .check, 7: .tooLong, 8: .dangling, 21: .divide, 22: .check, 48: .refuse, 49: .fail,
        ]
        let answers = try decide(guilty)
        #expect(answers[49].status == "parked")
        #expect(answers[48].code == "toy_rule")
        try expectInnocentsAccepted(answers, but: Set(guilty.keys))
    }

    @Test func `Fifty guilty ones leave no trace`() throws {
        let all = (0..<50).map { ($0, ToyService.Behaviour.check) }
        let answers = try decide(Dictionary(uniqueKeysWithValues: all))
        #expect(answers.allSatisfy { $0.code == "constraint_violated" })
        #expect(try bench.count(of: "toy_donation") == 0)
        #expect(try bench.count(of: "inbox") == 50)
    }

    @Test func `A guilty message sent again is a duplicate of its refusal`() throws {
        let (id, command, now) = (UUID(), Sample.donation(.check), Timestamp.now())
        try bench.decide(command, id: id, time: now)
        let again = try bench.decide(command, id: id, time: now)
        #expect(again.status == "duplicate")
        #expect(again.first == "rejected")
        #expect(again.code == "constraint_violated")
    }
}

@Suite("Messages that have a transaction of their own")
struct AloneTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition) }

    @Test func `What they execute is kept when they are accepted`() throws {
        let answers = try bench.decide([
            Sample.donation(), Sample.deposit(100), Sample.donation(), Sample.deposit(100),
        ])
        #expect(answers.map(\.status) == Array(repeating: "accepted", count: 4))
        #expect(try bench.count(of: "toy_effect") == 4)
    }

    @Test func `What they execute is undone when they are refused`() throws {
        let answer = try bench.decide(Sample.deposit(1))
        #expect(answer.status == "rejected")
        #expect(answer.code == "toy_rule")
        #expect(try bench.count(of: "toy_effect") == 0)
    }

    @Test func `What they execute is undone when they fail`() throws {
        #expect(try bench.decide(Sample.deposit(2)).status == "parked")
        #expect(try bench.count(of: "toy_effect") == 0)
    }

    @Test func `What they execute is undone when they wait`() throws {
        #expect(try bench.decide(Sample.deposit(3)).status == "parked")
        #expect(try bench.count(of: "toy_effect") == 0)
        #expect(try bench.count("SELECT count(*) FROM parked WHERE waits_for IS NOT NULL") == 1)
    }

    @Test func `What they execute is undone when the database refuses a part of it`() throws {
        let answers = try bench.decide([
            Sample.donation(), Sample.deposit(4), Sample.donation(),
        ])
        #expect(answers.map(\.status) == ["accepted", "rejected", "accepted"])
        #expect(try bench.count(of: "toy_effect") == 2)
    }
}
