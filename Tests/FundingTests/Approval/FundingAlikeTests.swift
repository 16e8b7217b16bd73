import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding

/// What a publisher learns of records outside its scope: one answer, whatever they hold.
@Suite struct FundingAlikeTests {
    typealias Samples = FundingSamples
    private let cover: FundingCover
    private var world: FundingWorld { cover.world }
    private static let there = "350203009901"

    init() throws {
        cover = try FundingCover()
        for (publisher, territory) in [("stranger", "350203009"), ("home", Samples.district)] {
            try world.bench.take(
                PublisherGranted(
                    publisher: publisher, territories: [Samples.territory(territory)],
                    types: ["funding.*"]),
                subject: UUID(), sequence: 1, as: "registry")
        }
    }

    private func answer(_ command: any Command, as publisher: String = "stranger") throws -> String
    {
        let answer = try world.bench.decide(command, publisher: publisher)
        return [answer.code, answer.pointer, answer.expected].map { $0 ?? "" }
            .joined(separator: " ")
    }

    private static let outside =
        "a message type and a territory that the operator has granted to this publisher"

    @Test func `a claim is answered alike, whether a family of another street is insured or not`()
        throws
    {
        let (run, insured) = try cover.insuredFamily()
        let other = try #require(cover.families(1).first).id.uuid
        for family in [insured, other] {
            #expect(
                try answer(cover.file(.yuan(1), run, family))
                    == "out_of_scope /data/insured \(Self.outside)")
            #expect(
                try answer(cover.terminate(run, family, from: "2020-06-18"))
                    == "out_of_scope /data/insured \(Self.outside)")
        }
        #expect(try answer(cover.file(.yuan(1), run, insured), as: "home") == "  ")
    }

    @Test func `the former policy of a family that has moved here is not told`() throws {
        let (run, insured) = try cover.insuredFamily()
        let other = try #require(cover.families(1).first).id.uuid
        for family in [insured, other] {
            _ = try world.bench.connection.run(
                "UPDATE household SET territory = \(Self.there) WHERE id = \(family)")
            #expect(
                try answer(cover.file(.yuan(1), run, family)).hasPrefix(
                    "unknown_policy /data/insured"))
        }
    }

    @Test func `a fund of another street is answered alike, of whatever kind and state`() throws {
        let funds = [
            try Samples.fund(.donation, territory: Samples.subdistrict),
            try Samples.fund(.grant, territory: Samples.subdistrict),
            try Samples.fund(.insurance, territory: Samples.subdistrict),
        ]
        for fund in funds {
            try world.accept(Samples.open(fund))
            #expect(
                try answer(Samples.donate(to: fund.id, in: Self.there))
                    == "out_of_scope /data/fund \(Self.outside)")
            let loan = try Samples.apply(
                by: world.mother(in: Self.there), to: fund.id, from: Self.there)
            #expect(try answer(loan) == "out_of_scope /data/fund \(Self.outside)")
            let budget = try Samples.allot(.yuan(1), to: BudgetID(UUID()), of: fund.id)
            #expect(try answer(budget) == "out_of_scope /data/fund \(Self.outside)")
        }
    }

    @Test func `a posting of another street is answered alike, whatever it is`() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(200_000), to: fund))
        let posting = try world.transfer(.deposit, of: fund)
        #expect(
            try answer(Samples.reverse(posting, by: "350203009"))
                == "out_of_scope /data/transfer \(Self.outside)")
    }
}
