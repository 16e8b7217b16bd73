import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// A household as the tests make it, and what rule E1 says of it: a plain model, written apart from
/// the service's SQL.
struct TestHousehold {
    struct Member {
        var role: Role
        var birth: BusinessDate
        var id = PersonID(UUID())
    }

    struct Recognition {
        var category: Messages.Category
        /// The index of a member; nil for the household itself.
        var member: Int?
        var isVerified = true
        var from: BusinessDate
        var to: BusinessDate?
        var ended: BusinessDate?
        var assertion = AssertionID(UUID())

        func holds(on day: BusinessDate) -> Bool {
            isVerified && from <= day && to.map { $0 >= day } ?? true
                && ended.map { $0 > day } ?? true
        }
    }

    let id = HouseholdID(UUID())
    var territory: TerritoryCode
    var members: [Member]
    var recognitions: [Recognition]

    // MARK: The model

    /// The basis, or the reason why there is none.
    func verdict(
        _ rule: EligibilityRule, _ premiums: [Premium], on day: BusinessDate
    ) -> String {
        let held = recognitions.filter { $0.holds(on: day) }
        let categories = Set(held.map(\.category))
        let ages = parents(held).map { $0.birth.completedYears(at: day) }
        let bounds = rule.parentMinimumAge...rule.parentMaximumAge
        let isOfAge =
            rule.parentRule == .any
            ? ages.contains(where: bounds.contains)
            : !ages.isEmpty && ages.allSatisfy(bounds.contains)
        let holding: [(Basis, Bool)] = [
            (.specialFamily, categories.contains(where: \.isSpecialFamily)),
            (.lowSecurity, categories.contains(.lowSecurity)),
            (.lowIncome, categories.contains(.lowIncome)),
            (.onlyChildParents, categories.contains(.onlyChild) && isOfAge),
        ]
        let offered = Set(premiums.map(\.basis))
        if let basis = holding.first(where: { $0.1 && offered.contains($0.0) }) {
            return basis.0.rawValue
        }
        if holding.contains(where: \.1) { return "basis_not_insured" }
        if !categories.contains(.onlyChild) { return "not_only_child_family" }
        if ages.isEmpty { return "no_parent_known" }
        if !ages.contains(where: { $0 > bounds.upperBound }) { return "parents_too_young" }
        if !ages.contains(where: { $0 < bounds.lowerBound }) { return "parents_too_old" }
        return "parents_outside_ages"
    }

    /// The parents of the only child or children that the household was recognised for.
    private func parents(_ held: [Recognition]) -> [Member] {
        let couple = members.filter { $0.role == .head || $0.role == .spouse }
        let elders = members.filter { $0.role == .parent }
        let hasChild = members.contains { $0.role == .child }
        return held.filter { $0.category == .onlyChild }.flatMap { recognition -> [Member] in
            switch recognition.member.map({ members[$0].role }) {
            case .head, .spouse: elders
            case .child: couple.isEmpty ? elders : couple
            case .parent, nil:
                hasChild || elders.isEmpty ? (couple.isEmpty ? elders : couple) : elders
            }
        }
    }

    // MARK: As facts

    func registered() throws -> HouseholdRegistered {
        HouseholdRegistered(
            household: id, territory: territory,
            registeredOn: try #require(BusinessDate("2018-03-01")),
            members: members.map {
                MemberFact(person: $0.id, role: $0.role, birthDate: $0.birth, sex: .female)
            },
            categories: recognitions.map {
                CategoryFact(
                    assertion: $0.assertion, subject: subject($0), category: $0.category,
                    verified: $0.isVerified, validFrom: $0.from, validTo: $0.to)
            })
    }

    func ended() -> [CategoryEnded] {
        recognitions.compactMap { recognition in
            recognition.ended.map {
                CategoryEnded(
                    CategorySubject(
                        assertion: recognition.assertion, household: id,
                        subject: subject(recognition), territory: territory,
                        category: recognition.category, validFrom: recognition.from), endedOn: $0)
            }
        }
    }

    private func subject(_ recognition: Recognition) -> UUID {
        recognition.member.map { members[$0].id.uuid } ?? id.uuid
    }
}

extension TestHousehold {
    /// Any household, with ages on and around both bounds and categories around the reference date.
    static func random(_ random: inout SeededRandom, on day: BusinessDate) throws -> TestHousehold {
        let communities = ["350203007901", "350203007902", "350203008901", "350203009901001"]
        let territory = try #require(
            TerritoryCode(communities[random.below(communities.count)]))
        let roles: [[Role]] = [
            [.head, .spouse, .child], [.head, .spouse, .child, .parent], [.head, .child],
            [.head, .spouse], [.head, .parent, .parent], [.head, .spouse, .parent], [.child],
            [.parent, .child], [.head, .spouse, .child, .parent, .parent],
        ]
        let members = roles[random.below(roles.count)].map { role in
            Member(role: role, birth: birth(role, &random, on: day))
        }
        var recognitions: [Recognition] = []
        for category in Category.allCases {
            guard random.once(in: category == .onlyChild ? 2 : 8) else { continue }
            recognitions.append(
                recognition(category, of: members.count, &random, on: day))
        }
        if random.once(in: 10) {
            recognitions.append(
                recognition(.onlyChild, of: members.count, &random, on: day))
        }
        return TestHousehold(territory: territory, members: members, recognitions: recognitions)
    }

    private static func birth(
        _ role: Role, _ random: inout SeededRandom, on day: BusinessDate
    ) -> BusinessDate {
        if role == .child { return day.adding(days: -random.below(40 * 365)) }
        let age = [50, 51, 55, 60, 65, 66, 40, 80][random.below(8)]
        let birthday =
            BusinessDate(year: day.year - age, month: day.month, day: day.dayOfMonth)
            ?? day.adding(days: -age * 365)
        switch random.below(4) {
        case 0: return birthday
        case 1: return birthday.adding(days: 1)
        case 2: return birthday.adding(days: -1)
        default: return birthday.adding(days: -random.below(364))
        }
    }

    private static func recognition(
        _ category: Messages.Category, of members: Int, _ random: inout SeededRandom,
        on day: BusinessDate
    ) -> Recognition {
        Recognition(
            category: category,
            member: random.once(in: 2) ? nil : random.below(members),
            isVerified: !random.once(in: 6),
            from: day.adding(days: random.once(in: 8) ? random.below(2) : -1_000),
            to: random.once(in: 4) ? day.adding(days: random.below(3) - 1) : nil,
            ended: random.once(in: 5) ? day.adding(days: random.below(3) - 1) : nil)
    }
}
