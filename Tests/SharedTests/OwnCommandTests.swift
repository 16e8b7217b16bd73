import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("Commands that a job of the service gives")
struct OwnCommandTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition) }

    private func open(_ fund: FundID) throws -> OpenFund {
        OpenFund(
            fund: fund, kind: .grant, programme: try #require(Programme("warm-care")),
            territory: try #require(TerritoryCode("350203")), nameZh: "示例", nameEn: "Sample",
            openedOn: try #require(BusinessDate("2020-01-01")))
    }

    @Test func `need no grant, lead to facts in the journal, and get no receipt`() throws {
        let command = try open(FundID(UUID()))
        try bench.run(Job("opens", every: .zero) { try $0.decide(command) })
        #expect(
            bench.facts.compactMap { $0.payload as? FundOpened }.map(\.about.fund) == [command.fund]
        )
        let rows = try bench.connection.run("SELECT publisher FROM journal")
        #expect(try rows.map { try $0.decode(String.self, at: 0) } == ["funding"])
        let owed = try bench.connection.run("SELECT count(*) FROM owed_receipt")
        #expect(try owed.first?.decode(Int64.self, at: 0) == 0)
    }

    @Test func `are refused by the rules as any other, and the job goes on`() throws {
        let command = try open(FundID(UUID()))
        try bench.run(
            Job("opens", every: .zero) {
                try $0.decide(command)
                try $0.decide(command)
            })
        #expect(bench.facts.count == 1)
    }

    @Test func `a broker user with the name of the service has no rights by that`() throws {
        let answer = try bench.decide(try open(FundID(UUID())), publisher: "funding")
        #expect(answer.code == "out_of_scope")
    }
}
