import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Random lives: births, moves, deaths, marriages, doubles and all their corrections, in any order of business dates.
@Suite struct PropertyLifeTests {
    private typealias Samples = RegistrySamples

    @Test func `whatever happens, facts tell what registry holds, and no number is below zero`()
        throws
    {
        let settings = try PropertySettings(perMille: 60)
        for number in 0..<settings.count {
            var random = PropertyRandom(settings.seed &+ UInt64(number))
            try play(&random, "seed \(settings.seed), life \(number)")
        }
    }

    private func play(_ random: inout PropertyRandom, _ name: String) throws {
        let bench = try registryBench()
        var lives = try RandomLives(&random)
        var facts: [any Fact] = []
        var stock = SummedStock()
        for command in try Samples.appointment() + lives.registrations {
            facts += try bench.handle(command).emissions.map(\.fact)
        }
        for _ in 0..<random.number(in: 10...30) {
            let command = try lives.next(&random)
            let outcome = try bench.handle(command)
            if outcome.isAccepted { lives.note(command) }
            facts += outcome.emissions.map(\.fact)
        }
        for fact in facts { stock.take(fact) }
        let kept = shuffled(facts, &random)
        try expectKept(kept, is: bench, lives, name)
        for day in stock.days {
            let counts = stock.counts(on: day)
            #expect(
                counts.values.allSatisfy { $0.households >= 0 && $0.persons >= 0 },
                "\(name): below zero on \(day)")
            #expect(counts == kept.counts(on: day), "\(name): \(day)")
        }
    }

    /// Facts arrive in any order, and some twice.
    private func shuffled(_ facts: [any Fact], _ random: inout PropertyRandom) -> KeptRecords {
        var kept = KeptRecords()
        var left = facts + facts.prefix(5)
        while !left.isEmpty {
            let fact = left.remove(at: random.number(in: 0...left.count - 1))
            if let records = (fact as? any PeopleFact)?.records { kept.take(records) }
        }
        return kept
    }

    private func expectKept(
        _ kept: KeptRecords, is bench: HandlerBench, _ lives: RandomLives, _ name: String
    ) throws {
        let persons = try bench.unit.find(Person.self, all: lives.persons.map(\.uuid))
        #expect(persons.map(\.record) == persons.map { kept.persons[$0.id] }, "\(name)")
        let households = try bench.unit.find(Household.self, all: lives.households.map(\.uuid))
        #expect(households.map(\.record) == households.map { kept.households[$0.id] }, "\(name)")
        for household in households {
            let members = persons.filter { $0.household == household.id }.map(\.id)
            #expect(Set(household.members) == Set(members), "\(name)")
        }
        let assertions = try bench.unit.find(
            CategoryAssertion.self, all: lives.assertions.map(\.uuid))
        #expect(
            assertions.map(\.record) == assertions.map { kept.categories[$0.id] }, "\(name)")
        for (index, one) in assertions.enumerated() {
            for other in assertions.dropFirst(index + 1) where one.overlaps(other) {
                let subjects = try [one, other].map { assertion in
                    try Persons.find(PersonID(assertion.subject), bench.unit)?.key
                        ?? assertion.subject
                }
                #expect(subjects[0] != subjects[1], "\(name): twice in \(one.category)")
            }
        }
        for member in lives.members {
            guard let row = try bench.unit.find(Membership.self, member.uuid) else { continue }
            var record = row.nextRecord
            record.version -= 1
            #expect(kept.memberships[member] == record, "\(name)")
        }
    }
}

/// Commands about a few persons and households. Many are refused.
struct RandomLives {
    typealias Samples = RegistrySamples

    private(set) var persons: [PersonID] = []
    private(set) var households: [HouseholdID] = []
    private(set) var assertions: [AssertionID] = []
    private(set) var members: [MemberID] = []
    let registrations: [any Command]
    private var newcomers: [NewMember] = []
    private var moves: [(person: PersonID, day: BusinessDate)] = []
    /// The registered couples.
    private var couples: [(household: HouseholdID, members: [PersonID])] = []
    /// The office of whoever takes back the end of a household.
    private let office: MemberID
    private var serial = 100

    init(_ random: inout PropertyRandom) throws {
        var registrations: [any Command] = []
        for index in 0..<3 {
            let household = random.id(HouseholdID.self)
            let members = try [Role.head, .spouse].enumerated().map { offset, role in
                try Samples.member(index * 2 + offset, role, person: random.id(PersonID.self))
            }
            let subject = random.once(in: 2) ? household.uuid : members[0].person.uuid
            let category = try Samples.category(.lowIncome, of: subject, from: "2019-09-01")
            registrations.append(
                try Samples.household(household, members: members, categories: [category]))
            households.append(household)
            couples.append((household, members.map(\.person)))
            persons += members.map(\.person)
            assertions.append(category.assertion)
        }
        for index in 6..<9 {
            let member = try Samples.member(index, person: random.id(PersonID.self))
            newcomers.append(member)
            persons.append(member.person)
            registrations.append(
                RegisterPerson(
                    person: member.person, territory: try Samples.territory(Samples.communities[0]),
                    registeredOn: try Samples.date("2019-06-01"), name: member.name,
                    residentId: member.residentId))
        }
        let officer = try Samples.person(50, random.id(PersonID.self))
        office = random.id(MemberID.self)
        registrations += [
            officer,
            EnrolMember(
                MemberSubject(
                    member: office, person: officer.person, role: .officer,
                    territory: try Samples.territory("350203"), level: .district),
                enrolledOn: try Samples.date("2019-06-01")),
        ]
        persons.append(officer.person)
        members.append(office)
        self.registrations = registrations
    }

    mutating func note(_ command: any Command) {
        if let move = command as? MovePerson { moves.append((move.person, move.movedOn)) }
    }

    mutating func next(_ random: inout PropertyRandom) throws -> any Command {
        let day = random.day(try Samples.date("2019-06-01"), within: 300)
        let place = try Samples.territory(random.one(of: Samples.communities))
        let person = random.one(of: persons)
        switch random.number(in: 0...18) {
        case 0: return try found(&random, day)
        case 1: return try join(&random, day)
        case 2: return RecordDeath(person: person, diedOn: day)
        case 3:
            return CorrectDeath(
                person: person, diedOn: day, correctedOn: day, reason: "a slip",
                actor: try Samples.officer)
        case 4:
            return VoidDeath(
                person: person, voidedOn: day, reason: "another one", actor: try Samples.officer)
        case 5:
            return MoveHousehold(
                household: random.one(of: households), territory: place, movedOn: day)
        case 6:
            guard !moves.isEmpty else { break }
            let move = random.one(of: moves)
            return VoidMove(
                person: move.person, movedOn: move.day, voidedOn: move.day.adding(days: 9),
                reason: "a slip", actor: try Samples.officer)
        case 7, 8:
            return MergePersons(
                survivor: person, merged: random.one(of: persons), mergedOn: day)
        case 9:
            return UnmergePersons(
                survivor: person, merged: random.one(of: persons),
                unmergedOn: day.adding(days: 300), reason: "namesakes",
                actor: try Samples.officer)
        case 10, 11, 12: return try change(&random, day)
        case 16: return DissolveHousehold(household: random.one(of: households), dissolvedOn: day)
        case 17:
            return RestoreHousehold(
                household: random.one(of: households), restoredOn: day.adding(days: 300),
                reason: "a slip", actor: office.acting(in: try Samples.territory("350203")))
        case 18:
            let couple = random.one(of: couples)
            return MergeHouseholds(
                survivor: random.one(of: households.filter { $0 != couple.household }),
                merged: couple.household,
                members: couple.members.map { MemberRoleInHousehold(person: $0, role: .parent) },
                mergedOn: day)
        default: break
        }
        let household = random.once(in: 3) ? nil : random.one(of: households)
        let leaves = household == nil && random.once(in: 2)
        return MovePerson(
            person: person, destination: leaves ? nil : place, household: household,
            role: household == nil ? nil : .parent, movedOn: day)
    }

    /// A new household, with one who is known and one who is not.
    private mutating func found(
        _ random: inout PropertyRandom, _ day: BusinessDate
    ) throws -> any Command {
        let household = random.id(HouseholdID.self)
        let new = try newcomer(&random)
        let known = random.one(of: newcomers)
        let category = try Samples.category(.onlyChild, of: new.person.uuid, from: "2019-08-01")
        households.append(household)
        assertions.append(category.assertion)
        return RegisterHousehold(
            household: household,
            territory: try Samples.territory(random.one(of: Samples.communities)),
            registeredOn: day, members: [new, known], categories: [category])
    }

    private mutating func join(
        _ random: inout PropertyRandom, _ day: BusinessDate
    ) throws -> any Command {
        let new = try newcomer(&random)
        return RegisterPerson(
            person: new.person, household: random.one(of: households), role: .child,
            territory: try Samples.territory(random.one(of: Samples.communities)),
            registeredOn: day, name: new.name, residentId: new.residentId)
    }

    private mutating func newcomer(_ random: inout PropertyRandom) throws -> NewMember {
        serial += 1
        let member = try Samples.member(serial, .parent, person: random.id(PersonID.self))
        persons.append(member.person)
        return member
    }

    /// A category or a membership.
    private mutating func change(
        _ random: inout PropertyRandom, _ day: BusinessDate
    ) throws -> any Command {
        switch random.number(in: 0...5) {
        case 0: return VerifyCategory(assertion: random.one(of: assertions), verifiedOn: day)
        case 1: return EndCategory(assertion: random.one(of: assertions), endedOn: day)
        case 2: return RevokeCategory(assertion: random.one(of: assertions), revokedOn: day)
        case 3:
            let member = random.id(MemberID.self)
            members.append(member)
            let branch = try Samples.territory(random.one(of: Samples.communities))
            return EnrolMember(
                MemberSubject(
                    member: member, person: random.one(of: persons), role: .volunteer,
                    territory: branch), enrolledOn: day)
        default:
            let assertion = random.id(AssertionID.self)
            let household = random.one(of: households)
            assertions.append(assertion)
            return AssertCategory(
                assertion: assertion, household: household,
                subject: random.once(in: 3) ? household.uuid : random.one(of: persons).uuid,
                category: random.once(in: 2) ? .lowIncome : .bereaved, validFrom: day,
                validTo: random.once(in: 2) ? day.adding(days: 60) : nil)
        }
    }
}
