import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding

/// Sites and campaigns of one street are closed to the publisher of another.
@Suite struct FundingPlaceScopeTests {
    typealias Samples = FundingSamples
    private static let there = "350203009901"
    private let world: FundingWorld

    init() throws {
        world = try FundingWorld()
        try world.bench.take(
            PublisherGranted(
                publisher: "stranger", territories: [Samples.territory("350203009")],
                types: ["funding.*"]),
            subject: UUID(), sequence: 1, as: "registry")
    }

    @Test func `goods do not come to, leave or go to a site of another street`() throws {
        let own = SiteID(UUID())
        let site = try world.site()
        func answer(_ command: any Command) throws -> String? {
            let answer = try world.bench.decide(command, publisher: "stranger")
            return answer.status == "accepted"
                ? nil : "\(answer.code ?? "") \(answer.pointer ?? "")"
        }
        let day = try Samples.date("2020-02-11")
        let place = try Samples.place(Self.there, site: site)
        let commands: [any Command] = [
            try Samples.receive(10, of: "mask", at: place),
            try Samples.issue(1, of: "mask", from: place),
            WriteOffGoods(
                writeOff: GoodsWriteOffID(UUID()), item: "mask", quantity: 1, place: place,
                reason: "wet", businessDate: day),
            KitGoods(
                kitting: KittingID(UUID()), kit: "kit", quantity: 1, place: place,
                businessDate: day),
        ]
        for command in commands {
            #expect(try answer(command) == "out_of_scope /data/place/site")
        }
        let street = try Samples.place(Self.there)
        #expect(try answer(Samples.receive(10, of: "mask", at: street)) == nil)
        func issue(to site: SiteID) throws -> IssueGoods {
            try Samples.issue(
                1, of: "mask", from: street, to: GoodsRecipient(kind: .site, id: site.uuid))
        }
        #expect(try answer(issue(to: site)) == "out_of_scope /data/recipient/id")
        #expect(try answer(issue(to: own)) == "unknown_site /data/recipient/id")
        try world.bench.take(
            SiteOpened(Samples.site(own, in: Self.there)), subject: own.uuid, sequence: 1)
        #expect(try world.bench.handleParked().map(\.status) == ["accepted"])
        let here = try Samples.place(Self.there, site: own)
        #expect(try answer(Samples.receive(10, of: "mask", at: here)) == nil)
    }

    @Test func `nothing is told of a campaign that another district has taken since`() throws {
        try world.bench.take(
            PublisherGranted(
                publisher: "haicang", territories: [Samples.territory("350205")],
                types: ["funding.*"]),
            subject: UUID(), sequence: 1, as: "registry")
        let fund = try Samples.fund(
            .donation, programme: "one-yuan-donation", territory: "350205")
        try world.accept(Samples.open(fund))
        let donation = DonationID(UUID())
        try world.accept(
            try Samples.donate(to: fund.id, id: donation, in: "350205001901"))
        try world.accept(
            RestrictCampaign(
                campaign: "one-yuan-donation", territory: try Samples.territory(Samples.district),
                businessDate: try Samples.date("2020-03-01")))
        let command = try Samples.allocate(
            donation, [AllocationLine(fund: fund.id, amountFen: .yuan(50))], by: "350205")
        let answer = try world.bench.decide(command, publisher: "haicang")
        #expect((answer.code, answer.pointer) == ("out_of_scope", "/data/donation"))
        #expect(answer.expected?.contains("350203") == false)
    }

    @Test func `a campaign of another street is not given to, one of the district is`() throws {
        let fund = try world.openFund(.donation, programme: "one-yuan-donation")
        for (campaign, territory) in [
            ("theirs", Samples.subdistrict), ("common", Samples.district),
        ] {
            try world.accept(
                RestrictCampaign(
                    campaign: campaign, territory: try Samples.territory(territory),
                    businessDate: try Samples.date("2020-01-01")))
        }
        func answer(_ campaign: String) throws -> String {
            var donation = try Samples.donate(to: fund, in: Self.there)
            donation.campaign = campaign
            // A donor may live anywhere.
            donation.donor = DonorID(try world.mother().uuid)
            let answer = try world.bench.decide(donation, publisher: "stranger")
            return [answer.status, answer.code, answer.pointer].compactMap(\.self)
                .joined(separator: " ")
        }
        #expect(try answer("theirs") == "rejected out_of_scope /data/campaign")
        #expect(try answer("common") == "accepted")
        #expect(try answer("of nobody in particular") == "accepted")
    }
}
