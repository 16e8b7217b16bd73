import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// Grants, claims and visits that nobody is there to receive, on a database.
@Suite struct FundingApplicationTaskTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover(.person, premium: .yuan(300)) }

    private func elder() throws -> (family: TestHousehold, person: PersonID) {
        let family = try cover.family([(.head, "1950-01-01")])
        return (family, family.members[0].id)
    }

    private func settled(on day: String) throws -> Bool {
        try world.tasks().isEmpty
            && world.tasks(.settled).map(\.settledOn?.description) == [day]
    }

    // MARK: Grants

    /// A grant that is approved.
    private func grant(to family: HouseholdID) throws -> GrantID {
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        let grant = GrantID(UUID())
        try world.accept(
            try Samples.request(
                .yuan(100), from: budget, for: family, kind: .condolence, grant: grant))
        try world.accept(try Samples.endorse(grant))
        try world.accept(try Samples.approve(grant))
        return grant
    }

    @Test func `a grant to a household where nobody is left is to be settled`() throws {
        let (family, person) = try elder()
        let grant = try grant(to: family.id)
        try world.die(person, on: "2020-02-07")
        #expect(
            try world.open() == [world.line(.settleApplication, grant.uuid, since: "2020-02-07")])
        try world.accept(try Samples.reject(grant, on: "2020-02-08"))
        #expect(try settled(on: "2020-02-08"))
    }

    @Test func `paying it settles it, and taking the payment back opens it again`() throws {
        let (family, person) = try elder()
        let grant = try grant(to: family.id)
        try world.die(person, on: "2020-02-07")
        try world.accept(try Samples.pay(grant))
        #expect(try settled(on: "2020-02-10"))
        let fund = try world.bench.connection.run("SELECT fund FROM grant_award").first?
            .decode(UUID.self, at: 0)
        try world.accept(
            try Samples.reverse(world.transfer(.grant, of: FundID(try #require(fund)))))
        #expect(try world.tasks().map(\.subject) == [grant.uuid])
    }

    @Test func `a request dated before a death that is known raises it, and its end settles it`()
        throws
    {
        let (family, person) = try elder()
        try world.die(person, on: "2020-02-03")
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        let grant = GrantID(UUID())
        try world.accept(
            try Samples.request(
                .yuan(100), from: budget, for: family.id, kind: .condolence, grant: grant))
        #expect(
            try world.open() == [world.line(.settleApplication, grant.uuid, since: "2020-02-03")])
        try world.voidDeath(of: person)
        #expect(try world.tasks().isEmpty)
    }

    @Test func `an erased household's grant is to be settled, and a programme's is not`() throws {
        let (family, person) = try elder()
        let grant = try grant(to: family.id)
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        _ = try world.endorsedGrant(of: .yuan(100), from: budget)
        try world.bench.take(try Samples.erased(person), subject: person.uuid, sequence: 1)
        #expect(try world.tasks().map(\.subject) == [grant.uuid])
    }

    // MARK: Claims

    @Test func `a claim of whom has died is to be settled until it is paid or declined`() throws {
        let (_, person) = try elder()
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run))
        let (first, second) = (ClaimID(UUID()), ClaimID(UUID()))
        try world.accept(try cover.file(.yuan(100), run, person.uuid, id: first))
        try world.die(person, on: "2020-07-01")
        // This one is filed afterwards.
        try world.accept(try cover.file(.yuan(50), run, person.uuid, id: second))
        #expect(
            try world.open()
                == Set(
                    [first, second].map {
                        world.line(.settleApplication, $0.uuid, since: "2020-07-01")
                    }))
        try world.accept(try cover.decide(first))
        #expect(try world.tasks().count == 2)
        try world.accept(try cover.pay(first))
        #expect(try world.tasks().map(\.subject) == [second.uuid])
        try world.accept(try cover.decide(second, .decline))
        #expect(try world.tasks().isEmpty)
    }

    // MARK: Visits

    @Test func `a visit where nobody lives any more is to be cancelled`() throws {
        let (family, person) = try elder()
        let command = try cover.order(family.id)
        try world.accept(command)
        try world.die(person, on: "2020-03-03")
        #expect(
            try world.open() == [world.line(.cancelVisit, command.order.uuid, since: "2020-03-03")])
        try world.accept(
            CancelHomeService(
                order: command.order, reason: "nobody there",
                businessDate: try Samples.date("2020-03-05")))
        #expect(try settled(on: "2020-03-05"))
    }

    @Test
    func `an order dated before a known death raises it, and a visit that was made settles it`()
        throws
    {
        let (family, person) = try elder()
        try world.die(person, on: "2020-03-03")
        let command = try cover.order(family.id)
        try world.accept(command)
        #expect(try world.tasks().map(\.subject) == [command.order.uuid])
        try world.accept(
            CompleteHomeService(
                order: command.order, businessDate: try Samples.date("2020-03-02")))
        #expect(try settled(on: "2020-03-03"))
    }

    @Test func `as long as somebody lives there, nothing is demanded`() throws {
        let family = try cover.family([(.head, "1950-01-01"), (.spouse, "1951-01-01")])
        _ = try grant(to: family.id)
        try world.accept(try cover.order(family.id))
        try world.die(family.members[0].id, on: "2020-03-03")
        #expect(try world.tasks().isEmpty)
    }
}
