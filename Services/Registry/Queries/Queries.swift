import Foundation
import Messages
import ServiceKit

/// Answers publishers' queries about persons and households in their scope. Each person and
/// household that an answer is about is recorded in `ReadAccess`. Nothing else is stored, not even
/// the answer.
enum Queries {
    static func register(in router: inout Router, _ keyring: Keyring) {
        router.on(GetPerson.self, { try person($0, $1, keyring) })
        router.on(GetHousehold.self, { try household($0, $1, keyring) })
        router.on(SearchRegistry.self, { try search($0, $1, keyring) })
    }

    static func person(
        _ query: GetPerson, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> PersonAnswer {
        guard let person = try Persons.find(query.person, unit) else {
            throw unknown(.unknownPerson, at: "/person", unit)
        }
        try unit.requireScope(person.territory, at: "/person")
        var answer = try answers([person], unit, keyring)[0]
        answer.categories = try categories(Categories.about(person, unit), unit, keyring)
        return answer
    }

    static func household(
        _ query: GetHousehold, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> HouseholdAnswer {
        guard let household = try unit.find(Household.self, query.household.uuid) else {
            throw unknown(.unknownHousehold, at: "/household", unit)
        }
        try unit.requireScope(household.territory, at: "/household")
        recordAccess(household.key, unit)
        let all = try unit.find(Person.self, all: household.members.map(\.uuid))
        let members = try all.filter { try unit.covers($0.territory) }
        let listed = try household.assertions + members.flatMap { try Categories.about($0, unit) }
        return HouseholdAnswer(
            household: household.id, territory: household.territory,
            registeredOn: household.registeredOn,
            members: try answers(members, unit, keyring),
            categories: try categories(listed, unit, keyring),
            elsewhere: members.count < all.count ? all.count - members.count : nil,
            places: household.places, dissolvedOn: household.dissolvedOn,
            mergedInto: household.mergedInto)
    }

    static func search(
        _ query: SearchRegistry, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> SearchAnswer {
        var search = PersonSearch(query.territory, limit: query.limit ?? SearchRegistry.usualPage)
        if let id = query.after {
            guard let last = try Persons.find(id, unit) else {
                throw unknown(.unknownPerson, at: "/after", unit)
            }
            try unit.requireScope(last.territory, at: "/after")
            search.after = last
        }
        try search.narrow(query, unit, keyring)
        let (ids, isLast) = try search.page(unit)
        let persons = try unit.find(Person.self, all: ids)
        let shown = try persons.filter { try unit.covers($0.territory) }
        return SearchAnswer(
            persons: try answers(shown, unit, keyring), next: isLast ? nil : persons.last?.id)
    }

    /// Whoever may not know all ids is not told whether there is one: the answer is that for an id outside the scope.
    private static func unknown(
        _ code: RefusalCode, at pointer: String, _ unit: UnitOfWork
    ) -> Refusal {
        Refusal(unit.isUnlimited ? code : .outOfScope, at: pointer)
    }

    // MARK: Answers

    private static func answers(
        _ persons: [Person], _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> [PersonAnswer] {
        let merged = persons.flatMap(\.merged).map(\.uuid)
        let registrations = try unit.find(Person.self, all: merged)
        _ = try unit.find(DataKey.self, all: persons.map(\.key) + merged)
        let consents = try unit.find(
            Consent.self,
            all: persons.flatMap { person in
                ConsentPurpose.allCases.map { Consent.key(person.id, $0) }
            })
        return try persons.map { person in
            recordAccess(person.key, unit)
            let papers = person.isErased ? nil : try PersonPapers(person, unit, keyring)
            let data = papers?.parts.first?.data
            return PersonAnswer(
                person: person.id, merged: person.merged, standing: person.standing,
                territory: person.territory, household: person.household, role: person.role,
                registeredOn: person.registeredOn, birthDate: person.birthDate, sex: person.sex,
                name: data?.name, residentId: papers?.residentId, phone: data?.phone,
                consents: consents.filter {
                    $0.person == person.id && $0.inForce?.decision == .given
                }
                .map(\.purpose),
                papers: papers?.all.map {
                    PaperAnswer(paper: $0.paper, withdrawnAs: $0.withdrawnAs)
                }, earlier: data?.earlier,
                stays: person.isErased ? nil : person.stays.answers, diedOn: person.diedOn,
                merges: merges(of: person, registrations))
        }
    }

    private static func merges(
        of person: Person, _ registrations: [Person]
    ) -> [MergeAnswer]? {
        let merges = registrations.filter { person.isUnited(with: $0.id) }.compactMap { merged in
            merged.merge.map { MergeAnswer(merged: merged.id, into: $0.into, mergedOn: $0.on) }
        }
        return merges.isEmpty ? nil : merges
    }

    private static func categories(
        _ ids: [AssertionID], _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> [CategoryAnswer] {
        try unit.find(CategoryAssertion.self, all: ids.map(\.uuid)).map {
            try $0.answer(unit, keyring)
        }
    }

    private static func recordAccess(_ subject: UUID, _ unit: UnitOfWork) {
        unit.append(ReadAccess(of: subject, by: unit))
    }
}

extension Person {
    /// A merged registration has no standing of its own, because its id means the survivor.
    var standing: PersonStanding {
        if isErased { return .erased }
        if diedOn != nil { return .deceased }
        if hasMovedOut { return .movedOut }
        return verifiedOn == nil ? .provisional : .verified
    }
}

extension StayList {
    fileprivate var answers: [StayAnswer] {
        standing.map { entry in
            StayAnswer(
                from: entry.stay.from, territory: entry.stay.territory,
                household: entry.stay.household, role: entry.stay.role,
                beginning: entry.origin.beginning)
        }
    }
}

extension StayList.Origin {
    fileprivate var beginning: StayBeginning {
        switch self {
        case .registered: .registered
        case .moved: .moved
        case .merged: .merged
        case .followed: .household
        }
    }
}
