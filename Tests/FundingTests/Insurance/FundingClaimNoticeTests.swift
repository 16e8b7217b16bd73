import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding

/// Whoever files a claim is told how others decide it.
@Suite struct FundingClaimNoticeTests {
    typealias Samples = FundingSamples
    private let cover: FundingCover
    private var bench: ServiceBench { cover.world.bench }
    private let claim = ClaimID(UUID())

    init() throws {
        cover = try FundingCover()
        let (run, insured) = try cover.insuredFamily()
        try bench.take(
            PublisherGranted(
                publisher: "street", territories: [Samples.territory(Samples.district)],
                types: ["funding.claim.*"]),
            subject: UUID(), sequence: 1, as: "registry")
        let filed = try bench.decide(
            cover.file(.yuan(1_000), run, insured, id: claim), publisher: "street")
        #expect(filed.status == "accepted")
    }

    private func notices() throws -> [Receipt] {
        try bench.handleParked().map { try #require(Receipt(body: $0.body)) }
    }

    @Test func `the street is told that its claim was accepted, and that it was paid`() throws {
        try bench.decide(cover.decide(claim))
        try bench.decide(cover.pay(claim))
        let notices = try notices()
        #expect(Set(notices.map(\.record)) == [claim.uuid])
        #expect(Set(notices.map(\.outcome?.state)) == ["accepted", "paid"])
    }

    @Test func `it is told that it was declined`() throws {
        try bench.decide(cover.decide(claim, .decline))
        #expect(try notices().map(\.outcome?.state) == ["declined"])
    }

    @Test func `whoever decides its own claim knows from the receipt`() throws {
        let decided = try bench.decide(cover.decide(claim), publisher: "street")
        #expect(decided.status == "accepted", "\(decided.code ?? "")")
        #expect(try notices().isEmpty)
    }
}
