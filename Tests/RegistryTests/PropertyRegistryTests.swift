import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Random registrations, moves and merges, against a plain model.
@Suite struct PropertyRegistryTests {
    @Test func `whoever registers, moves and merges, everybody is in one household at most`()
        async throws
    {
        try await PropertyRun(RegistrySequence.self, perMille: 280).play()
    }
}

/// A few households and persons that move between them and turn out to be the same.
struct RegistrySequence: PropertySequence {
    typealias Samples = RegistrySamples

    let commands: [PropertyCommand]

    static func definition() throws -> ServiceDefinition { try Samples.definition() }

    static func prepare(_ bench: ServiceBench) throws {
        try bench.decide(Samples.loadTerritory())
    }

    static func problemsAtEnd(_ bench: ServiceBench) throws -> [String] {
        let rows = try bench.connection.run(
            """
            SELECT (SELECT count(*) FROM person AS p JOIN household AS h
                    ON strpos(h.members, p.id::text) > 0 AND p.household IS DISTINCT FROM h.id)
                 + (SELECT count(*) FROM person AS p JOIN household AS h ON p.household = h.id
                    WHERE strpos(h.members, p.id::text) = 0)
            """)
        let count = try rows.first?.decode(Int.self, at: 0) ?? 0
        return count == 0 ? [] : ["\(count) persons and households disagree"]
    }

    init(number: Int, _ random: inout PropertyRandom) throws {
        let households = (0..<3).map { _ in random.id(HouseholdID.self) }
        // Nobody of another sequence is born on that day.
        let birth = try Samples.date("1940-01-01").adding(days: number).description
        var persons: [PersonID] = []
        var lines: [[PropertyCommand]] = []
        for household in households {
            var members: [NewMember] = []
            for role in [Role.head, .spouse].prefix(random.number(in: 1...2)) {
                let person = random.id(PersonID.self)
                members.append(
                    NewMember(
                        person: person, role: role, name: "示例人",
                        residentId: try Samples.resident(persons.count, born: birth)))
                persons.append(person)
            }
            let command = try Samples.household(household, members: members)
            lines.append([random.sent(command)])
        }
        for _ in 0..<random.number(in: 1...3) {
            let person = random.id(PersonID.self)
            let household = random.once(in: 2) ? random.one(of: households) : nil
            let command = RegisterPerson(
                person: person, household: household, role: household == nil ? nil : .child,
                territory: try Samples.territory(Samples.communities[0]),
                registeredOn: try Samples.date("2019-06-01"), name: "示例人",
                residentId: try Samples.resident(persons.count, born: birth))
            persons.append(person)
            lines.append([random.sent(command)])
        }
        // Registrations come first, as far as the delivery does not shuffle.
        var changes: [PropertyCommand] = []
        for _ in 0..<random.number(in: 5...14) {
            changes.append(random.sent(try Self.change(persons, households, &random)))
        }
        commands = random.merged(lines) + changes
    }

    private static func change(
        _ persons: [PersonID], _ households: [HouseholdID], _ random: inout PropertyRandom
    ) throws -> any Command {
        let day = random.day(try Samples.date("2019-07-01"), within: 300)
        let community = try Samples.territory(random.one(of: Samples.communities))
        switch random.number(in: 0...5) {
        case 0:
            return MoveHousehold(
                household: random.one(of: households), territory: community, movedOn: day)
        case 1, 2:
            return MergePersons(
                survivor: random.one(of: persons), merged: random.one(of: persons), mergedOn: day)
        default:
            let household = random.once(in: 4) ? nil : random.one(of: households)
            let leaves = household == nil && random.once(in: 2)
            return MovePerson(
                person: random.one(of: persons), destination: leaves ? nil : community,
                household: household, role: household == nil ? nil : .parent, movedOn: day)
        }
    }

    // MARK: The model

    /// Where a person is, and as whom.
    private struct Place: Equatable {
        var household: HouseholdID?
        var survivor: PersonID?
    }

    func problems(_ answers: PropertyAnswers, _ bench: ServiceBench) throws -> [String] {
        let expected = places(answers)
        let ids = expected.keys.map(\.uuid)
        let rows = try bench.connection.run(
            "SELECT id, household, merged_into FROM person WHERE id = ANY(\(ids))")
        var stored: [PersonID: Place] = [:]
        for row in rows {
            var row = row.cursor()
            let id = try row.next(PersonID.self)
            stored[id] = Place(
                household: try row.next(optional: HouseholdID.self),
                survivor: try row.next(optional: PersonID.self))
        }
        let members = try members(bench)
        var problems: [String] = []
        for (id, place) in expected where stored[id] != place {
            problems.append("\(id) is at \(stored[id] ?? Place()), not at \(place)")
        }
        if stored.count > expected.count {
            problems.append("somebody is there whom nobody registered")
        }
        let listed = members.values.flatMap { $0 }
        if Set(listed).count < listed.count { problems.append("somebody is in two households") }
        for (id, place) in expected {
            let homes = members.filter { $0.value.contains(id) }.map(\.key)
            if homes != [place.household].compactMap({ $0 }) {
                problems.append("\(id) is listed in \(homes)")
            }
        }
        return problems
    }

    private func members(_ bench: ServiceBench) throws -> [HouseholdID: [PersonID]] {
        let ids = commands.compactMap { ($0.command as? RegisterHousehold)?.household.uuid }
        let rows = try bench.connection.run(
            "SELECT id, members FROM household WHERE id = ANY(\(ids))")
        var members: [HouseholdID: [PersonID]] = [:]
        for row in rows {
            var row = row.cursor()
            let id = try row.next(HouseholdID.self)
            members[id] = try row.next(list: PersonID.self)
        }
        return members
    }

    /// What a person's dates say, as plainly as can be.
    private struct Life {
        struct Spot { var household: HouseholdID?, isOut = false }

        /// Of each day, what came by the registration, by a move and by a merge: the last of them holds.
        var days: [BusinessDate: [Spot?]] = [:]
        var survivor: PersonID?

        init(registeredOn day: BusinessDate, household: HouseholdID?) {
            days[day] = [Spot(household: household), nil, nil]
        }

        var ordered: [(day: BusinessDate, spot: Spot)] {
            days.sorted { $0.key < $1.key }.compactMap { day, spots in
                spots.compactMap(\.self).last.map { (day, $0) }
            }
        }

        func spot(on day: BusinessDate) -> Spot? { ordered.last { $0.day <= day }?.spot }

        mutating func move(on day: BusinessDate, to spot: Spot) {
            days[day] = [days[day]?[0], spot, nil]
        }

        mutating func take(_ other: Life, on day: BusinessDate) {
            guard let own = spot(on: day), let there = other.spot(on: day) else { return }
            guard
                own.household == nil && there.household != nil || own.isOut && !there.isOut
            else { return }
            let until = ordered.first { $0.day > day }?.day
            let later = other.ordered.filter { item in
                item.day > day && until.map { item.day < $0 } ?? true
            }
            for (day, spot) in [(day, there)] + later {
                days[day] = [days[day]?[0], days[day]?[1], spot]
            }
        }
    }

    /// Plays the accepted commands, of each person in the order in which the person's facts are numbered.
    private func places(_ answers: PropertyAnswers) -> [PersonID: Place] {
        var lives: [PersonID: Life] = [:]
        for item in commands where answers.isAccepted(item) {
            switch item.command {
            case let it as RegisterHousehold:
                for member in it.members {
                    lives[member.person] = Life(
                        registeredOn: it.registeredOn, household: it.household)
                }
            case let it as RegisterPerson:
                lives[it.person] = Life(registeredOn: it.registeredOn, household: it.household)
            default: break
            }
        }
        let changes = Dictionary(grouping: answers.facts) { $0.header.subject ?? "" }
            .mapValues { $0.sorted { $0.header.sequence ?? 0 < $1.header.sequence ?? 0 } }
        let commands = Dictionary(uniqueKeysWithValues: commands.map { ($0.id, $0.command) })
        var played: Set<PersonID> = []
        func play(_ person: PersonID) {
            guard played.insert(person).inserted else { return }
            for fact in changes[person.description] ?? [] {
                switch fact.header.causationid.flatMap({ commands[$0] }) {
                case let it as MovePerson:
                    let spot = Life.Spot(household: it.household, isOut: it.destination == nil)
                    lives[person]?.move(on: it.movedOn, to: spot)
                case let it as MergePersons:
                    // Nothing happens to the merged one any more: all of it comes before.
                    play(it.merged)
                    guard let merged = lives[it.merged] else { continue }
                    lives[person]?.take(merged, on: it.mergedOn)
                    for (id, life) in lives where id == it.merged || life.survivor == it.merged {
                        lives[id]?.survivor = person
                    }
                default: break
                }
            }
        }
        for person in Array(lives.keys) { play(person) }
        return lives.mapValues { life in
            Place(
                household: life.survivor == nil ? life.ordered.last?.spot.household : nil,
                survivor: life.survivor)
        }
    }
}
