import Foundation
import Messages

/// What a service keeps that takes in registry's facts as they come: of each record the one with the highest version.
struct KeptRecords {
    private(set) var persons: [PersonID: PersonRecord] = [:]
    private(set) var households: [HouseholdID: HouseholdRecord] = [:]
    private(set) var categories: [AssertionID: CategoryRecord] = [:]
    private(set) var memberships: [MemberID: MembershipRecord] = [:]

    mutating func take(_ records: PeopleRecords) {
        for record in records.persons ?? []
        where persons[record.person]?.version ?? 0 < record.version {
            persons[record.person] = record
        }
        for record in records.households ?? []
        where households[record.household]?.version ?? 0 < record.version {
            households[record.household] = record
        }
        for record in records.categories ?? []
        where categories[record.assertion]?.version ?? 0 < record.version {
            categories[record.assertion] = record
        }
        for record in records.memberships ?? []
        where memberships[record.member]?.version ?? 0 < record.version {
            memberships[record.member] = record
        }
    }

    // MARK: Counting, as plainly as can be

    struct Place: Hashable {
        let territory: TerritoryCode
        let category: Messages.Category?
    }

    struct Count: Equatable {
        var households = 0
        var persons = 0
    }

    /// The numbers of one day, without zeros.
    func counts(on day: BusinessDate) -> [Place: Count] {
        var counts: [Place: Count] = [:]
        var homes: [HouseholdID: Set<Messages.Category>] = [:]
        for person in persons.values {
            guard let stay = stay(of: person, on: day), let territory = stay.territory else {
                continue
            }
            let held = categories(of: person, on: day)
            counts[Place(territory: territory, category: nil), default: Count()].persons += 1
            for category in held {
                counts[Place(territory: territory, category: category), default: Count()]
                    .persons += 1
            }
            if let household = stay.household { homes[household, default: []].formUnion(held) }
        }
        for (id, held) in homes {
            guard let household = households[id],
                let place = household.places.last(where: { $0.from <= day })
            else { continue }
            let own = categories.values.filter { $0.subject == id.uuid && holds($0, on: day) }
            counts[Place(territory: place.territory, category: nil), default: Count()]
                .households += 1
            for category in held.union(own.map(\.category)) {
                counts[Place(territory: place.territory, category: category), default: Count()]
                    .households += 1
            }
        }
        return counts
    }

    private func stay(of person: PersonRecord, on day: BusinessDate) -> Stay? {
        let ends = [person.diedOn, person.mergedOn, person.erasedOn].compactMap(\.self)
        guard ends.allSatisfy({ day < $0 }) else { return nil }
        return person.stays.last { $0.from <= day }
    }

    private func categories(
        of person: PersonRecord, on day: BusinessDate
    ) -> Set<Messages.Category> {
        let merged = persons.values.filter {
            $0.mergedInto == person.person && $0.mergedOn.map { $0 <= day } ?? false
        }
        let ids = Set([person.person.uuid] + merged.map(\.person.uuid))
        return Set(
            categories.values.filter { ids.contains($0.subject) && holds($0, on: day) }
                .map(\.category))
    }

    private func holds(_ record: CategoryRecord, on day: BusinessDate) -> Bool {
        record.verifiedOn != nil && record.revokedOn == nil && record.validFrom <= day
            && record.validTo.map { day <= $0 } ?? true && record.endedOn.map { day < $0 } ?? true
    }
}

/// The numbers that follow from what facts say about their changes.
struct SummedStock {
    private struct Key: Hashable {
        let place: KeptRecords.Place
        let day: BusinessDate
    }

    private var sums: [Key: KeptRecords.Count] = [:]

    mutating func take(_ fact: any Fact) {
        switch fact {
        case let fact as HouseholdRegistered:
            let newcomers = fact.members.filter { $0.sequence ?? 0 == 0 }.count
            add(fact.territory, fact.registeredOn, households: 1, persons: newcomers)
            take(fact.stock)
        case let fact as PersonRegistered:
            add(fact.territory, fact.registeredOn, households: 0, persons: 1)
            take(fact.stock)
        case let fact as HouseholdMoved: take(fact.stock)
        case let fact as HouseholdDissolved: take(fact.stock)
        case let fact as HouseholdRestored: take(fact.stock)
        case let fact as PersonMoved: take(fact.stock)
        case let fact as MoveVoided: take(fact.stock)
        case let fact as PersonDied: take(fact.stock)
        case let fact as DeathCorrected: take(fact.stock)
        case let fact as DeathVoided: take(fact.stock)
        case let fact as PersonsMerged: take(fact.stock)
        case let fact as PersonsUnmerged: take(fact.stock)
        case let fact as PersonErased: take(fact.stock)
        case let fact as CategoryVerified: take(fact.stock)
        case let fact as CategoryEnded: take(fact.stock)
        case let fact as CategoryRevoked: take(fact.stock)
        default: break
        }
    }

    private mutating func take(_ changes: [StockChange]?) {
        for change in changes ?? [] {
            add(
                change.territory, change.day, change.category, households: change.households,
                persons: change.persons)
        }
    }

    private mutating func add(
        _ territory: TerritoryCode, _ day: BusinessDate, _ category: Messages.Category? = nil,
        households: Int, persons: Int
    ) {
        let key = Key(
            place: KeptRecords.Place(territory: territory, category: category), day: day)
        sums[key, default: KeptRecords.Count()].households += households
        sums[key, default: KeptRecords.Count()].persons += persons
    }

    /// All days on which a number changes.
    var days: [BusinessDate] { Set(sums.keys.map(\.day)).sorted() }

    /// The numbers of one day, without zeros.
    func counts(on day: BusinessDate) -> [KeptRecords.Place: KeptRecords.Count] {
        var counts: [KeptRecords.Place: KeptRecords.Count] = [:]
        for (key, change) in sums where key.day <= day {
            counts[key.place, default: KeptRecords.Count()].households += change.households
            counts[key.place, default: KeptRecords.Count()].persons += change.persons
        }
        return counts.filter { $1 != KeptRecords.Count() }
    }
}
