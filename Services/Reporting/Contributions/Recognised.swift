import Messages

extension HouseholdRegistered {
    /// The changes by category of those that are verified with the household. If `stock` says changes by category, these are all of
    /// them.
    var recognised: [StockChange] {
        guard !(stock ?? []).contains(where: { $0.category != nil }) else { return [] }
        let verified = Dictionary(grouping: categories.filter(\.verified), by: \.category)
        return Category.allCases.flatMap { category in
            recognised(category, verified[category] ?? [])
        }
    }

    private func recognised(_ category: Category, _ facts: [CategoryFact]) -> [StockChange] {
        var days: [BusinessDate: (all: Int, persons: Int)] = [:]
        for fact in facts {
            // Nobody is counted here before the registration.
            let first = max(fact.validFrom, registeredOn)
            let end = fact.validTo?.adding(days: 1)
            if let end, end <= first { continue }
            let person = fact.subject == household.uuid ? 0 : 1
            days[first, default: (0, 0)].all += 1
            days[first, default: (0, 0)].persons += person
            guard let end else { continue }
            days[end, default: (0, 0)].all -= 1
            days[end, default: (0, 0)].persons -= person
        }
        var held = 0
        return days.sorted { $0.key < $1.key }.map { day, change in
            // The household counts once, however many of its members the category holds for.
            let before = min(held, 1)
            held += change.all
            return StockChange(
                territory: territory, day: day, households: min(held, 1) - before,
                persons: change.persons, category: category)
        }.filter { $0.households != 0 || $0.persons != 0 }
    }
}
