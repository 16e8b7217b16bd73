import Foundation
public import Messages

/// Registry as the tests of other services need it: it adds to facts about people the records that registry would send with
/// them. Facts are told in the order in which they happened; they may be delivered in any other.
public final class RegistryBook {
    private var persons: [PersonID: PersonRecord] = [:]
    private var households: [HouseholdID: HouseholdRecord] = [:]
    private var categories: [AssertionID: CategoryRecord] = [:]
    private var memberships: [MemberID: MembershipRecord] = [:]

    public init() {}

    /// The fact with its records. One that has records, or is not about people, stays as it is.
    public func told(_ fact: any Fact) -> any Fact {
        switch fact {
        case let fact as PersonMoved: fact.records == nil ? told(fact) : note(fact)
        case let fact as HouseholdMoved: fact.records == nil ? told(fact) : note(fact)
        case let fact as PersonDied: fact.records == nil ? told(fact) : note(fact)
        case let fact as PersonsMerged: fact.records == nil ? told(fact) : note(fact)
        case let fact as PersonErased: fact.records == nil ? told(fact) : note(fact)
        case let fact as CategoryAsserted: fact.records == nil ? told(fact) : note(fact)
        case let fact as CategoryVerified: fact.records == nil ? told(fact) : note(fact)
        case let fact as CategoryEnded: fact.records == nil ? told(fact) : note(fact)
        case let fact as CategoryRevoked: fact.records == nil ? told(fact) : note(fact)
        case let fact as MemberEnrolled: fact.records == nil ? told(fact) : note(fact)
        case let fact as MemberLeft: fact.records == nil ? told(fact) : note(fact)
        case let fact as any PeopleFact: note(fact)
        default: fact
        }
    }

    private func note(_ fact: any PeopleFact) -> any Fact {
        for record in fact.records?.persons ?? []
        where persons[record.person]?.version ?? 0 < record.version {
            persons[record.person] = record
        }
        for record in fact.records?.households ?? []
        where households[record.household]?.version ?? 0 < record.version {
            households[record.household] = record
        }
        for record in fact.records?.categories ?? []
        where categories[record.assertion]?.version ?? 0 < record.version {
            categories[record.assertion] = record
        }
        for record in fact.records?.memberships ?? []
        where memberships[record.member]?.version ?? 0 < record.version {
            memberships[record.member] = record
        }
        return fact
    }
}

// MARK: Persons and households

extension RegistryBook {
    public func told(_ fact: PersonMoved) -> PersonMoved {
        let stay = Stay(
            from: fact.movedOn, territory: fact.territory, household: fact.household,
            role: fact.role)
        let isKnown = persons[fact.person] != nil
        let record = change(fact.person, from: fact.from, on: fact.movedOn) {
            if !isKnown { ($0.birthDate, $0.sex) = (fact.birthDate, fact.sex) }
            $0.add(stay)
        }
        var fact = fact
        fact.records = PeopleRecords(persons: [record])
        return fact
    }

    public func told(_ fact: HouseholdMoved) -> HouseholdMoved {
        let members = fact.members.map { member in
            change(member, from: fact.from, on: fact.movedOn) {
                guard let last = $0.stays.last else { return }
                $0.add(
                    Stay(
                        from: fact.movedOn, territory: fact.territory,
                        household: fact.household, role: last.role))
            }
        }
        var household =
            households[fact.household]
            ?? HouseholdRecord(
                household: fact.household, version: 1,
                places: [HouseholdPlace(from: fact.movedOn, territory: fact.from)])
        household.version += 1
        household.places.removeAll { $0.from == fact.movedOn }
        household.places.append(HouseholdPlace(from: fact.movedOn, territory: fact.territory))
        household.places.sort { $0.from < $1.from }
        households[fact.household] = household
        var fact = fact
        fact.records = PeopleRecords(persons: members, households: [household])
        return fact
    }

    public func told(_ fact: PersonDied) -> PersonDied {
        let person = persons[fact.person]?.mergedInto ?? fact.person
        let record = change(person, from: fact.territory, on: fact.diedOn) {
            $0.diedOn = fact.diedOn
        }
        var fact = fact
        fact.records = PeopleRecords(persons: [record])
        return fact
    }

    /// Takes a death back; nil if the person has not died.
    public func voided(deathOf person: PersonID, on day: BusinessDate) -> DeathVoided? {
        guard let known = persons[person], let wrong = known.diedOn,
            let from = known.stays.lazy.compactMap(\.territory).last
        else { return nil }
        let record = change(person, from: from, on: day) { $0.diedOn = nil }
        return DeathVoided(
            person: person, territory: from, wrong: wrong, voidedOn: day,
            actor: Actor(staff: StaffID(UUID()), territory: from),
            records: PeopleRecords(persons: [record]))
    }

    /// Dissolves a household, whose members live on in none; nil if it was not told of.
    public func dissolved(_ household: HouseholdID, on day: BusinessDate) -> HouseholdDissolved? {
        guard var record = households[household], let place = record.places.last else { return nil }
        (record.version, record.dissolvedOn) = (record.version + 1, day)
        households[household] = record
        let members = persons.values.filter { $0.stays.last?.household == household }
            .map(\.person).sorted { $0.description < $1.description }
        let left = members.map { member in
            change(member, from: place.territory, on: day) {
                $0.add(Stay(from: day, territory: place.territory))
            }
        }
        return HouseholdDissolved(
            household: household, territory: place.territory, dissolvedOn: day,
            records: PeopleRecords(persons: left, households: [record]))
    }

    public func told(_ fact: PersonsMerged) -> PersonsMerged {
        let (survivor, day) = (fact.survivor, fact.mergedOn)
        let merged = [fact.merged] + ids(mergedInto: fact.merged)
        let records = merged.map { id in
            change(id, from: fact.territory, on: day) {
                $0.mergedInto = survivor
                $0.mergedOn = $0.mergedOn ?? day
            }
        }
        let deaths = records.compactMap(\.diedOn)
        let kept = change(survivor, from: fact.territory, on: day) {
            let last = $0.stays.last
            if last?.household != fact.household || last?.territory != fact.territory {
                $0.add(
                    Stay(
                        from: day, territory: fact.territory, household: fact.household,
                        role: fact.role))
            }
            $0.diedOn = (deaths + [$0.diedOn].compactMap { $0 }).min()
        }
        var fact = fact
        fact.records = PeopleRecords(persons: records + [kept])
        return fact
    }

    /// Takes a merge back; nil if the person was not merged.
    public func unmerged(_ merged: PersonID, on day: BusinessDate) -> PersonsUnmerged? {
        guard let known = persons[merged], let survivor = known.mergedInto,
            let mergedOn = known.mergedOn
        else { return nil }
        guard let from = known.stays.lazy.compactMap(\.territory).last else { return nil }
        let record = change(merged, from: from, on: day) {
            $0.mergedInto = nil
            $0.mergedOn = nil
        }
        let other = change(survivor, from: from, on: day) { _ in }
        return PersonsUnmerged(
            survivor: survivor, merged: merged, territory: from, mergedTerritory: from,
            mergedOn: mergedOn, unmergedOn: day,
            actor: Actor(staff: StaffID(UUID()), territory: from),
            records: PeopleRecords(persons: [record, other]))
    }

    public func told(_ fact: PersonErased) -> PersonErased {
        let merged = Set(fact.merged + ids(mergedInto: fact.person))
        let others = merged.sorted { $0.description < $1.description }.map { id in
            change(id, from: fact.territory, on: fact.erasedOn) {
                $0.mergedInto = fact.person
                $0.mergedOn = $0.mergedOn ?? fact.erasedOn
            }
        }
        let record = change(fact.person, from: fact.territory, on: fact.erasedOn) {
            $0.erasedOn = fact.erasedOn
        }
        var fact = fact
        fact.records = PeopleRecords(persons: others + [record])
        return fact
    }

    private func ids(mergedInto survivor: PersonID) -> [PersonID] {
        persons.values.filter { $0.mergedInto == survivor }.map(\.person)
    }

    /// The next version of a person. One of whom nothing was told yet has lived there for long.
    private func change(
        _ person: PersonID, from territory: TerritoryCode, on day: BusinessDate,
        _ change: (inout PersonRecord) -> Void
    ) -> PersonRecord {
        var record =
            persons[person]
            ?? PersonRecord(
                person: person, version: 1, birthDate: BusinessDate(day: 1_800), sex: .female,
                stays: [Stay(from: day.adding(days: -400), territory: territory)])
        record.version += 1
        change(&record)
        persons[person] = record
        return record
    }
}

extension PersonRecord {
    fileprivate mutating func add(_ stay: Stay) {
        stays.removeAll { $0.from == stay.from }
        stays.append(stay)
        stays.sort { $0.from < $1.from }
    }
}

// MARK: Categories and memberships

extension RegistryBook {
    public func told(_ fact: CategoryAsserted) -> CategoryAsserted {
        var told = fact
        told.records = record(fact.about) { $0.validTo = fact.validTo }
        return told
    }

    public func told(_ fact: CategoryVerified) -> CategoryVerified {
        var told = fact
        told.records = record(fact.about) {
            $0.validTo = fact.validTo
            $0.verifiedOn = fact.verifiedOn
        }
        return told
    }

    public func told(_ fact: CategoryEnded) -> CategoryEnded {
        var told = fact
        told.records = record(fact.about) { $0.endedOn = fact.endedOn }
        return told
    }

    public func told(_ fact: CategoryRevoked) -> CategoryRevoked {
        var told = fact
        told.records = record(fact.about) { $0.revokedOn = fact.revokedOn }
        return told
    }

    private func record(
        _ about: CategorySubject, _ change: (inout CategoryRecord) -> Void
    ) -> PeopleRecords {
        var record =
            categories[about.assertion]
            ?? CategoryRecord(
                assertion: about.assertion, version: 0, household: about.household,
                subject: about.subject, category: about.category, validFrom: about.validFrom)
        record.version += 1
        change(&record)
        categories[about.assertion] = record
        return PeopleRecords(categories: [record])
    }

    public func told(_ fact: MemberEnrolled) -> MemberEnrolled {
        var told = fact
        told.records = record(fact.about) { $0.enrolledOn = fact.enrolledOn }
        return told
    }

    public func told(_ fact: MemberLeft) -> MemberLeft {
        var told = fact
        told.records = record(fact.about) {
            $0.enrolledOn = fact.enrolledOn
            $0.leftOn = fact.leftOn
        }
        return told
    }

    private func record(
        _ about: MemberSubject, _ change: (inout MembershipRecord) -> Void
    ) -> PeopleRecords {
        var record =
            memberships[about.member]
            ?? MembershipRecord(
                member: about.member, version: 0, person: about.person, role: about.role,
                territory: about.territory, level: about.level)
        record.version += 1
        change(&record)
        memberships[about.member] = record
        return PeopleRecords(memberships: [record])
    }
}
