import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@Suite("What a message gets for an answer")
struct DecisionTests {
    @Test func `A command is accepted once, with the ids of its facts`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let answer = try bench.decide(Sample.donation())
        #expect(answer.status == "accepted")
        #expect(answer.facts.map { UUID(uuidString: $0) } == bench.facts.map(\.header.id))
        #expect(try bench.count(of: "toy_effect") == 1)
    }

    @Test func `Its fact names its cause, its aggregate and which of its facts it is`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let (id, command) = (UUID(), Sample.donation())
        try bench.decide(command, id: id)
        let header = try #require(bench.facts.first).header
        #expect(header.causationid == id)
        #expect(header.correlationid == id.uuidString.lowercased())
        #expect(header.subject == command.donation.uuid.uuidString.lowercased())
        #expect(header.sequence == 1)
        #expect(header.source == "nuanxin/funding")
        #expect(header.traceparent?.hasPrefix("00-") == true)
    }

    @Test func `The same message again gets its first answer, and changes nothing`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let (id, command, now) = (UUID(), Sample.donation(), Timestamp.now())
        let first = try bench.decide(command, id: id, time: now)
        let again = try bench.decide(command, id: id, time: now)
        #expect(again.status == "duplicate")
        #expect(again.first == "accepted")
        #expect(again.facts == first.facts)
        #expect(again.receipt != first.receipt)
        #expect(bench.facts.count == 1)
        #expect(try bench.count(of: "toy_effect") == 1)
    }

    @Test func `A duplicate of a refused message gets the refusal again`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let (id, command, now) = (UUID(), Sample.donation(.refuse), Timestamp.now())
        try bench.decide(command, id: id, time: now)
        let again = try bench.decide(command, id: id, time: now)
        #expect(again.status == "duplicate")
        #expect(again.first == "rejected")
        #expect(again.code == "toy_rule")
        #expect(again.pointer == "/data/campaign")
    }

    @Test func `What the broker delivers again is answered by the very same receipt`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let body = try bench.body(Sample.donation())
        let type = ReceiveDonation.type
        let first = try bench.deliver(raw: body, routingKey: type)
        let again = try bench.deliver(raw: body, routingKey: type, redelivered: true)
        #expect(again.status == "accepted")
        #expect(again.receipt == first.receipt)
    }

    @Test func `Twins in one batch are one message`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let (id, command) = (UUID(), Sample.donation())
        let body = try bench.body(command, id: id)
        let answers = try bench.deliver(raw: [body, body, body], type: ReceiveDonation.type)
        #expect(answers.map(\.status) == ["accepted", "duplicate", "duplicate"])
        #expect(try bench.count(of: "toy_effect") == 1)
    }

    @Test func `The same id with another body is a conflict`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let (id, now) = (UUID(), Timestamp.now())
        try bench.decide(Sample.donation(), id: id, time: now)
        let other = try bench.decide(Sample.donation(), id: id, time: now)
        #expect(other.status == "rejected")
        #expect(other.code == "conflict")
        #expect(other.pointer == "/id")
        #expect(try bench.count(of: "toy_effect") == 1)
    }

    @Test func `It is a conflict whatever day the other body says`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let (id, command, now) = (UUID(), Sample.donation(), Timestamp.now())
        try bench.decide(command, id: id, time: now)
        for days in [1, 2, 29] {
            let earlier = Timestamp(microseconds: now.microseconds - Int64(days) * 86_400_000_000)
            #expect(try bench.decide(command, id: id, time: earlier).code == "conflict")
        }
        #expect(try bench.count(of: "toy_effect") == 1)
    }

    @Test func `A conflict within one batch is found too`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let id = UUID()
        let answers = try bench.decide([(id, Sample.donation()), (id, Sample.donation())])
        #expect(answers.map(\.status) == ["accepted", "rejected"])
        #expect(answers.last?.code == "conflict")
    }

    @Test func `A refusal leaves no trace of what the handler did before it`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let answers = try bench.decide([
            Sample.donation(), Sample.donation(.refuse), Sample.donation(),
        ])
        #expect(answers.map(\.status) == ["accepted", "rejected", "accepted"])
        #expect(try bench.count(of: "toy_donation") == 2)
        #expect(try bench.count(of: "toy_effect") == 2)
        #expect(bench.facts.count == 2)
    }

    @Test func `A fact is taken in once, and is not answered`() throws {
        let bench = try ServiceBench(ToyService.definition)
        let fact = PublisherGranted(
            publisher: "kiosk", territories: [Sample.district], types: ["funding.*"])
        let id = UUID()
        for _ in 0..<2 { try bench.take(fact, subject: UUID(), sequence: 1, id: id) }
        #expect(try bench.count(of: "publisher_grant") == 1)
        #expect(try bench.count(of: "inbox") == 1)
        #expect(bench.facts.isEmpty)
    }

    @Test func `Positions in the journal have no gap, whatever was refused between`() throws {
        let bench = try ServiceBench(ToyService.definition)
        for behaviour in [ToyService.Behaviour.plain, .refuse, .check, .plain, .tooLong, .plain] {
            try bench.decide([Sample.donation(behaviour), Sample.donation()])
        }
        #expect(
            try bench.text("SELECT string_agg(position::text, ',' ORDER BY position) FROM journal")
                == "1,2,3,4,5,6,7,8,9")
    }

    @Test func `A message of more than two hundred and fifty-five facts is told all their ids`()
        throws
    {
        let bench = try ServiceBench(ManyFacts.definition)
        let answer = try bench.decide(Sample.fund())
        #expect(answer.status == "accepted")
        #expect(Set(answer.facts).count == 600)
        #expect(Set(bench.facts.map(\.header.id)).count == 600)
    }
}

/// Emits many facts for one command.
private enum ManyFacts {
    static let definition = ServiceDefinition(
        name: "funding", version: "0", migrations: [ToyService.migration],
        router: router)

    private static let router: Router = {
        var router = Router()
        router.on(OpenFund.self, open)
        return router
    }()

    static func open(_ command: OpenFund, _ unit: UnitOfWork) throws -> [Emission] {
        var fund = ToyFund(id: command.fund.uuid)
        return try (0..<600).map { _ in
            try unit.save(
                &fund,
                FundOpened(command))
        }
    }
}
