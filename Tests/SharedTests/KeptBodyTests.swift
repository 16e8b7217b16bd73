import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("Bodies that are kept, and digests")
struct KeptBodyTests {
    private static let name = "陈小明"

    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition, retrySeconds: [0, 0, 5]) }

    /// Every row of a table as text, in which `bytea` stands in hexadecimal digits.
    private func holds(_ table: String, _ text: String) throws -> Bool {
        let rows = try bench.connection.run(
            Statement(trusted: "SELECT t::text FROM \(table) AS t"))
        let hexadecimal = text.utf8.map { String(format: "%02x", $0) }.joined()
        return try rows.contains { row in
            let line = try row.decode(String.self, at: 0)
            return line.contains(text) || line.contains(hexadecimal)
        }
    }

    private func purge(after days: Int32) throws {
        let day = BusinessDate(day: Timestamp.now().day.day + days)
        try Retention().purge(bench.connection, on: day)
    }

    private func bury(_ text: String = "") throws {
        let body = Array(#"{"name":"\#(Self.name)\#(text)","#.utf8)
        #expect(try bench.deliver(raw: body, routingKey: ReceiveDonation.type).code == "not_json")
    }

    // MARK: Sealed

    @Test func `A message that waits or is dead keeps no word of its body in clear`() throws {
        let waiting = Sample.donation(.wait, reference: Self.name)
        #expect(try bench.decide(waiting).status == "parked")
        try bury()
        #expect(try bench.count(of: "parked") == 1)
        #expect(try bench.count(of: "dead_letter") == 1)
        for table in ["parked", "dead_letter", "inbox", "journal", "owed_receipt"] {
            #expect(try !holds(table, Self.name), "\(table)")
        }
        #expect(
            try bench.deadBodies().map { String(decoding: $0, as: UTF8.self) }
                == [#"{"name":"\#(Self.name)","#])
    }

    @Test func `A body does not open for another message`() throws {
        try bury()
        _ = try bench.connection.run("UPDATE dead_letter SET digest = sha256('another')")
        #expect(try bench.deadBodies().isEmpty)
    }

    @Test func `A body of another service's type is not kept, whatever its routing key`() throws {
        let person = RegisterPerson(
            person: PersonID(UUID()), territory: Sample.district, registeredOn: Sample.day,
            name: Self.name, residentId: Sample.value(ResidentID("11010519491231002X")))
        let body = try bench.body(person)
        let answer = try bench.deliver(raw: body, routingKey: ReceiveDonation.type)
        #expect(answer.status == "rejected")
        #expect(
            try bench.text("SELECT type || ' ' || size FROM dead_letter")
                == "\(RegisterPerson.type) \(body.count)")
        #expect(try bench.count("SELECT count(*) FROM dead_letter WHERE body IS NULL") == 1)
        #expect(try bench.redrive() == 0, "there is nothing to try again")
        #expect(try bench.text("SELECT state FROM dead_letter") == "open")
    }

    @Test func `What cannot be a type is not stored in its place`() throws {
        _ = try bench.deliver(raw: Array("{".utf8), routingKey: "funding.\(Self.name)")
        try bury()
        #expect(try !holds("dead_letter", Self.name))
        #expect(try bench.count("SELECT count(*) FROM dead_letter WHERE routing_key = ''") == 1)
    }

    // MARK: For stated days

    @Test func `After thirty days the body is gone with its key, and the letter is still open`()
        throws
    {
        try bury()
        try purge(after: 30)
        #expect(try bench.deadBodies().count == 1, "the thirtieth day is one of them")
        let copy = try #require(
            bench.connection.run("SELECT body, sealed_on, digest FROM dead_letter").first)
        try purge(after: 31)
        #expect(try bench.text("SELECT state FROM dead_letter WHERE body IS NULL") == "open")
        #expect(try bench.count(of: "message_key") == 0)
        let opened = try KeptBodies(ServiceBench.secret(), bench.connection).open([
            (
                body: copy.decode([UInt8].self, at: 0), day: copy.decode(BusinessDate.self, at: 1),
                digest: copy.decode([UInt8].self, at: 2)
            )
        ])
        #expect(opened == [nil], "a copy of the row does not open any more")
    }

    @Test func `A discarded body is gone at once, and the letter after thirty days`() throws {
        try bury()
        let digest = try #require(bench.connection.run("SELECT digest FROM dead_letter").first)
            .decode([UInt8].self, at: 0)
        _ = try bench.connection.run(DeadLetters.discard([digest], note: "test"))
        #expect(try bench.count("SELECT count(*) FROM dead_letter WHERE body IS NULL") == 1)
        try purge(after: 30)
        #expect(try bench.count(of: "dead_letter") == 1)
        try purge(after: 31)
        #expect(try bench.count(of: "dead_letter") == 0)
    }

    @Test func `A message that waits keeps the key of its day, and is handled after any time`()
        throws
    {
        let fund = UUID()
        #expect(try bench.decide(Sample.donation(.wait, fund: fund)).status == "parked")
        try purge(after: 400)
        #expect(try bench.decide(Sample.fund(fund)).status == "accepted")
        try bench.hurryParked()
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
    }

    @Test func `A message whose key was lost is a dead letter that says so, and stops no other`()
        throws
    {
        #expect(try bench.decide(Sample.donation(.fail)).status == "parked")
        _ = try bench.connection.run("DELETE FROM message_key")
        let other = try ServiceBench(ToyService.definition, url: bench.url)
        try bench.hurryParked()
        _ = try other.handleParked()
        #expect(try bench.text("SELECT code FROM dead_letter") == "body_lost")
        #expect(
            try bench.count(
                "SELECT count(*) FROM dead_letter d JOIN inbox i ON i.id = d.message_id")
                == 1, "it can be found by its id")
        #expect(try bench.count(of: "parked") == 0)
        #expect(try other.decide(Sample.donation()).status == "accepted")
    }

    @Test func `A service with another secret than its database's decides nothing`() throws {
        try bury()
        let other = try ServiceSecret(
            hexadecimal: String(repeating: "ab", count: 32), setting: .fundingSecret)
        #expect(throws: StoredValueError.self) {
            try KeptBodies(other, bench.connection).prepare(Timestamp.now().day)
        }
    }

    // MARK: Texts beside the body

    @Test func `A correlation id that is no UUID is not kept`() throws {
        let (name, uuid) = ("陈小明", UUID().uuidString)
        for (text, table) in [(name, "parked"), (uuid, "parked"), (name, "dead_letter")] {
            let body =
                table == "parked" ? try bench.body(Sample.donation(.wait)) : Array("{".utf8)
            try bench.deliver(
                raw: body, routingKey: ReceiveDonation.type, correlationID: text)
        }
        let kept = try bench.connection.run(
            """
            SELECT correlation_id, message_id FROM parked
            UNION ALL SELECT correlation_id, message_id FROM dead_letter
            """
        ).map { row in
            var row = row.cursor()
            let text = try row.next(optional: String.self)
            return (text, try row.next(optional: UUID.self)?.wireText)
        }
        #expect(kept.count == 3)
        for (text, message) in kept { #expect(text == uuid || text == message) }
        #expect(kept.contains { $0.0 == uuid })
    }

    @Test
    func `A reply address that is not the publisher's own is not kept, nor a reason of its own`()
        throws
    {
        try bench.deliver(
            raw: Array("{".utf8), routingKey: ReceiveDonation.type, replyTo: "陈小明")
        try bench.deliver(
            deadLettered: Array("[".utf8), type: ReceiveDonation.type, reason: "陈小明")
        #expect(try bench.count(of: "dead_letter") == 2)
        #expect(
            try bench.count("SELECT count(*) FROM dead_letter AS d WHERE d::text LIKE '%陈小明%'") == 0
        )
    }

    @Test func `An owed receipt keeps no other correlation id either`() throws {
        func receipt(_ text: String) -> Publication {
            Publication(
                exchange: "nuanxin.receipts", routingKey: "office", id: UUID(),
                type: "funding.receipt.v1", correlationID: text, body: [], journal: nil)
        }
        let uuid = UUID().uuidString
        _ = try bench.connection.run(OwedReceipts.insert([receipt("陈小明"), receipt(uuid)]))
        let kept = try bench.connection.run("SELECT correlation_id FROM owed_receipt")
        #expect(try Set(kept.map { try $0.decode(optional: String.self, at: 0) }) == [nil, uuid])
    }

    @Test func `A name that stands twice in a message does not stand in its dead letter`() throws {
        let text = String(decoding: try bench.body(Sample.donation()), as: UTF8.self)
        let body = text.replacing(#""campaign""#, with: #""陈小明":{"a":1,"a":2},"campaign""#)
        let answer = try bench.deliver(
            raw: Array(body.utf8), routingKey: ReceiveDonation.type)
        #expect(answer.code == "repeated_name")
        #expect(answer.pointer == "/data/陈小明/a", "its publisher may know")
        #expect(try bench.text("SELECT pointer FROM dead_letter") == "/data")
    }

    // MARK: Digests

    @Test func `The inbox does not confirm a guess at a body`() throws {
        let (id, time) = (UUID(), Timestamp.now())
        let command = Sample.donation()
        let body = try bench.body(command, id: id, time: time)
        #expect(try bench.deliver(raw: body, routingKey: ReceiveDonation.type).status == "accepted")
        let digest = try #require(bench.connection.run("SELECT digest FROM inbox").first)
            .decode([UInt8].self, at: 0)
        #expect(digest == (try ServiceBench.secret()).digest(body, of: "operator"))
        #expect(try bench.count("SELECT count(*) FROM inbox WHERE digest = sha256(\(body))") == 0)
        let other = try ServiceSecret(
            hexadecimal: String(repeating: "ab", count: 32), setting: .fundingSecret)
        #expect(digest != other.digest(body, of: "operator"))
    }

    @Test func `Descriptions and dumps do not show a secret`() throws {
        let secret = try ServiceBench.secret()
        var text = "\(secret)"
        dump(secret, to: &text)
        #expect(!text.contains("fedc"))
        #expect(text.contains("ServiceSecret(…)"))
    }
}
