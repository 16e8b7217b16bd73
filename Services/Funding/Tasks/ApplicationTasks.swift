import Messages
import People
import ServiceKit

/// Raises and settles the tasks of grants, claims and cleaning visits that somebody has asked for and nobody is there to
/// receive.
enum ApplicationTasks {
    static func review(_ grant: Grant, on day: BusinessDate, _ unit: UnitOfWork) throws {
        var since: BusinessDate?
        if grant.state.isUnpaid, let household = grant.household {
            since = try Households.emptiedOn(household, unit)
        }
        try unit.demand(
            .settleApplication, grant.key, in: grant.territory, since: since, settledOn: day)
    }

    static func review(_ claim: Claim, on day: BusinessDate, _ unit: UnitOfWork) throws {
        var since: BusinessDate?
        if claim.state.isUnpaid, let policy = try unit.find(Policy.self, claim.policy.uuid) {
            since = try lostOn(policy, unit)
        }
        try unit.demand(
            .settleApplication, claim.key, in: claim.territory, since: since, settledOn: day)
    }

    /// The day on which whom it insures has died or was erased, or the household has nobody left.
    private static func lostOn(_ policy: Policy, _ unit: UnitOfWork) throws -> BusinessDate? {
        switch policy.basis.insured {
        case .household: try Households.emptiedOn(HouseholdID(policy.insured), unit)
        case .person: try Persons.find(PersonID(policy.insured), unit)?.lostOn
        }
    }

    static func review(_ visit: HomeService, on day: BusinessDate, _ unit: UnitOfWork) throws {
        let since =
            visit.state == .ordered ? try Households.emptiedOn(visit.household, unit) : nil
        try unit.demand(
            .cancelVisit, visit.key, in: visit.territory, since: since, settledOn: day)
    }
}

extension Person {
    /// The day on which the person died or was erased, whatever came first; nil if neither.
    var lostOn: BusinessDate? { [diedOn, erasedOn].compactMap { $0 }.min() }
}
