import Messages

/// The registry's part of the scenario: households of all patterns, mixed, over all communities.
extension ScenarioGenerator {
    mutating func registerHouseholds() throws {
        var patterns = patternOfEach()
        random.shuffle(&patterns)
        let communities = seeds.communities
        // Some communities are twice as large as others.
        let weights = communities.map { _ in 100 + random.below(101) }
        let total = weights.reduce(0, +)
        let ages = ScenarioAges(
            rule: seeds.rules.accidentInsurance.rule,
            reference: seeds.reference.insurance.referenceDate)
        for pattern in patterns {
            var ticket = random.below(total)
            let index = weights.firstIndex { weight in
                ticket -= weight
                return ticket < 0
            }
            var household = try household(pattern, communities[index ?? 0], ages)
            if try !assertHardship(household) { addHardship(pattern, to: &household) }
            population.add(household, pattern)
            expectInsured(pattern, in: household.territory)
            expectSupplement(household, pattern)
            try emit(.households, household)
        }
    }

    /// The patterns in their proportions; what rounding leaves over goes to the first.
    private func patternOfEach() -> [HouseholdPattern] {
        let counts = seeds.reference.patterns
        let whole = counts.reduce(0) { $0 + $1.households }
        var patterns = counts.dropFirst().flatMap { entry in
            Array(repeating: entry.pattern, count: entry.households * householdCount / whole)
        }
        if let first = counts.first?.pattern {
            patterns += Array(repeating: first, count: householdCount - patterns.count)
        }
        return patterns
    }

    private mutating func household(
        _ pattern: HouseholdPattern, _ territory: TerritoryCode, _ ages: ScenarioAges
    ) throws -> RegisterHousehold {
        let household: HouseholdID = id()
        var members = try parents(pattern, ages)
        let headBorn = members[0].statedBirthDate ?? ages.reference
        if pattern != .bereaved {
            let child = try child(of: headBorn, ages.reference)
            if pattern != .bereavedAfterwards { members.append(child) }
        }
        if pattern == .withGrandparent {
            let years = random.number(in: 20...25)
            let born = headBorn.adding(days: -years * 366)
            members.append(try residents.next(id(), .parent, born: born, .female))
        }
        let dates = seeds.reference.registeredOn
        return RegisterHousehold(
            household: household, territory: territory,
            registeredOn: dates[random.below(dates.count)], members: members,
            categories: categories(pattern, household, members, ages.reference))
    }

    private mutating func parents(
        _ pattern: HouseholdPattern, _ ages: ScenarioAges
    ) throws -> [NewMember] {
        // The head is a woman in every fourth household, and always where she is the only parent.
        let births = pattern.births(ages, &random)
        let isHeadFemale = births.count == 1 || random.once(in: 4)
        return try births.enumerated().map { index, born in
            let sex: Sex = (index == 0) == isHeadFemale ? .female : .male
            return try residents.next(
                id(), index == 0 ? .head : .spouse, born: born, sex)
        }
    }

    private mutating func child(
        of parent: BusinessDate, _ reference: BusinessDate
    ) throws -> NewMember {
        let years = random.number(in: 22...26) * 365 + random.below(365)
        // Nobody is registered before the first date of registration.
        let latest = seeds.reference.registeredOn.min() ?? reference
        let born = min(parent.adding(days: years), latest.adding(days: -1 - random.below(700)))
        return try residents.next(id(), .child, born: born, random.once(in: 2) ? .male : .female)
    }

    /// Recognises the first daughters of an age to study, whose families get tuition grants.
    private mutating func addHardship(
        _ pattern: HouseholdPattern, to household: inout RegisterHousehold
    ) {
        let seed = seeds.reference.grants
        let families = seed.parts.first { $0.kind == .tuition }?.families ?? 0
        guard !pattern.isSpecialFamily, population.tuitionFamilies.count < families,
            let daughter = Self.daughter(of: household),
            let born = daughter.statedBirthDate, born >= seed.daughtersBornFrom
        else { return }
        household.categories.append(
            NewCategory(
                assertion: id(), subject: daughter.person.uuid, category: .hardshipGirl,
                evidence: "synthetic", validFrom: household.registeredOn, verified: true))
    }

    private static func daughter(of household: RegisterHousehold) -> NewMember? {
        household.members.first { $0.role == .child && $0.statedSex == .female }
    }

    /// Proposes and verifies a further category for some daughters: nothing is insured because of it.
    /// - Returns: whether it did.
    private mutating func assertHardship(_ household: RegisterHousehold) throws -> Bool {
        guard random.once(in: 400), let daughter = Self.daughter(of: household) else {
            return false
        }
        let assertion: AssertionID = id()
        let date = seeds.reference.persons.registeredOn
        try emit(
            .preparations,
            AssertCategory(
                assertion: assertion, household: household.household, subject: daughter.person.uuid,
                category: .hardshipGirl, evidence: "synthetic", validFrom: date))
        try emit(
            .applications, VerifyCategory(assertion: assertion, verifiedOn: date.adding(days: 10)))
        if random.once(in: 4) {
            try emit(
                .endorsements,
                EndCategory(
                    assertion: assertion, endedOn: date.adding(days: 100), reason: "graduated"))
        }
        return true
    }

    /// Volunteers, who belong to no household of the register.
    mutating func registerPersons() throws {
        let communities = seeds.communities
        let registeredOn = seeds.reference.persons.registeredOn
        for index in 0..<seeds.reference.persons.count {
            let born = registeredOn.adding(days: -random.number(in: 20 * 366...60 * 365))
            let member = try residents.next(
                id(), .head, born: born, index.isMultiple(of: 2) ? .female : .male)
            try emit(
                .preparations,
                RegisterPerson(
                    person: member.person, territory: communities[index % communities.count],
                    registeredOn: registeredOn, name: member.name,
                    residentId: member.residentId, phone: member.phone))
        }
    }
}
