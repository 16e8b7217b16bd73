import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Cleaning visits, on a database.
@Suite struct FundingHomeServiceTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    private func order(
        _ family: HouseholdID, id: HomeServiceID = HomeServiceID(UUID()),
        on day: String = "2020-03-01"
    ) throws -> OrderHomeService {
        OrderHomeService(
            order: id, household: family, service: .airConditioner,
            programme: try Samples.programme("warm-housekeeping"),
            businessDate: try Samples.date(day))
    }

    private func complete(
        _ order: HomeServiceID, on day: String = "2020-03-10"
    ) throws -> CompleteHomeService {
        CompleteHomeService(order: order, businessDate: try Samples.date(day))
    }

    private func cancel(_ order: HomeServiceID) throws -> CancelHomeService {
        CancelHomeService(
            order: order, reason: "moved", businessDate: try Samples.date("2020-03-05"))
    }

    @Test("A visit is ordered and takes place, and its facts say where and for which programme")
    func life() throws {
        let family = try world.family(.bereaved, in: "350203007902")
        let command = try order(family)
        try world.expectOnce(command)
        #expect(try world.refusal(command) == "order_exists /data/order")
        try world.expectOnce(try complete(command.order))
        let fact = try #require(world.facts(HomeServiceCompleted.self).first)
        #expect(fact.household == family)
        #expect(fact.territory.rawValue == "350203007902")
        #expect(fact.programme.rawValue == "warm-housekeeping")
        #expect(fact.businessDate.description == "2020-03-10")
        #expect(world.bench.facts.map(\.header.sequence) == [1, 2])
    }

    @Test(
        "A visit is for special families with a member of 60 on the day of the order",
        arguments: [
            (.bereaved, "1960-03-01", true), (.disabledChild, "1960-03-01", true),
            (.bereaved, "1960-03-02", false), (.lowSecurity, "1950-01-01", false),
            (nil, "1950-01-01", false),
        ] as [(Messages.Category?, String, Bool)])
    func eligibility(_ category: Messages.Category?, _ birth: String, _ isFor: Bool) throws {
        let family = try world.family(category, born: birth)
        let refusal = try world.refusal(try order(family))
        #expect(refusal == (isFor ? nil : "not_eligible /data/household"))
    }

    @Test("A visit ends once: it takes place, or it is cancelled")
    func ended() throws {
        let family = try world.family(.bereaved)
        let (done, cancelled) = (HomeServiceID(UUID()), HomeServiceID(UUID()))
        try world.accept(try order(family, id: done))
        try world.accept(try order(family, id: cancelled))
        #expect(
            try world.refusal(try complete(done, on: "2020-02-29"))
                == "date_too_early /data/businessDate")
        try world.accept(try complete(done))
        try world.expectOnce(try cancel(cancelled))
        #expect(try world.refusal(try cancel(done)) == "order_ended /data/order")
        #expect(try world.refusal(try complete(cancelled)) == "order_ended /data/order")
        #expect(world.facts(HomeServiceCancelled.self).map(\.order) == [cancelled])
    }

    @Test("An order waits for its household, and its end for the order")
    func waits() throws {
        let family = HouseholdID(UUID())
        let (first, second) = (HomeServiceID(UUID()), HomeServiceID(UUID()))
        let fact = try Samples.household(
            family, .bereaved, born: "1950-03-01", in: Samples.community)
        try world.expectWait(try order(family, id: first)) {
            try world.bench.take(fact, subject: family.uuid, sequence: 1)
        }
        try world.expectWait(try complete(second)) {
            try world.accept(try order(family, id: second))
        }
    }
}
