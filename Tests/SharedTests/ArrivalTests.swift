import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

/// A service that takes in the facts of `ToyService`, and commands of its own.
enum ToyConsumer {
    static let definition = ServiceDefinition(
        name: "reporting", version: "0",
        migrations: [
            Migration(
                "0001_toy",
                "CREATE TABLE toy_effect (donation uuid NOT NULL, message uuid NOT NULL)")
        ], router: router)

    private static let router: Router = {
        var router = Router()
        router.on(DonationReceived.self) { fact, unit in
            unit.append(ToyEffect(donation: fact.donation.uuid, message: unit.message.id))
        }
        router.on(RebuildCells.self) { _, _ in [Emission]() }
        return router
    }()
}

@Suite("Facts that a service takes in, and those that it misses")
struct ArrivalTests {
    private let producer: ServiceBench
    private let consumer: ServiceBench

    init() throws {
        producer = try ServiceBench(ToyService.definition)
        consumer = try ServiceBench(ToyConsumer.definition)
    }

    /// Bodies of the facts of so many donations, each decided alone.
    private func facts(_ count: Int) throws -> [[UInt8]] {
        for _ in 0..<count { try producer.decide(Sample.donation()) }
        return producer.bodies
    }

    /// As it is a while after everything has arrived.
    private func missing() throws -> Int64 {
        _ = try consumer.connection.run(
            "UPDATE fact_arrival SET changed_at = changed_at - interval '2 minutes'")
        return try Arrivals.missing(consumer.connection)
    }

    @Test func `A fact says where it stands, and what came before it for the same service`() throws
    {
        try producer.decide(Sample.donation())
        try producer.decide(Sample.fund())
        try producer.decide(Sample.donation())
        let places = producer.facts.compactMap(\.header.journal).compactMap(JournalPlace.init)
        #expect(places.map(\.position) == [1, 2, 3])
        #expect(places.map(\.before) == [["reporting": 0], ["reporting": 1], ["reporting": 2]])
        #expect(Set(places.map(\.owner)).count == 1)
    }

    @Test func `Facts that arrive out of order and twice are not missing`() throws {
        let facts = try facts(70)
        try consumer.take(published: facts.reversed())
        try consumer.take(published: facts)
        #expect(try missing() == 0)
        #expect(try consumer.count(of: "toy_effect") == 70)
        let arrived = try consumer.count(
            "SELECT sum(bit_count(arrived::bit(64)))::bigint FROM fact_arrival")
        #expect(arrived == 70)
    }

    @Test func `A fact that does not arrive is missed once a later one has, and until it comes`()
        throws
    {
        let facts = try facts(4)
        try consumer.take(published: [facts[0], facts[3]])
        #expect(try Arrivals.missing(consumer.connection) == 0, "it may be on its way")
        #expect(try missing() == 1, "the one before the last; the other is not known of yet")
        try consumer.take(published: [facts[2]])
        #expect(try missing() == 1)
        try consumer.take(published: [facts[1]])
        #expect(try missing() == 0)
    }

    @Test func `A gap across two rows is one, too`() throws {
        let facts = try facts(65)
        try consumer.take(published: Array(facts.prefix(62)) + [facts[64]])
        #expect(try missing() == 1)
    }

    @Test func `A fact that cannot be read is a dead letter, and not missing`() throws {
        let facts = try facts(3)
        let text = String(decoding: facts[1], as: UTF8.self)
        let broken = Array(text.replacing(#""amountFen":100"#, with: #""amountFen":"x""#).utf8)
        #expect(broken != facts[1])
        try consumer.take(raw: [facts[0], broken, facts[2]].map { (DonationReceived.type, $0) })
        #expect(try consumer.count(of: "dead_letter") == 1)
        #expect(try missing() == 0)
    }

    @Test func `A fact whose inbox row was purged changes nothing when it is sent again`() throws {
        let facts = try facts(3)
        try consumer.take(published: facts)
        _ = try consumer.connection.run("DELETE FROM inbox")
        try consumer.take(published: [facts[1]])
        #expect(try missing() == 0)
    }

    @Test(arguments: [
        "", "12", "12/0", "12/x", "12/4 events", "12/4 events/4", "12/4 events/-1", "x/4",
        "12/4/5", "99999999999/4",
    ])
    func `A text that is no place is none`(text: String) {
        #expect(JournalPlace(text) == nil)
    }

    @Test func `A place is read as it was written`() throws {
        let place = JournalPlace(owner: 12, position: 1042, before: ["funding": 1041, "events": 0])
        #expect(place.text == "12/1042 events/0 funding/1041")
        #expect(JournalPlace(place.text) == place)
    }

    @Test func `A place that a publisher writes into a command is none`() throws {
        let header = Header(
            id: UUID(), source: "test", type: RebuildCells.type, time: .now(),
            journal: "1/9 reporting/8")
        let body = try MessageEncoder().encode(header, RebuildCells(reason: "a test"))
        let answer = try consumer.deliver(raw: body, routingKey: RebuildCells.type)
        #expect(answer.status == "accepted")
        #expect(try consumer.count(of: "fact_arrival") == 0)
    }
}

@Suite("Ids that publishers choose, beside those of facts")
struct ChosenIDTests {
    private let producer: ServiceBench
    private let consumer: ServiceBench
    private let command = UUID()
    /// The id of the fact that follows from it.
    private var coming: UUID {
        DecidedMessage(id: command, publisher: "operator", service: "funding").fact(0)
    }

    init() throws {
        producer = try ServiceBench(ToyService.definition)
        consumer = try ServiceBench(ToyConsumer.definition)
    }

    @Test func `Whoever takes the id of a coming fact for a command does not keep the fact away`()
        throws
    {
        let taken = try consumer.decide(
            RebuildCells(reason: "a test"), id: coming)
        #expect(taken.status == "accepted")
        try producer.decide(Sample.donation(), id: command)
        #expect(producer.facts.map(\.header.id) == [coming])
        try consumer.take(published: producer.bodies)
        #expect(try consumer.count(of: "toy_effect") == 1)
        #expect(try consumer.count(of: "inbox") == 2)
        #expect(try consumer.count(of: "dead_letter") == 0)
    }

    @Test func `Whoever takes the id of a fact afterwards is told nothing of it`() throws {
        try producer.decide(Sample.donation(), id: command)
        try consumer.take(published: producer.bodies)
        let late = try consumer.decide(
            RebuildCells(reason: "a test"), id: coming)
        #expect(late.status == "accepted")
    }

    /// A fact with the id of one that was taken in, and another body.
    private func changed() -> [UInt8] {
        let text = String(decoding: producer.bodies[0], as: UTF8.self)
        return Array(text.replacing(#""amountFen":100"#, with: #""amountFen":200"#).utf8)
    }

    @Test(arguments: [false, true])
    func `A fact that contradicts the one of its id is a dead letter, in one batch or two`(
        inOneBatch: Bool
    ) throws {
        try producer.decide(Sample.donation(), id: command)
        let both = [producer.bodies[0], changed()].map { (DonationReceived.type, $0) }
        if inOneBatch {
            try consumer.take(raw: both)
        } else {
            for fact in both { try consumer.take(raw: [fact]) }
        }
        #expect(try consumer.count(of: "toy_effect") == 1)
        #expect(
            try consumer.text("SELECT code FROM dead_letter WHERE state = 'open'") == "conflict")
        #expect(try consumer.text("SELECT state::text FROM inbox") == "4", "the first one stands")
    }

    @Test func `Tried again it is a dead letter again`() throws {
        try producer.decide(Sample.donation(), id: command)
        try consumer.take(raw: [producer.bodies[0], changed()].map { (DonationReceived.type, $0) })
        #expect(try consumer.redrive() == 1)
        try consumer.handleParked()
        #expect(try consumer.count("SELECT count(*) FROM dead_letter WHERE state = 'open'") == 1)
    }
}
