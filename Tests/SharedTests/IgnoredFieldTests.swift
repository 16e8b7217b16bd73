import Foundation
import Messages
import ServiceKit
import Support
import Testing

/// Every receipt of a command says which fields its type does not have.
@Suite struct IgnoredFieldTests {
    private let bench: ServiceBench
    private let slip = Receipt.IgnoredField(pointer: "/data/amountfen", nearest: "amountFen")

    init() throws { bench = try ServiceBench(ToyService.definition, retrySeconds: [0, 60]) }

    /// A donation with a field that is none, as the receipt of it says.
    private func receipt(
        _ behaviour: ToyService.Behaviour = .plain, id: UUID = UUID(), isDryRun: Bool = false,
        _ change: (inout JSONValue) -> Void = { _ in }
    ) throws -> Receipt {
        let answer = try bench.deliver(
            raw: body(behaviour, id: id, isDryRun: isDryRun, change),
            routingKey: ReceiveDonation.type)
        return try #require(Receipt(body: answer.body))
    }

    private func body(
        _ behaviour: ToyService.Behaviour, id: UUID, isDryRun: Bool,
        _ change: (inout JSONValue) -> Void
    ) throws -> [UInt8] {
        var document = try JSONValue(bench.body(Sample.donation(behaviour), id: id))
        var data = try #require(document["data"])
        data["amountfen"] = 7
        change(&data)
        document["data"] = data
        if isDryRun { document["dryrun"] = true }
        return Array(document.compact.utf8)
    }

    @Test func `the receipt of an accepted command says them`() throws {
        let receipt = try receipt()
        #expect(receipt.status == .accepted)
        #expect(receipt.ignored == [slip])
    }

    @Test func `a receipt of a command without them does not have the field`() throws {
        let answer = try bench.decide(Sample.donation())
        let data = try #require(try JSONValue(answer.body)["data"])
        #expect(data["status"] == "accepted")
        #expect(data["ignored"] == nil)
    }

    @Test(arguments: [ToyService.Behaviour.refuse, .check])
    func `the receipt of a command that a rule or the database refuses says them`(
        _ behaviour: ToyService.Behaviour
    ) throws {
        let receipt = try receipt(behaviour)
        #expect(receipt.status == .rejected)
        #expect(receipt.ignored == [slip])
    }

    @Test func `the receipt of a malformed command says them beside what is missing`() throws {
        let receipt = try receipt { $0["amountFen"] = nil }
        #expect(receipt.code == "missing_field")
        #expect(receipt.pointer == "/data/amountFen")
        #expect(receipt.ignored == [slip])
    }

    @Test func `the receipt of what waits says them, and so does the one that follows`() throws {
        #expect(try receipt(.wait).status == .parked)
        #expect(try receipt(.wait).ignored == [slip])
        try bench.hurryParked()
        let answers = try bench.handleParked()
        #expect(answers.count == 2)
        for answer in answers {
            #expect(answer.status == "rejected")
            #expect(Receipt(body: answer.body)?.ignored == [slip])
        }
    }

    @Test func `the receipt of a dry run says them`() throws {
        let receipt = try receipt(isDryRun: true)
        #expect(receipt.dryRun == true)
        #expect(receipt.ignored == [slip])
    }

    @Test func `the receipt of a duplicate says them again`() throws {
        let body = try body(.plain, id: UUID(), isDryRun: false) { _ in }
        _ = try bench.deliver(raw: body, routingKey: ReceiveDonation.type)
        let again = try bench.deliver(raw: body, routingKey: ReceiveDonation.type)
        #expect(again.status == "duplicate")
        #expect(Receipt(body: again.body)?.ignored == [slip])
    }

    @Test func `no value of them is said, nor a name that may be somebody's`() throws {
        let answer = try bench.deliver(
            raw: body(.plain, id: UUID(), isDryRun: false) { data in
                data["王小明"] = "350203197001010027"
                data["Zhang San"] = "13800000000"
            }, routingKey: ReceiveDonation.type)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains("/data/*"))
        for secret in ["王小明", "Zhang", "350203197001010027", "13800000000", ":7"] {
            #expect(!text.contains(secret), "\(secret)")
        }
    }

    @Test func `a fact with fields of a newer version is taken in`() throws {
        let fact = PublisherGranted(
            publisher: "kiosk", territories: [Sample.district], types: ["funding.*"])
        let header = Header(
            id: UUID(), source: "test", type: PublisherGranted.type, time: .now(),
            subject: UUID().wireText, sequence: 1)
        var document = try JSONValue(MessageEncoder().encode(header, fact))
        var data = try #require(document["data"])
        data["fieldOfTomorrow"] = 1
        document["data"] = data
        try bench.take(raw: [(PublisherGranted.type, Array(document.compact.utf8))])
        #expect(try bench.count(of: "publisher_grant") == 1)
        #expect(try bench.count(of: "dead_letter") == 0)
    }
}
