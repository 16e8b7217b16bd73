import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding

/// The office of a street sends what is dated while a family lived there, however late; and nothing else of the family.
@Suite struct FundingLateScopeTests {
    typealias Samples = FundingSamples
    private static let there = "350203009901"
    private let cover: FundingCover
    private let family: TestHousehold
    private var world: FundingWorld { cover.world }

    init() throws {
        cover = try FundingCover()
        for (publisher, code) in [("here", Samples.subdistrict), ("there", "350203009")] {
            try cover.world.bench.take(
                PublisherGranted(
                    publisher: publisher, territories: [Samples.territory(code)],
                    types: ["funding.*"]),
                subject: UUID(), sequence: 1, as: "registry")
        }
        family = try cover.family([(.head, "1955-01-01")])
    }

    private func move(on day: String, to territory: String = there) throws {
        try world.bench.take(
            try Samples.moved(family.id, family.members.map(\.id), to: territory, on: day),
            subject: family.id.uuid, sequence: 2)
    }

    /// The code and pointer of a refusal; nil if it is accepted.
    private func answer(_ command: any Command, as publisher: String) throws -> String? {
        let answer = try world.bench.decide(command, publisher: publisher)
        return answer.status == "accepted" ? nil : "\(answer.code ?? "") \(answer.pointer ?? "")"
    }

    private func here(_ command: any Command) throws -> String? {
        try answer(command, as: "here")
    }

    private func there(_ command: any Command) throws -> String? {
        try answer(command, as: "there")
    }

    // MARK: Families

    @Test(arguments: [("2020-02-02", true), ("2020-02-01", false)])
    func `a grant is requested by the community of its day`(_ moved: String, _ isHere: Bool) throws
    {
        let budget = try world.budget(of: .yuan(100)).budget
        try move(on: moved)
        func request(by territory: String) throws -> RequestGrant {
            try Samples.request(
                .yuan(1), from: budget, for: family.id, kind: .condolence, by: territory,
                on: "2020-02-01")
        }
        let refused = "out_of_scope /data/household"
        #expect(try here(request(by: Samples.community)) == (isHere ? nil : refused))
        #expect(try there(request(by: Self.there)) == (isHere ? refused : nil))
    }

    @Test(arguments: [("2020-03-02", true), ("2020-03-01", false)])
    func `a visit is ordered by the office of its day, and is for where the family lived then`(
        _ moved: String, _ isHere: Bool
    ) throws {
        try move(on: moved)
        let refused = "out_of_scope /data/household"
        #expect(try here(cover.order(family.id)) == (isHere ? nil : refused))
        #expect(try there(cover.order(family.id)) == (isHere ? refused : nil))
        #expect(
            world.facts(HomeServiceOrdered.self).map(\.territory.rawValue)
                == [isHere ? Samples.community : Self.there])
    }

    @Test(arguments: [("2020-02-11", true), ("2020-02-10", false)])
    func `goods are issued by the office of the day, to where the family lived then`(
        _ moved: String, _ isHere: Bool
    ) throws {
        let places = try [Samples.place(), Samples.place(Self.there)]
        for place in places { try world.accept(try Samples.receive(10, of: "mask", at: place)) }
        try move(on: moved)
        for recipient in [
            GoodsRecipient(kind: .household, id: family.id.uuid),
            GoodsRecipient(kind: .person, id: family.members[0].id.uuid),
        ] {
            let refused = "out_of_scope /data/recipient/id"
            let (near, far) = (
                try Samples.issue(1, of: "mask", from: places[0], to: recipient),
                try Samples.issue(1, of: "mask", from: places[1], to: recipient)
            )
            #expect(try here(near) == (isHere ? nil : refused))
            #expect(try there(far) == (isHere ? refused : nil))
        }
        let issued = world.facts(GoodsIssued.self)
        #expect(issued.map(\.household) == [family.id, family.id])
        #expect(
            Set(issued.map(\.territory.rawValue)) == [isHere ? Samples.community : Self.there])
    }

    @Test func `an office reaches a family in its own time alone`() throws {
        try move(on: "2020-02-01")
        try world.bench.take(
            try Samples.moved(
                family.id, family.members.map(\.id), to: "350203008901", on: "2020-04-01"),
            subject: family.id.uuid, sequence: 3)
        let refused = "out_of_scope /data/household"
        for (day, isTheirs) in [
            ("2020-01-31", false), ("2020-02-01", true), ("2020-03-31", true),
            ("2020-04-01", false), ("2020-12-31", false),
        ] {
            #expect(
                try there(cover.order(family.id, on: day)) == (isTheirs ? nil : refused), "\(day)")
        }
    }

    // MARK: Borrowers

    @Test func `a loan is applied for in the community of its day`() throws {
        let (early, late) = (try world.mother(), try world.mother())
        for mother in [early, late] {
            try world.bench.take(
                try Samples.moved(mother, to: Self.there, nil, on: "2019-04-01"),
                subject: mother.uuid, sequence: 1)
        }
        let fund = try world.openFund()
        let refused = "out_of_scope /data/borrower"
        #expect(try here(Samples.apply(by: early, to: fund, on: "2019-04-01")) == refused)
        #expect(try here(Samples.apply(by: early, to: fund, on: "2019-03-31")) == nil)
        func apply(by mother: PersonID, on day: String) throws -> String? {
            try there(Samples.apply(by: mother, to: fund, from: Self.there, on: day))
        }
        #expect(try apply(by: late, on: "2019-03-31") == refused)
        // The office that has her now is told of the loan from before.
        #expect(try apply(by: early, on: "2019-05-01") == "open_loan /data/borrower")
    }

    @Test func `who has a borrower no more is not told of a loan that another office gave`() throws
    {
        let mother = try world.mother()
        try world.bench.take(
            try Samples.moved(mother, to: Self.there, nil, on: "2019-04-01"),
            subject: mother.uuid, sequence: 1)
        let fund = try world.openFund()
        try world.accept(
            try Samples.apply(by: mother, to: fund, from: Self.there, on: "2019-05-01"))
        let late = try Samples.apply(by: mother, to: fund, on: "2019-03-01")
        #expect(try here(late) == "out_of_scope /data/borrower")
        #expect(try answer(late, as: "operator") == "open_loan /data/borrower")
    }

    // MARK: Claims

    @Test func `a claim about a day before the move waits for the policy`() throws {
        try move(on: "2020-07-01")
        func file(on day: String) throws -> FileClaim {
            try cover.file(.yuan(1), RunID(UUID()), family.id.uuid, event: day)
        }
        #expect(try here(file(on: "2020-06-30")) == "unknown_policy /data/insured")
        #expect(try here(file(on: "2020-07-01")) == "out_of_scope /data/insured")
        #expect(try there(file(on: "2020-07-01")) == "unknown_policy /data/insured")
    }

    @Test func `a claim goes to the office of its policy, before the move and after`() throws {
        let (run, insured) = try cover.insuredFamily()
        let household = HouseholdID(insured)
        try world.bench.take(
            try Samples.moved(household, [], to: Self.there, on: "2020-06-01"), subject: insured,
            sequence: 2)
        for day in ["2020-05-31", "2020-06-18"] {
            let file = try cover.file(.yuan(1), run, insured, event: day)
            #expect(try there(file) == "unknown_policy /data/insured")
            #expect(try here(file) == nil)
        }
    }

    // MARK: Units that others have taken over

    @Test func `a unit that took the community over answers for its days`() throws {
        try move(on: "2020-05-01", to: "350203008901")
        func unit(_ code: String, from day: String) throws -> TerritoryUnit {
            TerritoryUnit(
                code: try Samples.territory(code), nameZh: "示例", nameEn: "Sample",
                validFrom: try Samples.date(day))
        }
        let successor = "350203009911"
        try world.bench.take(
            TerritoryLoaded(
                edition: Samples.date("2019-12-31"), source: "test",
                units: [unit(Samples.community, from: "2000-01-01")]),
            subject: UUID(), sequence: 1)
        try world.bench.take(
            TerritoryLoaded(
                edition: Samples.date("2020-06-30"), source: "test",
                units: [unit(successor, from: "2020-07-01")],
                successions: [
                    TerritorySuccession(
                        predecessor: Samples.territory(Samples.community),
                        successor: Samples.territory(successor), from: Samples.date("2020-07-01"))
                ],
                closed: [
                    TerritoryClosure(
                        code: Samples.territory(Samples.community),
                        validTo: Samples.date("2020-06-30"))
                ]),
            subject: UUID(), sequence: 1)
        #expect(try here(cover.order(family.id)) == "out_of_scope /data/household")
        #expect(try there(cover.order(family.id)) == nil)
        #expect(
            try there(cover.order(family.id, on: "2020-05-01")) == "out_of_scope /data/household")
    }
}
