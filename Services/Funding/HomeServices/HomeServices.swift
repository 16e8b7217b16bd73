import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// A cleaning visit (暖心家政) to a household.
struct HomeService: Aggregate {
    enum State: String, PostgresValue { case ordered, done, cancelled }

    let id: HomeServiceID
    let household: HouseholdID
    let service: HomeServiceKind
    let programme: Programme
    let territory: TerritoryCode
    let orderedOn: BusinessDate
    var state = State.ordered
    /// The business date from which it is in that state.
    var since: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    fileprivate mutating func end(
        as state: State, on day: BusinessDate
    ) throws(Refusal) {
        try day.require(from: since, else: .dateTooEarly, at: "/businessDate")
        (self.state, since) = (state, day)
    }

    static let table = Table(
        "home_service", key: "id", HomeService.init,
        Field("id", \.id), Field("household", \.household), Field("service", \.service),
        Field("programme", \.programme), Field("territory", \.territory),
        Field("ordered_on", \.orderedOn), Field("state", \.state), Field("since", \.since),
        Field("sequence", \.sequence))
}

/// Orders cleaning visits for special families with an elder (rule E4), completes and cancels them.
enum HomeServices {
    static func register(in router: inout Router) {
        router.on(
            OrderHomeService.self,
            keys: {
                $1.need(HomeService.self, $0.order.uuid)
                $1.need(Household.self, $0.household.uuid)
            }, alone: true, order)
        router.on(
            CompleteHomeService.self,
            keys: {
                $1.need(HomeService.self, $0.order.uuid)
                $1.needTask(.cancelVisit, $0.order.uuid)
            }, complete)
        router.on(
            CancelHomeService.self,
            keys: {
                $1.need(HomeService.self, $0.order.uuid)
                $1.needTask(.cancelVisit, $0.order.uuid)
            }, cancel)
    }

    static func order(_ command: OrderHomeService, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(HomeService.self, command.order.uuid, else: .orderExists, at: "/order")
        let household = try unit.require(
            Household.self, command.household.uuid, else: .unknownHousehold, at: "/household")
        let day = command.businessDate
        try Households.requireScope(of: household, on: day, at: "/household", unit)
        try Eligibility.require(
            household.id, by: .homeService, on: day, at: "/household", unit)
        var visit = HomeService(
            id: command.order, household: household.id, service: command.service,
            programme: command.programme, territory: household.territory(on: day),
            orderedOn: day, since: day)
        // The household may have lost its last member after that day.
        try ApplicationTasks.review(visit, on: day, unit)
        let fact = HomeServiceOrdered(visit.subject, businessDate: day)
        return try unit.save(&visit, fact)
    }

    static func complete(_ command: CompleteHomeService, _ unit: UnitOfWork) throws -> Emission {
        var visit = try open(command.order, unit)
        try visit.end(as: .done, on: command.businessDate)
        try unit.settle(.cancelVisit, visit.key, on: command.businessDate)
        let fact = HomeServiceCompleted(visit.subject, businessDate: command.businessDate)
        return try unit.save(&visit, fact)
    }

    static func cancel(_ command: CancelHomeService, _ unit: UnitOfWork) throws -> Emission {
        var visit = try open(command.order, unit)
        try visit.end(as: .cancelled, on: command.businessDate)
        try unit.settle(.cancelVisit, visit.key, on: command.businessDate)
        unit.keep(command.reason, "reason", of: visit.key, about: visit.household.uuid)
        let fact = HomeServiceCancelled(visit.subject, businessDate: command.businessDate)
        return try unit.save(&visit, fact)
    }

    private static func open(_ id: HomeServiceID, _ unit: UnitOfWork) throws -> HomeService {
        let visit = try unit.require(
            HomeService.self, id.uuid, else: .unknownOrder, at: "/order")
        try unit.requireScope(visit.territory, at: "/order")
        guard visit.state == .ordered else {
            throw Refusal(.orderEnded, at: "/order", because: visit.state)
        }
        return visit
    }
}

extension HomeService {
    fileprivate var subject: HomeServiceSubject {
        HomeServiceSubject(
            order: id, household: household, service: service, programme: programme,
            territory: territory)
    }
}

extension RefusalCode {
    static let orderExists = RefusalCode("order_exists", "the id of an order not made yet")
    static let unknownOrder = RefusalCode("unknown_order", "the id of an ordered visit")
    static let orderEnded = RefusalCode("order_ended", "an order that is open")
}
