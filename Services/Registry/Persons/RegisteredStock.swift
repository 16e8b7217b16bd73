import Foundation
import Messages

/// Who counts where, from when to when: persons where they live, households where they are while somebody lives in them,
/// and both for each verified category that holds.
///
/// What a command changes is the difference between two such counts. So the sum of all changes is a count, and no
/// territory ever has fewer than none on any day.
struct RegisteredStock {
    private struct Key: Hashable {
        let territory: TerritoryCode
        let day: Int32
        let category: Messages.Category?
    }

    private var sums: [Key: (households: Int, persons: Int)] = [:]

    /// By territory, day and category, without those that cancel out.
    var changes: [StockChange] {
        sums.filter { $1.households != 0 || $1.persons != 0 }
            .map { key, sum in
                StockChange(
                    territory: key.territory, day: BusinessDate(day: key.day),
                    households: sum.households, persons: sum.persons, category: key.category)
            }
            .sorted {
                ($0.territory, $0.day, $0.category?.rawValue ?? "")
                    < ($1.territory, $1.day, $1.category?.rawValue ?? "")
            }
    }

    mutating func add(_ people: People, times: Int) {
        let categories = CategoryDays(people)
        for person in people.persons {
            let held = categories.of(person)
            for (stay, days) in person.countedStays {
                guard let territory = stay.territory else { continue }
                add(territory, days, persons: times)
                for (category, holds) in held {
                    for part in holds.within(days) {
                        add(territory, part, category, persons: times)
                    }
                }
            }
        }
        for household in people.households { add(household, people, categories, times: times) }
    }

    private mutating func add(
        _ household: Household, _ people: People, _ categories: CategoryDays, times: Int
    ) {
        var lived = DayRanges()
        var held = categories.of(household)
        for person in people.persons where person.stays.names(household.id) {
            let here = DayRanges(
                person.countedStays.filter { $0.stay.household == household.id }.map(\.days))
            lived.add(here)
            for (category, holds) in categories.of(person) {
                let days = category.outlivesSubject ? person.days(in: household.id) : here
                for part in days.ranges {
                    held[category, default: DayRanges()].add(DayRanges(holds.within(part)))
                }
            }
        }
        for (territory, days) in household.countedPlaces {
            for part in lived.within(days) {
                add(territory, part, households: times)
                for (category, holds) in held {
                    for days in holds.within(part) {
                        add(territory, days, category, households: times)
                    }
                }
            }
        }
    }

    /// Takes off what a fact says without its list of changes.
    mutating func leaveOut(
        _ territory: TerritoryCode, from day: BusinessDate, households: Int = 0, persons: Int = 0
    ) {
        add(territory, day.day..<Int32.max, households: -households, persons: -persons)
    }

    private mutating func add(
        _ territory: TerritoryCode, _ days: Range<Int32>, _ category: Messages.Category? = nil,
        households: Int = 0, persons: Int = 0
    ) {
        let first = Key(territory: territory, day: days.lowerBound, category: category)
        sums[first, default: (0, 0)].households += households
        sums[first, default: (0, 0)].persons += persons
        guard days.upperBound < .max else { return }
        let end = Key(territory: territory, day: days.upperBound, category: category)
        sums[end, default: (0, 0)].households -= households
        sums[end, default: (0, 0)].persons -= persons
    }
}

// MARK: Days

/// Days since 1970-01-01, in ranges that neither touch nor overlap. The end `Int32.max` is open.
private struct DayRanges {
    private(set) var ranges: [Range<Int32>] = []

    init(_ ranges: [Range<Int32>] = []) { for range in ranges { add(range) } }

    mutating func add(_ other: DayRanges) { for range in other.ranges { add(range) } }

    private mutating func add(_ range: Range<Int32>) {
        guard !range.isEmpty else { return }
        var range = range
        var apart: [Range<Int32>] = []
        for other in ranges {
            if other.upperBound < range.lowerBound || range.upperBound < other.lowerBound {
                apart.append(other)
            } else {
                range =
                    min(
                        range.lowerBound, other.lowerBound)..<max(
                        range.upperBound, other.upperBound)
            }
        }
        ranges = (apart + [range]).sorted { $0.lowerBound < $1.lowerBound }
    }

    func within(_ days: Range<Int32>) -> [Range<Int32>] {
        ranges.map { $0.clamped(to: days) }.filter { !$0.isEmpty }
    }
}

extension Range<Int32> {
    /// Empty if it ends before it begins.
    fileprivate init(from first: BusinessDate, until end: BusinessDate?) {
        let end = end?.day ?? .max
        self = first.day..<Swift.max(first.day, end)
    }
}

extension Person {
    /// Each stay with the days on which this registration counts there.
    fileprivate var countedStays: [(stay: Stay, days: Range<Int32>)] {
        let stays = stays.stays
        return stays.enumerated().map { index, stay in
            let next = index + 1 < stays.count ? stays[index + 1].from : nil
            return (stay, Range(from: stay.from, until: earliest(next, countsUntil)))
        }
    }
}

extension Person {
    /// The days on which the household is this registration's, after a death too.
    fileprivate func days(in household: HouseholdID) -> DayRanges {
        let stays = stays.stays
        let until = earliest(merge?.on, erasedOn)
        return DayRanges(
            stays.enumerated().filter { $1.household == household }.map { index, stay in
                let next = index + 1 < stays.count ? stays[index + 1].from : nil
                return Range(from: stay.from, until: earliest(next, until))
            })
    }
}

extension Household {
    /// Each place with the days on which the household is there.
    fileprivate var countedPlaces: [(territory: TerritoryCode, days: Range<Int32>)] {
        places.enumerated().map { index, place in
            let next = index + 1 < places.count ? places[index + 1].from : nil
            return (place.territory, Range(from: place.from, until: earliest(next, dissolvedOn)))
        }
    }
}

/// On which days somebody, or a household, is in which verified category.
private struct CategoryDays {
    typealias Held = [Messages.Category: DayRanges]

    private var own: [UUID: Held] = [:]
    /// Since when an id means another one.
    private var merges: [PersonID: BusinessDate] = [:]

    init(_ people: People) {
        for person in people.persons { merges[person.id] = person.merge?.on }
        for assertion in people.assertions
        where assertion.verifiedOn != nil && assertion.revokedOn == nil {
            let days = Range(from: assertion.validFrom, until: assertion.overFrom)
            own[assertion.subject, default: [:]][assertion.category, default: DayRanges()]
                .add(DayRanges([days]))
        }
    }

    func of(_ household: Household) -> Held { own[household.key] ?? [:] }

    /// Of the last survivor, also those of merged registrations, each since it was merged.
    func of(_ person: Person) -> Held {
        guard !own.isEmpty else { return [:] }
        var held = own[person.key] ?? [:]
        guard person.merge == nil else { return held }
        for id in person.merged {
            guard let other = own[id.uuid], let day = merges[id] else { continue }
            for (category, days) in other {
                held[category, default: DayRanges()]
                    .add(DayRanges(days.within(day.day..<Int32.max)))
            }
        }
        return held
    }
}
