import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Random waiting lines, from which people also die and are erased, against a plain model that decides each step too.
@Suite struct PropertyWaitlistTests {
    @Test func `a line moves up in its order, never over capacity, and never to the dead`() throws {
        let settings = try PropertySettings(perMille: 100)
        print("PropertyWaitlistTests: \(settings.count) lines, NUANXIN_TEST_SEED=\(settings.seed)")
        let bench = try ServiceBench(Events.definition)
        let activity = ActivityID(UUID())
        try bench.decide(EventsSamples.activity(activity, for: .everyone))
        var moved = 0
        for number in 0..<settings.count {
            let seed = settings.seed &+ UInt64(number)
            var play = try WaitlistPlay(of: activity, PropertyRandom(seed), bench)
            guard let problem = try play.run() else {
                moved += play.moved
                continue
            }
            Issue.record("NUANXIN_TEST_SEED=\(seed): \(problem)")
            return
        }
        #expect(moved > 0 || settings.count < 10, "nobody moved up")
    }
}

/// One session, and what happens to those who want to come.
private struct WaitlistPlay {
    private struct Entry {
        let id: RegistrationID
        let persons: [PersonID]
        var isConfirmed: Bool
    }

    private let bench: ServiceBench
    private let session = SessionID(UUID())
    private let capacity: Int
    private let adults: [PersonID]
    /// The children of the first adults, and their households.
    private let children: [(person: PersonID, household: HouseholdID)]
    private var random: PropertyRandom
    /// The model: all live registrations in the order of arrival.
    private var line: [Entry] = []
    private var dead: Set<PersonID> = []
    private var erased: Set<PersonID> = []
    private var versions: [PersonID: Int64] = [:]
    private var isOpen = true
    private(set) var moved = 0

    init(of activity: ActivityID, _ random: PropertyRandom, _ bench: ServiceBench) throws {
        (self.random, self.bench) = (random, bench)
        capacity = self.random.number(in: 1...5)
        children = (0..<3).map { _ in (PersonID(UUID()), HouseholdID(UUID())) }
        let mothers = children.map { _ in PersonID(UUID()) }
        for (mother, child) in zip(mothers, children) {
            let family = try EventsSamples.household(
                child.household, mother: mother, child: child.person)
            try bench.take(family, subject: child.household.uuid, sequence: 1)
        }
        adults = try mothers + bench.newcomers(5)
        try bench.decide(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    /// - Returns: what is wrong after the first step with something wrong.
    mutating func run() throws -> String? {
        for step in 0..<random.number(in: 8...30) {
            let problem =
                switch random.number(in: 0...9) {
                case 0...4: try request()
                case 5, 6: try withdraw()
                case 7: try leave(byDeath: true)
                case 8: try leave(byDeath: false)
                default: random.once(in: 6) ? try cancelSession() : nil
                }
            if let found = try problem ?? difference() { return "step \(step): \(found)" }
        }
        return nil
    }

    // MARK: Steps

    private mutating func request() throws -> String? {
        let number = random.number(in: 0...adults.count - 1)
        let child =
            children.indices.contains(number) && random.once(in: 2)
            ? children[number].person : nil
        let persons = [adults[number]] + [child].compactMap(\.self)
        let id: RegistrationID = random.id()
        let taken = Set(line.flatMap(\.persons))
        let isRight =
            isOpen && persons.count <= capacity && dead.union(erased).isDisjoint(with: persons)
            && taken.isDisjoint(with: persons)
        let answer = try bench.decide(
            EventsSamples.registration(id, at: session, of: persons[0], with: child))
        if isRight {
            let isConfirmed =
                line.allSatisfy(\.isConfirmed) && confirmed + persons.count <= capacity
            line.append(Entry(id: id, persons: persons, isConfirmed: isConfirmed))
        }
        return wrong(answer, isRight: isRight, "a request of \(persons.count)")
    }

    private mutating func withdraw() throws -> String? {
        guard !line.isEmpty else { return nil }
        let entry = random.one(of: line)
        let answer = try bench.decide(EventsSamples.cancel(entry.id))
        if isOpen { end { $0.id == entry.id } }
        return wrong(answer, isRight: isOpen, "a withdrawal")
    }

    /// Registry says that somebody died, or was erased; perhaps it says it twice.
    private mutating func leave(byDeath: Bool) throws -> String? {
        let record = try record(
            of: random.one(of: random.once(in: 3) ? children.map(\.person) : adults),
            isDead: byDeath)
        let (person, version) = (record.person, record.version)
        let (day, place) = (
            try EventsSamples.date("2019-03-02"), try EventsSamples.territory()
        )
        let records = PeopleRecords(persons: [record])
        let fact: any Fact =
            byDeath
            ? PersonDied(person: person, territory: place, diedOn: day, records: records)
            : PersonErased(
                person: person, merged: [], territory: place, erasedOn: day, records: records)
        for _ in 0..<random.number(in: 1...2) {
            try bench.take(fact, subject: person.uuid, sequence: version)
        }
        if isOpen { end { $0.persons.contains(person) } }
        return nil
    }

    private mutating func record(of person: PersonID, isDead: Bool) throws -> PersonRecord {
        let (day, since) = (
            try EventsSamples.date("2019-03-02"), try EventsSamples.date("2018-01-01")
        )
        if isDead { dead.insert(person) } else { erased.insert(person) }
        versions[person, default: 1] += 1
        let child = children.firstIndex { $0.person == person }
        let household = child ?? adults.prefix(children.count).firstIndex(of: person)
        return PersonRecord(
            person: person, version: versions[person, default: 1],
            birthDate: try EventsSamples.date(child == nil ? "1985-04-01" : "2017-06-01"),
            sex: child == nil ? .female : .male,
            stays: [
                Stay(
                    from: since, territory: try EventsSamples.territory(),
                    household: household.map { children[$0].household },
                    role: household == nil ? nil : child == nil ? .head : .child)
            ],
            diedOn: dead.contains(person) ? day : nil,
            erasedOn: erased.contains(person) ? day : nil)
    }

    private mutating func cancelSession() throws -> String? {
        let wasOpen = isOpen
        let answer = try bench.decide(EventsSamples.cancel(session))
        isOpen = false
        line = []
        return wrong(answer, isRight: wasOpen, "the cancelling of the session")
    }

    // MARK: The model

    private var confirmed: Int {
        line.filter(\.isConfirmed).reduce(0) { $0 + $1.persons.count }
    }

    private mutating func end(_ isOver: (Entry) -> Bool) {
        line.removeAll(where: isOver)
        while let next = line.firstIndex(where: { !$0.isConfirmed }),
            confirmed + line[next].persons.count <= capacity
        {
            line[next].isConfirmed = true
            moved += 1
        }
    }

    private func wrong(
        _ answer: ServiceBench.Answered, isRight: Bool, _ what: String
    ) -> String? {
        let due = isRight ? "accepted" : "rejected"
        guard answer.status != due else { return nil }
        return "\(what) was \(answer.status ?? "lost") \(answer.code ?? ""), not \(due)"
    }

    /// How the live registrations of the session differ from the model's.
    private func difference() throws -> String? {
        let rows = try bench.connection.run(
            """
            SELECT id, state = 'confirmed', size, number FROM session_registration
            WHERE session = \(session) AND state <> 'cancelled'
            """)
        var places = 0
        var stored: [RegistrationID: Bool] = [:]
        var numbers: [RegistrationID: Int64] = [:]
        for row in rows {
            var row = row.cursor()
            let (id, isConfirmed) = (try row.next(RegistrationID.self), try row.next(Bool.self))
            stored[id] = isConfirmed
            let size = try row.next(Int.self)
            if isConfirmed { places += size }
            numbers[id] = try row.next(optional: Int64.self)
        }
        if places > capacity { return "\(places) persons have \(capacity) places" }
        let due = Dictionary(uniqueKeysWithValues: line.map { ($0.id, $0.isConfirmed) })
        guard stored == due else {
            return
                "the line is \(stored.count) with \(places) places, not \(due.count) with \(confirmed)"
        }
        let waiting = line.filter { !$0.isConfirmed }.compactMap { numbers[$0.id] }
        return waiting == waiting.sorted() ? nil : "somebody was overtaken"
    }
}
