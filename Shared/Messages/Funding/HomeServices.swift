extension Tag { public enum HomeService {} }
public typealias HomeServiceID = ID<Tag.HomeService>

/// The kind of a cleaning visit.
public enum HomeServiceKind: String, WireEnum {
    case airConditioner = "air_conditioner"
    case hood
}

/// Orders a cleaning visit (暖心家政) for a household. Ages are taken on the day of the order.
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

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
    }
}

/// Records that the visit took place.
public struct CompleteHomeService: Command {
    public static let type = "funding.homeservice.complete.v1"

    public var order: HomeServiceID
    public var businessDate: BusinessDate

    public init(order: HomeServiceID, businessDate: BusinessDate) {
        self.order = order
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
    }
}

/// Cancels an ordered visit.
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
        checks.happened(businessDate, "businessDate")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// The order that a fact is about.
public struct HomeServiceSubject: Flattened {
    public var order: HomeServiceID
    public var household: HouseholdID
    public var service: HomeServiceKind
    public var programme: Programme
    public var territory: TerritoryCode

    public init(
        order: HomeServiceID, household: HouseholdID, service: HomeServiceKind,
        programme: Programme, territory: TerritoryCode
    ) {
        self.order = order
        self.household = household
        self.service = service
        self.programme = programme
        self.territory = territory
    }
}

/// A cleaning visit is ordered.
public struct HomeServiceOrdered: Fact, HasSubject {
    public static let type = "funding.homeservice.ordered.v1"

    public var about: HomeServiceSubject
    public var businessDate: BusinessDate

    public init(_ about: HomeServiceSubject, businessDate: BusinessDate) {
        self.about = about
        self.businessDate = businessDate
    }
}

/// A cleaning visit took place.
public struct HomeServiceCompleted: Fact, HasSubject {
    public static let type = "funding.homeservice.completed.v1"

    public var about: HomeServiceSubject
    public var businessDate: BusinessDate

    public init(_ about: HomeServiceSubject, businessDate: BusinessDate) {
        self.about = about
        self.businessDate = businessDate
    }
}

/// A cleaning visit will not take place.
public struct HomeServiceCancelled: Fact, HasSubject {
    public static let type = "funding.homeservice.cancelled.v1"

    public var about: HomeServiceSubject
    public var businessDate: BusinessDate

    public init(_ about: HomeServiceSubject, businessDate: BusinessDate) {
        self.about = about
        self.businessDate = businessDate
    }
}
