import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

/// Some years of two households, all of it from one seed: births, moves, divorces, deaths, merges, unmerges, erasures, categories and
/// memberships, as registry would publish them.
struct RandomLives {
    typealias Item = (fact: any Fact, subject: UUID, sequence: Int64, id: UUID)

    private(set) var facts: [Item] = []
    private(set) var persons: [PersonID] = []
    private let households: [HouseholdID]
    private let registry = RegistryBook()
    private var random: SeededRandom
    private var merged: Set<PersonID> = []
    private var erased: Set<PersonID> = []
    private var assertions: [CategorySubject] = []
    private var members: [MemberSubject] = []
    private var day: BusinessDate

    static let territory = TerritoryCode("350203007901")
    private static let other = TerritoryCode("350203008901")

    /// - Parameters:
    ///   - persons: those who are registered already, in no household.
    ///   - unmerges: whether merges are taken back too.
    init(
        _ seed: UInt64, persons known: [PersonID] = [], from day: BusinessDate,
        unmerges: Bool = true
    ) throws {
        random = SeededRandom(seed)
        self.day = day
        persons = known
        households = [HouseholdID(random.uuid()), HouseholdID(random.uuid())]
        for person in known {
            say(try registered(person), person.uuid)
        }
        for household in households { try found(household) }
        for _ in 0..<random.number(in: 6...14) { try live(unmerges: unmerges) }
    }

    /// The facts in another order, some of them twice: with another id, as a replay from a restored journal could send them.
    func shuffled(_ random: inout SeededRandom) -> [[Item]] {
        var items = facts
        for item in facts where random.once(in: 4) {
            items.append((item.fact, item.subject, item.sequence, UUID()))
        }
        items.shuffle(using: &random)
        var batches: [[Item]] = []
        while !items.isEmpty {
            let count = min(items.count, random.number(in: 1...5))
            batches.append(Array(items.prefix(count)))
            items.removeFirst(count)
        }
        return batches
    }

    // MARK: Facts

    private mutating func say(_ fact: any Fact, _ subject: UUID) {
        facts.append((registry.told(fact), subject, Int64(facts.count + 1), random.uuid()))
    }

    private func territory() throws -> TerritoryCode { try #require(Self.territory) }

    private func registered(_ person: PersonID) throws -> PersonRegistered {
        PersonRegistered(
            person: person, territory: try territory(), registeredOn: day,
            birthDate: day.adding(days: -16_000), sex: .female)
    }

    private mutating func found(_ household: HouseholdID) throws {
        let roles: [Role] = [.head, .spouse, .child]
        let members = roles.map { role in
            MemberFact(
                person: PersonID(random.uuid()), role: role,
                birthDate: day.adding(days: role == .child ? -2_000 : -15_000), sex: .male)
        }
        persons += members.map(\.person)
        let category = CategoryFact(
            assertion: AssertionID(random.uuid()),
            subject: random.once(in: 2) ? household.uuid : members[0].person.uuid,
            category: random.one(of: Category.allCases), verified: random.once(in: 2),
            validFrom: day)
        assertions.append(
            CategorySubject(
                assertion: category.assertion, household: household, subject: category.subject,
                territory: try territory(), category: category.category, validFrom: day))
        say(
            HouseholdRegistered(
                household: household, territory: try territory(), registeredOn: day,
                members: members, categories: [category]), household.uuid)
    }

    private mutating func live(unmerges: Bool) throws {
        day = day.adding(days: random.number(in: 0...40))
        let person = random.one(of: persons)
        switch random.below(unmerges ? 9 : 8) {
        case 0, 1: try move(person)
        case 2:
            say(
                HouseholdMoved(
                    household: households[0], from: try territory(),
                    territory: try #require(Self.other), members: [person], movedOn: day),
                households[0].uuid)
        case 3:
            say(
                PersonDied(person: person, territory: try territory(), diedOn: day),
                person.uuid)
        case 4: try merge(person)
        case 5: try erase(person)
        case 6: try changeCategory()
        case 7: try changeMembership(person)
        default: unmerge(person)
        }
    }

    private mutating func move(_ person: PersonID) throws {
        let household = random.once(in: 3) ? nil : random.one(of: households)
        say(
            PersonMoved(
                person: person, from: try territory(),
                territory: household == nil ? nil : try territory(), household: household,
                role: household == nil ? nil : random.one(of: Role.allCases), movedOn: day,
                birthDate: day.adding(days: -15_000), sex: .male), person.uuid)
    }

    private mutating func merge(_ person: PersonID) throws {
        let survivor = random.one(of: persons)
        guard survivor != person, !merged.contains(person), !merged.contains(survivor),
            !erased.contains(person), !erased.contains(survivor)
        else { return }
        merged.insert(person)
        say(
            PersonsMerged(
                survivor: survivor, merged: person, territory: try territory(), mergedOn: day),
            survivor.uuid)
    }

    private mutating func unmerge(_ person: PersonID) {
        guard !erased.contains(person), let fact = registry.unmerged(person, on: day) else {
            return
        }
        merged.remove(person)
        say(fact, person.uuid)
    }

    private mutating func erase(_ person: PersonID) throws {
        guard !merged.contains(person), random.once(in: 2) else { return }
        erased.insert(person)
        say(
            PersonErased(
                person: person, merged: [], territory: try territory(), erasedOn: day),
            person.uuid)
    }

    private mutating func changeCategory() throws {
        let about = random.one(of: assertions)
        let fact: any Fact =
            switch random.below(3) {
            case 0: CategoryVerified(about, verifiedOn: day)
            case 1: CategoryEnded(about, endedOn: day)
            default: CategoryRevoked(about, revokedOn: day)
            }
        say(fact, about.assertion.uuid)
    }

    private mutating func changeMembership(_ person: PersonID) throws {
        if let about = members.first, random.once(in: 2) {
            say(
                MemberLeft(about, ending: .left, enrolledOn: day, leftOn: day),
                about.member.uuid)
            return
        }
        let about = MemberSubject(
            member: MemberID(random.uuid()), person: person, role: .member,
            territory: try territory())
        members.append(about)
        say(MemberEnrolled(about, enrolledOn: day), about.member.uuid)
    }
}

extension ServiceBench {
    /// All that the service holds about people, row by row.
    func people() throws -> [String] {
        try ["person", "household", "category", "membership", "people_mention"].flatMap { table in
            try connection.run(
                Statement(trusted: "SELECT '\(table) ' || t::text FROM \(table) AS t ORDER BY 1")
            ).map { try $0.decode(String.self, at: 0) }
        }
    }
}
