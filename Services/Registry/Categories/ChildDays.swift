import Messages

/// Days on end on which a child is alive and lives in a household.
struct ChildDays {
    /// Those on which the child counts there, since 1970-01-01. Before the registration it lived where the first stay says.
    fileprivate(set) var days: Range<Int32>
    /// The first one that a registration or a move tells.
    fileprivate let told: BusinessDate

    /// Those of all children who live in the household or have lived there, the first ones first.
    /// - Parameter family: all who live in it or have lived in it, with merged registrations.
    static func of(_ family: [Person], in household: HouseholdID) -> [ChildDays] {
        family.flatMap { person in
            // A merged registration is of somebody whose death the other one may tell.
            let survivor = person.survivor.flatMap { id in family.first { $0.id == id } }
            return person.daysAsChild(
                in: household, until: earliest(person.countsUntil, survivor?.diedOn))
        }.sorted { $0.days.lowerBound < $1.days.lowerBound }
    }

    /// Says who lives there of those days, as a sentence.
    func text(for asserted: Range<Int32>) -> String {
        let isTold = min(asserted.upperBound, days.upperBound) > told.day
        let since = isTold ? told : BusinessDate(day: days.lowerBound)
        guard days.upperBound < .max else { return "one lives there from \(since) on" }
        return "one lived there from \(since) to \(BusinessDate(day: days.upperBound - 1))"
    }
}

extension Person {
    fileprivate func daysAsChild(
        in household: HouseholdID, until end: BusinessDate?
    ) -> [ChildDays] {
        guard !isErased else { return [] }
        let stays = stays.stays
        var found: [ChildDays] = []
        for (index, stay) in stays.enumerated()
        where stay.household == household && stay.role == .child {
            let first = index == 0 ? min(birthDate, stay.from) : stay.from
            let next = index + 1 < stays.count ? stays[index + 1].from : nil
            let days = first.day..<max(first.day, earliest(next, end)?.day ?? .max)
            guard !days.isEmpty else { continue }
            // The household may have moved meanwhile.
            if let last = found.last, last.days.upperBound == days.lowerBound {
                found[found.count - 1].days = last.days.lowerBound..<days.upperBound
            } else {
                found.append(ChildDays(days: days, told: stay.from))
            }
        }
        return found
    }
}
