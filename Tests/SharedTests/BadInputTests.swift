import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@Suite("Bad input, and what it gets")
struct BadInputTests {
    private let bench: ServiceBench
    private let type = ReceiveDonation.type
    private let id = UUID()

    init() throws { bench = try ServiceBench(ToyService.definition) }

    /// A valid command with one thing changed in its JSON.
    private func document(
        _ change: (inout [String: Any], inout [String: Any]) -> Void
    ) throws -> [UInt8] {
        let body = try bench.body(Sample.donation(), id: id)
        let parsed = try JSONSerialization.jsonObject(with: Data(body))
        var envelope = try #require(parsed as? [String: Any])
        var data = try #require(envelope["data"] as? [String: Any])
        change(&envelope, &data)
        if envelope["data"] is [String: Any] { envelope["data"] = data }
        return Array(try JSONSerialization.data(withJSONObject: envelope))
    }

    /// Delivers a body twice, between two good ones, and expects the same refusal each time, one dead
    /// letter that counts both, and nothing else to suffer.
    private func expectDead(
        _ body: [UInt8], _ code: String, at pointer: String, knowsID: Bool = true,
        routingKey: String? = nil, user: String? = "operator",
        replyTo: String? = "receipts.operator", isAnswered: Bool = true,
        isKept: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try bench.decide(Sample.donation()).status == "accepted")
        var receipts: Set<String?> = []
        for _ in 0..<2 {
            let answer = try bench.deliver(
                raw: body, routingKey: routingKey ?? type, user: user, replyTo: replyTo)
            receipts.insert(answer.receipt)
            guard isAnswered else {
                #expect(answer.status == nil, sourceLocation: sourceLocation)
                continue
            }
            #expect(answer.status == "rejected", sourceLocation: sourceLocation)
            #expect(answer.code == code, sourceLocation: sourceLocation)
            #expect(answer.pointer == pointer, sourceLocation: sourceLocation)
            #expect(answer.expected?.isEmpty == false, sourceLocation: sourceLocation)
            let command = knowsID ? id.uuidString.lowercased() : nil
            #expect(answer.command == command, sourceLocation: sourceLocation)
        }
        #expect(receipts.count == 1, "one receipt for one body", sourceLocation: sourceLocation)
        #expect(try bench.decide(Sample.donation()).status == "accepted")
        let letters = try bench.count(
            """
            SELECT count(*) FROM dead_letter WHERE code = \(code) AND pointer = \(pointer)
            AND times = 2 AND state = 'open' AND size = \(Int32(body.count))
            """)
        #expect(letters == 1, sourceLocation: sourceLocation)
        let kept = try bench.deadBodies().first
        #expect(kept == (isKept ? body : nil), sourceLocation: sourceLocation)
        #expect(try bench.count(of: "dead_letter") == 1, sourceLocation: sourceLocation)
        #expect(try bench.count(of: "toy_effect") == 2, sourceLocation: sourceLocation)
    }

    @Test(arguments: ["", "nonsense", "{", "{\"id\":}", "\u{0}"])
    func `What is not JSON is dead at once`(text: String) throws {
        try expectDead(Array(text.utf8), "not_json", at: "", knowsID: false)
    }

    @Test func `Bytes that are no text are dead at once`() throws {
        try expectDead([0xFF, 0xFE, 0x00, 0x80], "not_json", at: "", knowsID: false)
    }

    @Test func `An envelope of another version is refused`() throws {
        try expectDead(
            document { envelope, _ in envelope["specversion"] = "0.3" }, "wrong_envelope",
            at: "/specversion")
    }

    @Test func `JSON that is no document is refused`() throws {
        try expectDead(Array("[1, 2]".utf8), "wrong_envelope", at: "", knowsID: false)
    }

    @Test func `A message without an id is refused`() throws {
        try expectDead(
            document { envelope, _ in envelope["id"] = nil }, "missing_field", at: "/id",
            knowsID: false)
    }

    @Test func `A type that nobody knows is refused`() throws {
        try expectDead(
            document { envelope, _ in envelope["type"] = "funding.donation.invent.v1" },
            "unknown_type", at: "/type", routingKey: "funding.donation.invent.v1")
    }

    @Test func `A command of another service is refused and told where it belongs`() throws {
        let body = try document { envelope, _ in envelope["type"] = "registry.site.close.v1" }
        let answer = try bench.deliver(raw: body, routingKey: "funding.donation.receive.v1")
        #expect((answer.code, answer.pointer) == ("unknown_type", "/type"))
        let receipt = try #require(Receipt(body: answer.body))
        #expect(receipt.found == "a command of registry")
        #expect(receipt.expected?.hasSuffix("for the queue registry.commands") == true)
    }

    @Test func `A version that is not known here is refused`() throws {
        try expectDead(
            document { envelope, _ in envelope["type"] = "funding.donation.receive.v9" },
            "unknown_version", at: "/type", routingKey: "funding.donation.receive.v9")
    }

    @Test func `A type that is not the routing key is refused`() throws {
        try expectDead(
            document { _, _ in }, "wrong_envelope", at: "/type",
            routingKey: "funding.fund.open.v1")
    }

    @Test func `A missing field is named`() throws {
        try expectDead(
            document { _, data in data["amountFen"] = nil }, "missing_field",
            at: "/data/amountFen")
    }

    @Test func `A field of another type is named`() throws {
        try expectDead(
            document { _, data in data["amountFen"] = "a hundred" }, "mistyped_field",
            at: "/data/amountFen")
    }

    @Test func `A value outside of its limits is named`() throws {
        try expectDead(
            document { _, data in data["amountFen"] = -5 }, "invalid_value",
            at: "/data/amountFen")
    }

    @Test(arguments: ["2062-11-28", "1978-12-31"])
    func `A date that the message's own time does not allow is named`(day: String) throws {
        try expectDead(
            document { _, data in data["receivedOn"] = day }, "date_out_of_bounds",
            at: "/data/receivedOn")
    }

    @Test func `A body over one mebibyte is refused unread`() throws {
        let padding = String(repeating: "x", count: 1 << 20)
        try expectDead(
            document { envelope, _ in envelope["padding"] = padding }, "too_large", at: "",
            knowsID: false, isKept: false)
    }

    @Test func `A time in the future is refused`() throws {
        let body = try bench.body(Sample.donation(), id: id, time: after(days: 1))
        try expectDead(body, "time_in_future", at: "/time")
    }

    @Test func `A time that the inbox has forgotten is refused`() throws {
        let body = try bench.body(Sample.donation(), id: id, time: after(days: -31))
        try expectDead(body, "time_too_old", at: "/time")
    }

    @Test func `A clock that is a little ahead is forgiven`() throws {
        let soon = Timestamp(microseconds: Timestamp.now().microseconds + 60_000_000)
        #expect(try bench.decide(Sample.donation(), id: id, time: soon).status == "accepted")
    }

    @Test func `Without user_id nobody knows whom to answer`() throws {
        try expectDead(
            document { _, _ in }, "user_id_missing", at: "", user: nil, isAnswered: false)
    }

    @Test func `A reply_to that is another's queue is refused and not written to`() throws {
        try expectDead(
            document { _, _ in }, "reply_to_foreign", at: "", replyTo: "receipts.somebody",
            isAnswered: false)
    }

    @Test func `Without reply_to nothing is answered and all is done`() throws {
        let body = try bench.body(Sample.donation())
        let answer = try bench.deliver(raw: body, routingKey: type, replyTo: nil)
        #expect(answer.status == nil)
        #expect(try bench.count(of: "toy_effect") == 1)
    }

    @Test func `NUL in a property or a text stops nothing`() throws {
        let good = try bench.body(Sample.donation())
        let answer = try bench.deliver(raw: good, routingKey: type, correlationID: "a\u{0}b")
        #expect(answer.status == "accepted")
        let bad = try bench.deliver(
            raw: Array("}".utf8), routingKey: type + "\u{0}", correlationID: "\u{0}")
        #expect(bad.code == "not_json")
        let text = try bench.decide(Sample.donation(reference: "a\u{0}b"))
        #expect(text.status == "rejected")
    }

    @Test func `A correlation id that is no UUID is not kept, however it was repaired`() throws {
        let repaired = String(repeating: "\u{FFFD}", count: 255)
        let answer = try bench.deliver(
            raw: Array("{".utf8), routingKey: type, correlationID: repaired)
        #expect(answer.code == "not_json")
        let kept = try bench.count(
            "SELECT count(*) FROM dead_letter WHERE correlation_id IS NOT NULL")
        #expect(kept == 0)
    }

    @Test func `A fact of somebody else's name is refused`() throws {
        let fact = PublisherGranted(publisher: "x", territories: [], types: ["*"])
        try bench.take(fact, subject: UUID(), sequence: 1, as: "subdistrict")
        #expect(try bench.count(of: "publisher_grant") == 0)
        #expect(try bench.text("SELECT code FROM dead_letter") == "wrong_envelope")
    }

    private func after(days: Int64) -> Timestamp {
        Timestamp(microseconds: Timestamp.now().microseconds + days * 86_400_000_000)
    }
}
