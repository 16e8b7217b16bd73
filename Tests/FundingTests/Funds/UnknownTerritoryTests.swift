import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// Funding knows registry's list of territories, and records nothing where there is no territory.
@Suite("Money and goods are recorded in territories that there are")
struct UnknownTerritoryTests {
    private typealias Samples = FundingSamples
    private let bench: ServiceBench

    init() throws {
        bench = try ServiceBench(Funding.definition)
        let unit = TerritoryUnit(
            code: try Samples.territory("350203"), nameZh: "示例", nameEn: "Sample",
            validFrom: try Samples.date("2000-01-01"))
        try bench.take(
            TerritoryLoaded(
                edition: try Samples.date("2019-12-31"), source: "test", units: [unit]),
            subject: UUID(), sequence: 1)
    }

    @Test func `no fund is opened where there is no territory`() throws {
        let open = OpenFund(
            fund: FundID(UUID()), kind: .revolving, programme: try Samples.programme(),
            territory: try Samples.territory("350203007"), nameZh: "基金", nameEn: "Fund",
            openedOn: try Samples.date("2019-01-01"))
        #expect(try bench.decide(open).status == "parked")
    }

    @Test func `no goods are received where there is no territory`() throws {
        let goods = try Samples.receive(
            10, of: "mask", at: Place(territory: try Samples.territory("350203007")))
        #expect(try bench.decide(goods).status == "parked")
    }
}
