import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

@Suite("A dry run is decided by the service, and nothing of it is kept")
struct DryRunTests {
    private let bench: ServiceBench
    private let fund = FundID(UUID())

    init() throws {
        bench = try ServiceBench(Funding.definition)
    }

    private func asked(_ command: any Command, id: UUID = UUID()) throws -> Receipt {
        var document = try JSONValue(bench.body(command, id: id))
        document["dryrun"] = true
        let answer = try bench.deliver(
            raw: Array(document.compact.utf8), routingKey: Swift.type(of: command).type)
        return try #require(Receipt(body: answer.body))
    }

    private func open() throws -> OpenFund {
        OpenFund(
            fund: fund, kind: .revolving,
            programme: try #require(Programme("happiness-project")),
            territory: try #require(TerritoryCode("350203")), nameZh: "幸福工程",
            nameEn: "Happiness Project", openedOn: BusinessDate(day: 18_000))
    }

    private func deposit(_ amount: Fen) -> DepositToFund {
        DepositToFund(
            deposit: DepositID(UUID()), fund: fund, amountFen: amount,
            businessDate: BusinessDate(day: 18_001))
    }

    /// Everything that a message may leave behind.
    private func kept() throws -> [Int64] {
        try ["inbox", "journal", "parked", "dead_letter", "owed_receipt", "fund", "transfer"].map {
            let rows = try bench.connection.run(Statement(trusted: "SELECT count(*) FROM \($0)"))
            return try #require(rows.first).decode(Int64.self, at: 0)
        }
    }

    @Test func `What would be accepted is said to be, again and again`() throws {
        let before = try kept()
        let command = try open()
        let id = UUID()
        for _ in 0..<2 {
            let receipt = try asked(command, id: id)
            #expect(receipt.status == .accepted)
            #expect(receipt.dryRun == true)
            #expect(receipt.facts?.count == 1)
        }
        #expect(try kept() == before)
        #expect(bench.facts.isEmpty)
        #expect(try bench.decide(command, id: id).status == "accepted")
    }

    @Test func `What a rule or what is there refuses is refused`() throws {
        try bench.decide(try open())
        let before = try kept()
        let receipt = try asked(try open())
        #expect(receipt.status == .rejected)
        #expect(receipt.code == "fund_exists")
        #expect(receipt.dryRun == true)
        #expect(try asked(deposit(.yuan(10))).status == .accepted)
        #expect(try kept() == before)
    }

    @Test func `What would wait is said to, and does not wait`() throws {
        let before = try kept()
        let receipt = try asked(deposit(.yuan(10)))
        #expect(receipt.status == .parked)
        #expect(receipt.code == "unknown_fund")
        #expect(!receipt.isProvisional)
        #expect(try kept() == before)
    }

    /// A dry run of something that cannot be decoded.
    private func asked(_ change: (inout JSONValue) -> Void) throws -> Receipt {
        var document = try JSONValue(bench.body(try open()))
        document["dryrun"] = true
        change(&document)
        let answer = try bench.deliver(
            raw: Array(document.compact.utf8), routingKey: OpenFund.type)
        return try #require(Receipt(body: answer.body))
    }

    @Test func `What is malformed is refused, and leaves no dead letter`() throws {
        let before = try kept()
        let receipts = [
            try asked { $0 = $0.replacing(["data", "openedOn"], with: "26.05.2020") },
            try asked { $0 = $0.replacing(["data", "fund"], with: nil) },
            try asked { $0["time"] = "yesterday" },
            try asked { $0["dryrun"] = "yes" },
            try asked { $0["specversion"] = "0.3" },
            try asked { $0["time"] = "2020-01-01T00:00:00Z" },
        ]
        #expect(receipts.map(\.status) == Array(repeating: .rejected, count: receipts.count))
        #expect(receipts.allSatisfy { $0.dryRun == true })
        #expect(
            receipts.map(\.pointer) == [
                "/data/openedOn", "/data/fund", "/time", "/dryrun", "/specversion", "/time",
            ])
        #expect(try kept() == before)
    }

    @Test func `What is malformed and says that it is no dry run is a dead letter`() throws {
        for value in [false, .null] as [JSONValue] {
            let before = try kept()
            let receipt = try asked { document in
                document["dryrun"] = value
                document = document.replacing(["data", "fund"], with: nil)
            }
            #expect(receipt.dryRun == nil)
            #expect(try kept() != before)
        }
    }

    @Test func `A malformed dry run stops nothing of its batch`() throws {
        let command = try open()
        var question = try JSONValue(bench.body(command))
        question["dryrun"] = true
        question = question.replacing(["data", "fund"], with: nil)
        let answers = try bench.deliver(
            raw: [Array(question.compact.utf8), try bench.body(command)], type: OpenFund.type)
        #expect(answers.map(\.status) == ["rejected", "accepted"])
        #expect(try kept() == [1, 1, 0, 0, 0, 1, 0])
    }

    @Test func `The messages of its batch are decided as if it were not there`() throws {
        let command = try open()
        var question = try JSONValue(bench.body(command))
        question["dryrun"] = true
        let bodies = [
            Array(question.compact.utf8), try bench.body(command),
            Array(question.replacing(["id"], with: .text(UUID().wireText)).compact.utf8),
        ]
        let answers = try bench.deliver(raw: bodies, type: OpenFund.type)
        #expect(answers.map(\.status) == ["accepted", "accepted", "rejected"])
        #expect(try kept() == [1, 1, 0, 0, 0, 1, 0])
    }
}
