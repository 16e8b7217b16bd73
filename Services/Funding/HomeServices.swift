import Foundation
import Messages
import Postgres
import ServiceKit

/// A cleaning visit (暖心家政) to a household.
struct HomeService: Aggregate {
    enum State: String { case ordered, done, cancelled }

    let id: HomeServiceID
    let household: HouseholdID
    let service: HomeServiceKind
    let programme: Programme
    let territory: TerritoryCode
    let orderedOn: BusinessDate
    var state = State.ordered
    /// The business date from which it is in that state.
    var since: BusinessDate
    /// Why it was cancelled.
    var reason: String?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<HomeService>(
        "home_service", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("household", { $0.household.uuid }),
            Column("service", { $0.service.rawValue }), Column("programme", { $0.programme }),
            Column("territory", { $0.territory }), Column("ordered_on", { $0.orderedOn }),
            Column("state", { $0.state.rawValue }), Column("since", { $0.since }),
            Column("reason", optional: { $0.reason }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        HomeService(
            id: HomeServiceID(try row.next()), household: HouseholdID(try row.next()),
            service: try row.next(enum: HomeServiceKind.self), programme: try row.next(),
            territory: try row.next(), orderedOn: try row.next(),
            state: try row.next(enum: State.self), since: try row.next(),
            reason: try row.next(optional: String.self), sequence: try row.next())
    }
}

/// Orders cleaning visits for special families with an elder (rule E4), and says what became of them.
enum HomeServices {
    static func register(in router: inout Router) {
        router.on(
            OrderHomeService.self,
            keys: {
                $1.need(HomeService.self, $0.order.uuid)
                $1.need(Household.self, $0.household.uuid)
            }, alone: true, order)
        router.on(
            CompleteHomeService.self, keys: { $1.need(HomeService.self, $0.order.uuid) }, complete)
        router.on(
            CancelHomeService.self, keys: { $1.need(HomeService.self, $0.order.uuid) }, cancel)
    }

    static func order(_ command: OrderHomeService, _ unit: UnitOfWork) throws -> Outcome {
        guard try unit.find(HomeService.self, command.order.uuid) == nil else {
            return .rejected(.orderExists, at: "/order")
        }
        guard let household = try unit.find(Household.self, command.household.uuid) else {
            return .waiting(for: command.household.uuid, else: .unknownHousehold, at: "/household")
        }
        guard unit.covers(household.territory) else {
            return .rejected(.outOfScope, at: "/household")
        }
        if let refusal = try Eligibility.refusal(
            of: household.id, by: .homeService, on: command.businessDate, at: "/household", unit)
        {
            return .refused(refusal)
        }
        var visit = HomeService(
            id: command.order, household: household.id, service: command.service,
            programme: command.programme, territory: household.territory,
            orderedOn: command.businessDate, since: command.businessDate)
        try unit.save(&visit)
        return .accepted(
            HomeServiceOrdered(
                order: visit.id, household: visit.household, service: visit.service,
                programme: visit.programme, territory: visit.territory,
                businessDate: command.businessDate),
            of: visit)
    }

    static func complete(_ command: CompleteHomeService, _ unit: UnitOfWork) throws -> Outcome {
        try end(command.order, as: .done, on: command.businessDate, unit) { visit in
            HomeServiceCompleted(
                order: visit.id, household: visit.household, service: visit.service,
                programme: visit.programme, territory: visit.territory,
                businessDate: command.businessDate)
        }
    }

    static func cancel(_ command: CancelHomeService, _ unit: UnitOfWork) throws -> Outcome {
        try end(
            command.order, as: .cancelled, on: command.businessDate, because: command.reason, unit
        ) { visit in
            HomeServiceCancelled(
                order: visit.id, household: visit.household, service: visit.service,
                programme: visit.programme, territory: visit.territory,
                businessDate: command.businessDate)
        }
    }

    private static func end(
        _ id: HomeServiceID, as state: HomeService.State, on day: BusinessDate,
        because reason: String? = nil, _ unit: UnitOfWork, _ fact: (HomeService) -> any Fact
    ) throws -> Outcome {
        guard var visit = try unit.find(HomeService.self, id.uuid) else {
            return .waiting(for: id.uuid, else: .unknownOrder, at: "/order")
        }
        guard unit.covers(visit.territory) else { return .rejected(.outOfScope, at: "/order") }
        guard visit.state == .ordered else {
            let expected = "an order that is open; this one is \(visit.state.rawValue)"
            return .rejected(.orderEnded, at: "/order", expected: expected)
        }
        guard day >= visit.since else {
            let expected = "a date from \(visit.since) on"
            return .rejected(.dateTooEarly, at: "/businessDate", expected: expected)
        }
        (visit.state, visit.since, visit.reason) = (state, day, reason)
        try unit.save(&visit)
        return .accepted([Emission(fact(visit), of: visit)])
    }

    static let migration = Migration(
        "0036_home_services",
        """
        CREATE TABLE home_service (
            id         uuid   PRIMARY KEY,
            household  uuid   NOT NULL REFERENCES household DEFERRABLE INITIALLY DEFERRED,
            service    text   NOT NULL CHECK (service IN ('air_conditioner', 'hood')),
            programme  text   NOT NULL,
            territory  text   COLLATE "C" NOT NULL,
            ordered_on date   NOT NULL,
            state      text   NOT NULL CHECK (state IN ('ordered', 'done', 'cancelled')),
            since      date   NOT NULL CHECK (since >= ordered_on),
            reason     text   CHECK ((reason IS NOT NULL) = (state = 'cancelled')),
            sequence   bigint NOT NULL CHECK (sequence > 0)
        );
        """)
}

extension RefusalCode {
    static let orderExists = RefusalCode("order_exists", "the id of an order not made yet")
    static let unknownOrder = RefusalCode("unknown_order", "the id of an ordered visit")
    static let orderEnded = RefusalCode("order_ended", "an order that is open")
}
