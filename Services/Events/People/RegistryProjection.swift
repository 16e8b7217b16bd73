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
        router.on(PersonDied.self, keys: { $1.need(Person.self, $0.person.uuid) }, died)
        router.on(PersonErased.self, keys: { $1.need(Person.self, $0.person.uuid) }, erased)
        router.on(
            MemberEnrolled.self,
            keys: {
                $1.need(Membership.self, $0.member.uuid)
                $1.need(Person.self, $0.person.uuid)
            }, enrolled)
        router.on(
            MemberLeft.self,
            keys: {
                $1.need(Membership.self, $0.member.uuid)
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
        for member in fact.members {
            household.members.insert(member.person)
            try join(fact.household, member, unit)
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
        _ household: HouseholdID, _ member: MemberFact, _ unit: UnitOfWork
    ) throws {
        let sequence = member.sequence ?? 0
        let held = try unit.find(Person.self, member.person.uuid)
        if let held, held.sequence > sequence || held.standing != .current { return }
        var person = held ?? Person(id: member.person, birthDate: member.birthDate)
        (person.household, person.role) = (household, member.role)
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
        person.sequence = sequence
        try unit.store(person)
        try addMember(fact.person, to: fact.household, unit)
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
            person.sequence = max(person.sequence, unit.message.sequence ?? 0)
            try unit.store(person)
        }
    }

    // MARK: Members

    static func enrolled(_ fact: MemberEnrolled, _ unit: UnitOfWork) throws {
        try add(
            Membership(id: fact.member, person: fact.person, enrolledOn: fact.enrolledOn),
            as: fact.role, unit)
    }

    static func left(_ fact: MemberLeft, _ unit: UnitOfWork) throws {
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
