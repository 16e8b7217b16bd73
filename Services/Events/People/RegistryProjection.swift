import Messages
import ServiceKit

/// Stores what events needs from registry's facts: who belongs to a special family, who has a small
/// child, who is a member, and which ids mean the same person.
enum RegistryProjection {
    static func register(in router: inout Router) {
        router.on(
            HouseholdRegistered.self,
            keys: { fact, keys in
                keys.need(Household.self, fact.household.uuid)
                for member in fact.members { keys.need(Person.self, member.person.uuid) }
                for category in fact.categories where category.category.isSpecialFamily {
                    keys.need(SpecialCategory.self, category.assertion.uuid)
                }
            }, registered)
        router.on(
            PersonRegistered.self,
            keys: { fact, keys in
                keys.need(Person.self, fact.person.uuid)
                if let household = fact.household { keys.need(Household.self, household.uuid) }
            }, personRegistered)
        router.on(
            PersonMoved.self,
            keys: { fact, keys in
                keys.need(Person.self, fact.person.uuid)
                if let household = fact.household { keys.need(Household.self, household.uuid) }
            }, moved)
        router.on(
            HouseholdMoved.self,
            keys: { fact, keys in
                keys.need(Household.self, fact.household.uuid)
                for member in fact.members { keys.need(Person.self, member.uuid) }
            }, householdMoved)
        router.on(PersonDied.self, keys: { $1.need(Person.self, $0.person.uuid) }, died)
        router.on(PersonErased.self, keys: { $1.need(Person.self, $0.person.uuid) }, erased)
        router.on(
            MemberEnrolled.self,
            keys: {
                $1.need(Membership.self, $0.member.uuid)
                $1.need(Office.self, $0.member.uuid)
                $1.need(Person.self, $0.person.uuid)
            }, enrolled)
        router.on(
            MemberLeft.self,
            keys: {
                $1.need(Membership.self, $0.member.uuid)
                $1.need(Office.self, $0.member.uuid)
                $1.need(Person.self, $0.person.uuid)
            }, left)
        router.on(
            CategoryAsserted.self, keys: { keys($0.assertion, $0.household, &$1) }, asserted)
        router.on(
            CategoryVerified.self, keys: { keys($0.assertion, $0.household, &$1) }, verified)
        router.on(CategoryEnded.self, keys: { keys($0.assertion, $0.household, &$1) }, ended)
        router.on(CategoryRevoked.self, keys: { keys($0.assertion, $0.household, &$1) }, revoked)
        // Alone, because it changes all records of the two by statements.
        router.on(
            PersonsMerged.self,
            keys: {
                $1.need(Person.self, $0.survivor.uuid)
                $1.need(Person.self, $0.merged.uuid)
            }, alone: true, Merges.merged)
    }

    // MARK: Households and persons

    static func registered(_ fact: HouseholdRegistered, _ unit: UnitOfWork) throws {
        let held = try unit.find(Household.self, fact.household.uuid)
        var household = held ?? Household(id: fact.household)
        household.isRegistered = true
        if household.territory == nil {
            household.territory = fact.territory
            household.sequence = unit.message.sequence ?? 0
        }
        for member in fact.members {
            household.members.insert(member.person)
            try join(fact, member, unit)
        }
        for category in fact.categories where category.category.isSpecialFamily {
            household.assertions.insert(category.assertion)
            try merge(
                SpecialCategory(
                    assertion: category.assertion, household: fact.household,
                    isVerified: category.verified, validFrom: category.validFrom,
                    validTo: category.validTo),
                unit)
        }
        guard household != held else { return }
        try unit.store(household)
    }

    /// Puts a person into a household that was registered. The household's fact says which of the
    /// person's facts came before it. A later fact of the person, such as a move out of the
    /// household, is newer and stays.
    private static func join(
        _ fact: HouseholdRegistered, _ member: MemberFact, _ unit: UnitOfWork
    ) throws {
        let sequence = member.sequence ?? 0
        let held = try unit.find(Person.self, member.person.uuid)
        if let held, held.sequence > sequence || held.standing != .current { return }
        var person = held ?? Person(id: member.person, birthDate: member.birthDate)
        (person.household, person.role) = (fact.household, member.role)
        try settle(&person, at: fact.territory, on: fact.registeredOn, unit)
        person.sequence = sequence
        try unit.store(person)
    }

    static func personRegistered(_ fact: PersonRegistered, _ unit: UnitOfWork) throws {
        let sequence = unit.message.sequence ?? 0
        let held = try unit.find(Person.self, fact.person.uuid)
        if let held, held.sequence >= sequence { return }
        var person = held ?? Person(id: fact.person, birthDate: fact.birthDate)
        // The fact of a household that the person joined later may have arrived first.
        if fact.household != nil { (person.household, person.role) = (fact.household, fact.role) }
        if fact.household != nil || person.territory == nil {
            try settle(&person, at: fact.territory, on: fact.registeredOn, unit)
        }
        person.sequence = sequence
        try unit.store(person)
        try addMember(fact.person, to: fact.household, unit)
    }

    static func moved(_ fact: PersonMoved, _ unit: UnitOfWork) throws {
        let sequence = unit.message.sequence ?? 0
        let held = try unit.find(Person.self, fact.person.uuid)
        if let held, held.sequence >= sequence || held.standing != .current { return }
        var person = held ?? Person(id: fact.person, birthDate: fact.birthDate)
        (person.household, person.role) = (fact.household, fact.role)
        try settle(&person, at: fact.territory ?? fact.from, on: fact.movedOn, unit)
        person.movedOn = fact.movedOn
        person.sequence = sequence
        try unit.store(person)
        try addMember(fact.person, to: fact.household, unit)
    }

    /// Notes where a person lives by one of the person's own facts; or where the household does, if it has
    /// moved on that day or later. The facts of a person and of a household have no common order except
    /// their days.
    static func settle(
        _ person: inout Person, at territory: TerritoryCode, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        person.territory = territory
        if let id = person.household, let home = try unit.find(Household.self, id.uuid),
            let movedOn = home.movedOn, movedOn >= day
        {
            person.territory = home.territory
        }
    }

    /// Moves a household, and its members who still live there and have not moved on their own since.
    static func householdMoved(_ fact: HouseholdMoved, _ unit: UnitOfWork) throws {
        let sequence = unit.message.sequence ?? 0
        var household =
            try unit.find(Household.self, fact.household.uuid) ?? Household(id: fact.household)
        guard sequence > household.sequence else { return }
        household.territory = fact.territory
        household.movedOn = fact.movedOn
        household.sequence = sequence
        try unit.store(household)
        for var member in try unit.find(Person.self, all: fact.members.map(\.uuid))
        where member.household == household.id && member.standing == .current {
            if let movedOn = member.movedOn, movedOn > fact.movedOn { continue }
            member.territory = fact.territory
            try unit.store(member)
        }
    }

    private static func addMember(
        _ person: PersonID, to id: HouseholdID?, _ unit: UnitOfWork
    ) throws {
        guard let id else { return }
        let held = try unit.find(Household.self, id.uuid)
        var household = held ?? Household(id: id)
        household.members.insert(person)
        if household != held { try unit.store(household) }
    }

    static func died(_ fact: PersonDied, _ unit: UnitOfWork) throws {
        var person = try unit.require(
            Person.self, fact.person.uuid, else: .unknownPerson, at: "/person")
        person.diedOn = fact.diedOn
        try unit.store(person)
    }

    /// Removes household, role and birth date, under all ids of the person, and free texts about the
    /// person and the family: they may name any member.
    static func erased(_ fact: PersonErased, _ unit: UnitOfWork) throws {
        for id in [fact.person] + fact.merged {
            var person = try unit.require(
                Person.self, id.uuid, else: .unknownPerson, at: "/person")
            unit.eraseTexts(about: [id.uuid])
            if let household = person.household {
                unit.eraseTexts(about: [household.uuid])
                let family = try unit.find(Household.self, household.uuid)?.members.ids ?? []
                unit.eraseTexts(about: family.map(\.uuid))
            }
            person.standing = .erased
            (person.household, person.role, person.birthDate) = (nil, nil, nil)
            person.territory = nil
            person.sequence = max(person.sequence, unit.message.sequence ?? 0)
            try unit.store(person)
        }
    }

    // MARK: Members

    static func enrolled(_ fact: MemberEnrolled, _ unit: UnitOfWork) throws {
        try Offices.enrolled(fact, unit)
        try add(
            Membership(id: fact.member, person: fact.person, enrolledOn: fact.enrolledOn),
            as: fact.role, unit)
    }

    static func left(_ fact: MemberLeft, _ unit: UnitOfWork) throws {
        try Offices.left(fact, unit)
        try add(
            Membership(
                id: fact.member, person: fact.person, enrolledOn: fact.enrolledOn,
                leftOn: fact.leftOn),
            as: fact.role, unit)
    }

    /// Stores a membership. Volunteers, staff and officers do not count as members.
    private static func add(
        _ membership: Membership, as role: MemberRole, _ unit: UnitOfWork
    ) throws {
        guard role == .member || role == .groupLeader else { return }
        if let held = try unit.find(Membership.self, membership.key),
            held.leftOn != nil || membership.leftOn == nil
        {
            return
        }
        var person = try Persons.requireKnown(membership.person, at: "/person", unit)
        try unit.store(membership)
        person.memberships.insert(membership.id)
        try unit.store(person)
    }
}

// MARK: Categories

extension RegistryProjection {
    static func asserted(_ fact: CategoryAsserted, _ unit: UnitOfWork) throws {
        try add(
            SpecialCategory(
                assertion: fact.assertion, household: fact.household, validFrom: fact.validFrom,
                validTo: fact.validTo),
            of: fact.category, unit)
    }

    static func verified(_ fact: CategoryVerified, _ unit: UnitOfWork) throws {
        try add(
            SpecialCategory(
                assertion: fact.assertion, household: fact.household, isVerified: true,
                validFrom: fact.validFrom, validTo: fact.validTo),
            of: fact.category, unit)
    }

    static func ended(_ fact: CategoryEnded, _ unit: UnitOfWork) throws {
        try add(
            SpecialCategory(
                assertion: fact.assertion, household: fact.household, validFrom: fact.validFrom,
                endedOn: fact.endedOn),
            of: fact.category, unit)
    }

    static func revoked(_ fact: CategoryRevoked, _ unit: UnitOfWork) throws {
        try add(
            SpecialCategory(
                assertion: fact.assertion, household: fact.household, validFrom: fact.validFrom,
                endedOn: fact.validFrom),
            of: fact.category, unit)
    }

    @Sendable private static func keys(
        _ assertion: AssertionID, _ household: HouseholdID, _ keys: inout Keys
    ) {
        keys.need(SpecialCategory.self, assertion.uuid)
        keys.need(Household.self, household.uuid)
    }

    /// Stores an assertion that a household is a special family. No rule here depends on other
    /// categories.
    private static func add(
        _ assertion: SpecialCategory, of category: Messages.Category, _ unit: UnitOfWork
    ) throws {
        guard category.isSpecialFamily else { return }
        let held = try unit.find(Household.self, assertion.household.uuid)
        var household = held ?? Household(id: assertion.household)
        household.assertions.insert(assertion.assertion)
        if household != held { try unit.store(household) }
        try merge(assertion, unit)
    }

    private static func merge(_ assertion: SpecialCategory, _ unit: UnitOfWork) throws {
        guard let held = try unit.find(SpecialCategory.self, assertion.key) else {
            try unit.store(assertion)
            return
        }
        let merged = assertion.merged(with: held)
        if merged != held { try unit.store(merged) }
    }
}
