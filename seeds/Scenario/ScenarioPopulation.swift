import Messages

/// The few people of the scenario that later phases name: a bounded choice from each community.
struct ScenarioPopulation {
    struct Person {
        let person: PersonID
        let territory: TerritoryCode
    }

    /// A household and who of it is named.
    struct Family {
        let household: HouseholdID
        let territory: TerritoryCode
        /// When its oldest member was born.
        let oldestBirth: BusinessDate
        let adults: [PersonID]
    }

    private static let familyLimit = 400
    private static let volunteerLimit = 2
    /// More than the most that any phase takes from one community.
    private static let perCommunity = 40
    private static let attendeeLimit = 240

    private var mothers: [TerritoryCode: [Person]] = [:]
    private var heads: [TerritoryCode: [Person]] = [:]
    /// Members of special families, for whom the Warm Home is.
    private(set) var attendees: [Person] = []

    private(set) var specialFamilies: [Family] = []
    /// Families with a girl in hardship.
    private(set) var tuitionFamilies: [Family] = []
    /// Households that volunteer.
    private(set) var volunteers: [Family] = []

    mutating func add(_ household: RegisterHousehold, _ pattern: HouseholdPattern) {
        let territory = household.territory
        addFamily(household, pattern)
        for member in household.members where member.role != .child && member.role != .parent {
            let person = Person(person: member.person, territory: territory)
            if pattern.isSpecialFamily {
                if attendees.count < Self.attendeeLimit { attendees.append(person) }
            } else if member.statedSex == .female {
                Self.add(person, to: &mothers)
            } else {
                Self.add(person, to: &heads)
            }
        }
    }

    private mutating func addFamily(_ household: RegisterHousehold, _ pattern: HouseholdPattern) {
        let adults = household.members.filter { $0.role == .head || $0.role == .spouse }
        let births = household.members.compactMap(\.statedBirthDate)
        guard let oldest = births.min() else { return }
        let family = Family(
            household: household.household, territory: household.territory, oldestBirth: oldest,
            adults: adults.map(\.person))
        if household.categories.contains(where: { $0.category == .hardshipGirl }) {
            tuitionFamilies.append(family)
        } else if pattern.isSpecialFamily {
            if specialFamilies.count < Self.familyLimit { specialFamilies.append(family) }
        } else if adults.count == 2, volunteers.count < Self.volunteerLimit {
            volunteers.append(family)
        }
    }

    private static func add(_ person: Person, to people: inout [TerritoryCode: [Person]]) {
        guard people[person.territory, default: []].count < perCommunity else { return }
        people[person.territory, default: []].append(person)
    }

    /// Mothers, of the subdistricts in turn.
    func borrowers() -> [Person] { Self.spread(mothers) }

    /// People to commend, of the subdistricts in turn.
    func recipients() -> [Person] { Self.spread(heads) }

    /// From each subdistrict in turn one, and so from its communities.
    private static func spread(_ people: [TerritoryCode: [Person]]) -> [Person] {
        let sorted = people.sorted { $0.key < $1.key }.flatMap(\.value)
        return inTurn(inTurn(sorted) { $0 }) { $0.ancestor(at: .subdistrict) ?? $0 }
    }

    /// The first of each group, then the second of each, and so on.
    private static func inTurn(
        _ people: [Person], by group: (TerritoryCode) -> TerritoryCode
    ) -> [Person] {
        let groups = Dictionary(grouping: people) { group($0.territory) }
        let queues = groups.sorted { $0.key < $1.key }.map(\.value)
        let longest = queues.map(\.count).max() ?? 0
        return (0..<longest).flatMap { position in
            queues.compactMap { $0.indices.contains(position) ? $0[position] : nil }
        }
    }
}
