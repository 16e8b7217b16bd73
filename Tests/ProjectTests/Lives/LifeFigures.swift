import Foundation
import Messages

/// Registered families and persons by community, in all and by category, as a plain model counts them.
struct LifeFigures: Equatable {
    struct Name: Hashable, Comparable, CustomStringConvertible {
        let territory: String
        /// `registration`, or `recognition_` with a category.
        let source: String
        /// Of households, and not of persons.
        let isOfHouseholds: Bool

        var description: String {
            "\(source) \(isOfHouseholds ? "households" : "persons") of \(territory)"
        }

        static func < (one: Self, other: Self) -> Bool { one.description < other.description }
    }

    private(set) var counts: [Name: Int] = [:]

    mutating func add(_ count: Int, _ name: Name) {
        counts[name, default: 0] += count
        if counts[name] == 0 { counts[name] = nil }
    }

    /// What differs, in words.
    func problems(_ expected: LifeFigures) -> [String] {
        Set(counts.keys).union(expected.counts.keys).sorted().compactMap { name in
            let (count, due) = (counts[name] ?? 0, expected.counts[name] ?? 0)
            return count == due ? nil : "\(name): \(count), not \(due)"
        }
    }
}

extension LifeModel {
    /// A person's category counts for the household in which the person lives. If it outlives the person, it counts on for that
    /// household while anybody lives there.
    func figures(on day: BusinessDate) -> LifeFigures {
        var figures = LifeFigures()
        var counted: Set<HouseholdID> = []
        for id in persons where isPresent(id, on: day) {
            let stay = stay(of: id, on: day)
            add(stay?.territory, "registration", isOfHouseholds: false, &figures)
            if let household = stay?.household { counted.insert(household) }
        }
        for household in counted {
            add(place(of: household, on: day), "registration", isOfHouseholds: true, &figures)
        }
        for category in Messages.Category.allCases {
            let source = "recognition_\(category.rawValue)"
            let subjects = Set(holding(on: day).filter { $0.category == category }.map(\.subject))
            var families: Set<HouseholdID> = []
            for subject in subjects {
                let (household, person) = (HouseholdID(subject), PersonID(subject))
                if counted.contains(household) { families.insert(household) }
                if category.outlivesSubject, isKept(person, on: day),
                    let home = stay(of: person, on: day)?.household, counted.contains(home)
                {
                    families.insert(home)
                }
                guard isPresent(person, on: day), let stay = stay(of: person, on: day) else {
                    continue
                }
                add(stay.territory, source, isOfHouseholds: false, &figures)
                if let home = stay.household { families.insert(home) }
            }
            for family in families {
                add(place(of: family, on: day), source, isOfHouseholds: true, &figures)
            }
        }
        return figures
    }

    private func add(
        _ territory: TerritoryCode?, _ source: String, isOfHouseholds: Bool,
        _ figures: inout LifeFigures
    ) {
        guard let territory else { return }
        figures.add(
            1,
            LifeFigures.Name(
                territory: territory.rawValue, source: source, isOfHouseholds: isOfHouseholds))
    }
}
