import Foundation
import Messages

@testable import ServiceSupport

/// Random lives, told in the order of days: who registers, moves, marries, divorces, dies, turns out to be somebody else, and so
/// on. It follows them with a model of its own, so that most of what is told could be true.
struct LifeScript {
    static let communities = ["350203007901", "350203007902", "350203009901", "350203009902"]
    /// Follows the last community from 2020 on.
    static let successor = "350203009903"
    private static let firstDay = LifeValue.day("2015-01-01")
    private static let length = 3_650
    private static let stepsOfALife = 4

    /// What comes first, and in order.
    private(set) var preparations: [LifeCommand] = []
    /// In the order of days.
    private(set) var commands: [LifeCommand] = []
    var model = LifeModel()
    var random: PropertyRandom
    var papers: [PersonID: ResidentID] = [:]
    var people: [PersonID] = []
    var households: [HouseholdID] = []
    var assertions: [LifeAssertion] = []
    var members: [MemberID] = []
    var merges: [PersonID] = []
    var moves: [(PersonID, BusinessDate)] = []
    var deaths: [PersonID] = []
    let later: LaterSteps

    init(lives: Int, _ random: PropertyRandom) throws {
        self.random = random
        later = LaterSteps(officer: self.random.id())
        prepare()
        let total = lives * Self.stepsOfALife
        var count = 0
        while count < total || people.count < lives {
            let day = Self.firstDay.adding(days: min(count, total) * Self.length / total)
            if people.count < lives, people.count * Self.stepsOfALife <= count * 2 {
                try register(on: day)
            } else {
                try live(on: day)
            }
            if count == total / 2 { try tell(.list, territories(from: "2020-01-01")) }
            count += 1
        }
    }

    mutating func anyOne<Item>(of items: [Item]) -> Item? {
        items.isEmpty ? nil : random.one(of: items)
    }

    mutating func tell(_ step: LifeStep, _ command: any Command) throws {
        model.take(step)
        commands.append(LifeCommand(step: step, sent: random.sent(command)))
    }

    // MARK: Places and papers

    private mutating func prepare() {
        let person: PersonID = random.id()
        let (place, first) = (LifeValue.territory(Self.communities[0]), Self.firstDay)
        let (officer, district) = (later.officer, LifeValue.territory("350203"))
        let steps: [(LifeStep, any Command)] = [
            (.list, territories(from: "2000-01-01")),
            (
                .register(person, place, nil, on: first),
                RegisterPerson(
                    person: person, territory: place, registeredOn: first, name: "示例专干",
                    residentId: LifeValue.resident(0, born: "1949-01-01"))
            ),
            (
                .enrol(officer, person, .officer, district, on: first),
                EnrolMember(
                    MemberSubject(
                        member: officer, person: person, role: .officer, territory: district,
                        level: .district), enrolledOn: first)
            ),
        ]
        for (step, command) in steps {
            model.take(step)
            preparations.append(LifeCommand(step: step, sent: random.sent(command)))
        }
    }

    private func territories(from first: String) -> LoadTerritory {
        let isFirst = first < "2020"
        let codes =
            isFirst
            ? ["350203", "350203007", "350203009"] + Self.communities : [Self.successor]
        return LoadTerritory(
            edition: LifeValue.day(first), source: "test",
            units: codes.map { code in
                TerritoryUnit(
                    code: LifeValue.territory(code), nameZh: "示例", nameEn: "Sample",
                    validFrom: LifeValue.day(first),
                    predecessors: isFirst ? nil : [LifeValue.territory(Self.communities[3])])
            })
    }

    mutating func community(on day: BusinessDate) -> TerritoryCode {
        let codes =
            day < LifeValue.day("2020-01-01")
            ? Self.communities : Self.communities.dropLast() + [Self.successor]
        return LifeValue.territory(random.one(of: codes))
    }

    /// Somebody new. Nobody else has the number.
    private mutating func newcomer(born: BusinessDate) -> (PersonID, ResidentID) {
        let person: PersonID = random.id()
        people.append(person)
        let number = LifeValue.resident(people.count % 1_000, born: "\(born)")
        papers[person] = number
        return (person, number)
    }

    private mutating func birth() -> BusinessDate {
        random.day(LifeValue.day("1950-01-01"), within: 18_000)
    }

    // MARK: Newcomers

    private mutating func register(on day: BusinessDate) throws {
        if random.once(in: 3) { return try registerAlone(on: day) }
        let household: HouseholdID = random.id()
        let territory = community(on: day)
        var listed: [NewMember] = []
        for role in [Role.head, .spouse, .child, .parent].prefix(random.number(in: 1...4)) {
            let (person, number) = newcomer(born: birth())
            listed.append(
                NewMember(person: person, role: role, name: "示例人", residentId: number))
        }
        var claims: [LifeAssertion] = []
        for category in Messages.Category.allCases where random.once(in: 4) {
            let subject =
                random.once(in: 2) ? household.uuid : random.one(of: listed).person.uuid
            claims.append(claim(category, of: subject, in: household, on: day))
        }
        households.append(household)
        assertions += claims
        try tell(
            .found(
                household, territory,
                listed.map { LifeMember(person: $0.person, role: $0.role) }, claims, on: day),
            RegisterHousehold(
                household: household, territory: territory, registeredOn: day, members: listed,
                categories: claims.map(\.new)))
    }

    mutating func claim(
        _ category: Messages.Category, of subject: UUID, in household: HouseholdID,
        on day: BusinessDate
    ) -> LifeAssertion {
        LifeAssertion(
            id: random.id(), household: household, subject: subject, category: category,
            from: day.adding(days: random.number(in: -400...100)),
            to: random.once(in: 3) ? day.adding(days: random.number(in: 200...3_000)) : nil,
            isVerified: !random.once(in: 4))
    }

    /// A birth, or somebody who lives alone.
    private mutating func registerAlone(on day: BusinessDate) throws {
        let household = random.once(in: 2) ? anyOne(of: households) : nil
        let born = household == nil ? birth() : day.adding(days: -random.number(in: 0...60))
        let (person, number) = newcomer(born: born)
        let home = household.map { LifeHome(household: $0, role: .child) }
        let territory = household.flatMap { model.place(of: $0, on: day) } ?? community(on: day)
        try tell(
            .register(person, territory, home, on: day),
            RegisterPerson(
                person: person, household: household, role: home?.role, territory: territory,
                registeredOn: day, name: "示例人", residentId: number))
    }

    // MARK: Lives

    private mutating func live(on day: BusinessDate) throws {
        guard !people.isEmpty, !households.isEmpty else { return try register(on: day) }
        let person = random.one(of: people)
        switch random.number(in: 0...19) {
        case 0, 1, 2, 3: try move(person, on: day)
        case 4: try divorce(person, on: day)
        case 5, 6:
            let (household, place) = (random.one(of: households), community(on: day))
            try tell(
                .moveHousehold(household, to: place, on: day),
                MoveHousehold(household: household, territory: place, movedOn: day))
        case 7:
            deaths.append(person)
            try tell(
                .die(person, on: day), RecordDeath(person: person, diedOn: day))
        case 8 where !assertions.contains { $0.subject == person.uuid }:
            guard random.once(in: 4) else { return }
            try tell(
                .erase(person, on: day), ErasePerson(person: person, erasedOn: day))
        case 9, 10: try merge(person, on: day)
        case 11, 12: try assertCategory(person, on: day)
        case 13, 14: try changeCategory(on: day)
        case 15: try enrol(person, on: day)
        case 16:
            guard let member = anyOne(of: members) else { return }
            try tell(
                .leave(member, on: day), LeaveMember(member: member, leftOn: day))
        default: try liveLater(person, on: day)
        }
    }

    /// Moves alone, into another household (a marriage, say), or out of the area.
    mutating func move(_ person: PersonID, on day: BusinessDate) throws {
        let leaves = random.once(in: 6)
        let household = leaves || random.once(in: 3) ? nil : random.one(of: households)
        let home = household.map {
            LifeHome(household: $0, role: random.one(of: [.spouse, .child, .parent]))
        }
        let place = household.flatMap { model.place(of: $0, on: day) } ?? community(on: day)
        moves.append((person, day))
        try tell(
            .move(person, to: leaves ? nil : place, home, on: day),
            MovePerson(
                person: person, destination: leaves ? nil : place, household: household,
                role: home?.role, movedOn: day))
    }

    /// Moves out and has a household of her own, on one day.
    private mutating func divorce(_ person: PersonID, on day: BusinessDate) throws {
        guard let number = papers[person] else { return }
        let (household, place): (HouseholdID, TerritoryCode) = (random.id(), community(on: day))
        households.append(household)
        try tell(
            .move(person, to: place, nil, on: day),
            MovePerson(person: person, destination: place, movedOn: day))
        try tell(
            .found(household, place, [LifeMember(person: person, role: .head)], [], on: day),
            RegisterHousehold(
                household: household, territory: place, registeredOn: day,
                members: [
                    NewMember(person: person, role: .head, name: "示例人", residentId: number)
                ], categories: []))
    }

    /// Somebody was registered twice, with a mistyped number.
    private mutating func merge(_ person: PersonID, on day: BusinessDate) throws {
        let merged = random.one(of: people)
        guard model.human(merged) == merged, model.human(person) != merged else { return }
        merges.append(merged)
        try tell(
            .merge(merged, into: person, on: day),
            MergePersons(survivor: person, merged: merged, mergedOn: day))
    }

    private mutating func enrol(_ person: PersonID, on day: BusinessDate) throws {
        let (id, place): (MemberID, TerritoryCode) = (random.id(), community(on: day))
        let role = random.one(of: [MemberRole.member, .volunteer, .groupLeader])
        members.append(id)
        try tell(
            .enrol(id, person, role, place, on: day),
            EnrolMember(
                MemberSubject(member: id, person: person, role: role, territory: place),
                enrolledOn: day))
    }
}
