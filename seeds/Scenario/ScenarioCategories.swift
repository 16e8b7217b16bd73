import Foundation
import Messages

/// The categories of the households of each pattern.
extension ScenarioGenerator {
    mutating func categories(
        _ pattern: HouseholdPattern, _ household: HouseholdID, _ members: [NewMember],
        _ reference: BusinessDate
    ) -> [NewCategory] {
        var list = CategoryList(household: household, reference: reference)
        switch pattern {
        case .notOnlyChild:
            break
        case .unverified:
            add(.onlyChild, to: &list, verified: false)
        case .ended:
            add(.onlyChild, to: &list, until: reference.adding(days: -1 - random.below(400)))
        case .bereaved:
            add(.onlyChild, to: &list)
            add(.bereaved, to: &list)
            list.end(.onlyChild, with: .bereaved)
            // The first basis counts where several hold.
            if random.once(in: 10) { add(.lowSecurity, to: &list) }
        case .disabledChild:
            add(.onlyChild, to: &list)
            let child = members.first { $0.role == .child }?.person.uuid
            add(.disabledChild, to: &list, subject: child)
            if random.once(in: 10) { add(.lowIncome, to: &list) }
        case .lowSecurity:
            add(.lowSecurity, to: &list)
            if random.once(in: 3) { add(.onlyChild, to: &list) }
            if random.once(in: 10) {
                add(.lowIncome, to: &list)
                list.end(.lowIncome, with: .lowSecurity)
            }
        case .lowIncome:
            add(.lowIncome, to: &list, until: reference.adding(days: 366))
            if random.once(in: 3) { add(.onlyChild, to: &list) }
        case .lowIncomeUnverified:
            add(.lowIncome, to: &list, verified: false)
        case .lowSecurityEnded:
            add(.lowSecurity, to: &list, until: reference.adding(days: -1 - random.below(400)))
        case .bereavedAfterwards:
            add(.bereaved, to: &list, from: reference.adding(days: 1 + random.below(60)))
        default:
            add(.onlyChild, to: &list)
        }
        return list.categories
    }

    private struct CategoryList {
        let household: HouseholdID
        let reference: BusinessDate
        var categories: [NewCategory] = []

        /// One of two that exclude each other ends when the other one begins: the earlier of their first days is that of the
        /// first one.
        mutating func end(_ first: Category, with next: Category) {
            guard let one = categories.firstIndex(where: { $0.category == first }),
                let other = categories.firstIndex(where: { $0.category == next })
            else { return }
            let days = [categories[one].validFrom, categories[other].validFrom].sorted()
            categories[one].validFrom = days[0]
            categories[other].validFrom = max(days[1], days[0].adding(days: 1))
            categories[one].validTo = categories[other].validFrom.adding(days: -1)
        }
    }

    private mutating func add(
        _ category: Category, to list: inout CategoryList, subject: UUID? = nil,
        from start: BusinessDate? = nil, until end: BusinessDate? = nil, verified: Bool = true
    ) {
        let earliest = (end ?? list.reference).adding(days: -3_000)
        list.categories.append(
            NewCategory(
                assertion: id(), subject: subject ?? list.household.uuid, category: category,
                validFrom: start ?? earliest.adding(days: random.below(1_500)), validTo: end,
                verified: verified))
    }
}
