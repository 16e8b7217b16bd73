/// What is cleaned in a home.
public enum HomeServiceKind: String, WireEnum {
    case airConditioner = "air_conditioner"
    case hood
}

/// Orders a cleaning visit (暖心家政) for a household; ages are those of the day of the order.
public struct OrderHomeService: Command {
    public static let type = "funding.homeservice.order.v1"

    public var order: HomeServiceID
    public var household: HouseholdID
    public var service: HomeServiceKind
    public var programme: Programme
    public var businessDate: BusinessDate

    public init(
        order: HomeServiceID, household: HouseholdID, service: HomeServiceKind,
        programme: Programme, businessDate: BusinessDate
    ) {
        self.order = order
        self.household = household
        self.service = service
        self.programme = programme
        self.businessDate = businessDate
    }
}

/// The visit took place.
public struct CompleteHomeService: Command {
    public static let type = "funding.homeservice.complete.v1"

    public var order: HomeServiceID
    public var businessDate: BusinessDate

    public init(order: HomeServiceID, businessDate: BusinessDate) {
        self.order = order
        self.businessDate = businessDate
    }
}

/// There will be no visit.
public struct CancelHomeService: Command {
    public static let type = "funding.homeservice.cancel.v1"

    public var order: HomeServiceID
    public var reason: String
    public var businessDate: BusinessDate

    public init(order: HomeServiceID, reason: String, businessDate: BusinessDate) {
        self.order = order
        self.reason = reason
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// A cleaning visit is ordered.
public struct HomeServiceOrdered: Fact {
    public static let type = "funding.homeservice.ordered.v1"

    public var order: HomeServiceID
    public var household: HouseholdID
    public var service: HomeServiceKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var businessDate: BusinessDate

    public init(
        order: HomeServiceID, household: HouseholdID, service: HomeServiceKind,
        programme: Programme, territory: TerritoryCode, businessDate: BusinessDate
    ) {
        self.order = order
        self.household = household
        self.service = service
        self.programme = programme
        self.territory = territory
        self.businessDate = businessDate
    }
}

/// A cleaning visit took place.
public struct HomeServiceCompleted: Fact {
    public static let type = "funding.homeservice.completed.v1"

    public var order: HomeServiceID
    public var household: HouseholdID
    public var service: HomeServiceKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var businessDate: BusinessDate

    public init(
        order: HomeServiceID, household: HouseholdID, service: HomeServiceKind,
        programme: Programme, territory: TerritoryCode, businessDate: BusinessDate
    ) {
        self.order = order
        self.household = household
        self.service = service
        self.programme = programme
        self.territory = territory
        self.businessDate = businessDate
    }
}

/// A cleaning visit will not take place.
public struct HomeServiceCancelled: Fact {
    public static let type = "funding.homeservice.cancelled.v1"

    public var order: HomeServiceID
    public var household: HouseholdID
    public var service: HomeServiceKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var businessDate: BusinessDate

    public init(
        order: HomeServiceID, household: HouseholdID, service: HomeServiceKind,
        programme: Programme, territory: TerritoryCode, businessDate: BusinessDate
    ) {
        self.order = order
        self.household = household
        self.service = service
        self.programme = programme
        self.territory = territory
        self.businessDate = businessDate
    }
}
