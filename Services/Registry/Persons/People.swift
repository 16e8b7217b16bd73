import Foundation
import Messages
import ServiceKit

/// The persons and households that a command concerns, with all that counts for them, as they stand at one moment.
///
/// A handler takes it before it changes anything. It then changes stays, places, merges and assertions, and nothing else
/// of whom lives where. `settle` makes the rest follow: who moves along, who is listed as a member, versions, records and
/// the changes in numbers.
struct People {
    private(set) var persons: [Person] = []
    private(set) var households: [Household] = []
    private(set) var assertions: [CategoryAssertion] = []
    /// Those whom the command registers.
    private let newcomers: [PersonID]
    private let founded: HouseholdID?

    /// All who count in the households: these persons' own, past and present, the given ones, and their members'.
    /// - Parameters:
    ///   - persons: whose stays the command changes. Their merged registrations belong to them.
    ///   - newcomers: those whom the command registers, of whom there is nothing yet.
    ///   - founded: the household that it registers.
    init(
        of persons: [PersonID], newcomers: [PersonID] = [], households: [HouseholdID] = [],
        founded: HouseholdID? = nil, _ unit: UnitOfWork
    ) throws {
        (self.newcomers, self.founded) = (newcomers, founded)
        let given = try Self.whole(persons, unit)
        let homes = households + given.flatMap(\.stays.households)
        self.households = try unit.find(Household.self, all: Self.once(homes).map(\.uuid))
        let lived = self.households.flatMap { $0.members + $0.former }
        self.persons = try Self.whole(given.map(\.id) + lived, unit)
        assertions = try unit.find(
            CategoryAssertion.self,
            all: (self.households.flatMap(\.assertions) + self.persons.flatMap(\.assertions))
                .map(\.uuid))
    }

    /// A household that is about to be stored with persons who come with it: nothing is read.
    init(household: Household, persons: [Person], assertions: [CategoryAssertion]) {
        (households, newcomers, founded) = ([household], [], nil)
        (self.persons, self.assertions) = (persons, assertions)
    }

    /// The persons, and all registrations that were merged into them.
    private static func whole(_ ids: [PersonID], _ unit: UnitOfWork) throws -> [Person] {
        guard !ids.isEmpty else { return [] }
        let persons = try unit.find(Person.self, all: once(ids).map(\.uuid))
        let merged = persons.flatMap(\.merged)
        guard !merged.isEmpty else { return persons }
        return try unit.find(Person.self, all: once(persons.map(\.id) + merged).map(\.uuid))
    }

    private static func once<ID: Hashable>(_ ids: [ID]) -> [ID] {
        var seen: Set<ID> = []
        return ids.filter { seen.insert($0).inserted }
    }

    // MARK: Afterwards

    /// What a command has changed, for its fact.
    struct Change {
        var stock = RegisteredStock()
        var records: PeopleRecords

        /// With a record that did not change, because the fact is about that person.
        mutating func tell(_ person: Person) {
            let told = records.persons ?? []
            if !told.contains(where: { $0.person == person.id }) {
                records.persons = told + [person.record]
            }
        }

        /// Those of one person.
        func records(of person: PersonID) -> PeopleRecords {
            PeopleRecords(persons: records.persons?.filter { $0.person == person })
        }
    }

    /// Makes all that follows from what the command has changed, and stores it.
    /// - Parameter day: the business date of what the command says.
    func settle(_ unit: UnitOfWork, on day: BusinessDate) throws -> Change {
        var after = try now(unit)
        after.follow()
        after.listMembers()
        let records = try after.store(since: self, unit)
        try LifeTasks.after(self, after, on: day, unit)
        var change = Change(records: records)
        change.stock.add(after, times: 1)
        change.stock.add(self, times: -1)
        return change
    }

    /// The same persons, households and assertions, and those that the command has made.
    func now(_ unit: UnitOfWork) throws -> People {
        var after = self
        after.persons = try unit.find(Person.self, all: (persons.map(\.id) + newcomers).map(\.uuid))
        after.households = try unit.find(
            Household.self, all: (households.map(\.id) + (founded.map { [$0] } ?? [])).map(\.uuid))
        let listed =
            after.households.flatMap(\.assertions) + after.persons.flatMap(\.assertions)
        after.assertions = try unit.find(CategoryAssertion.self, all: listed.map(\.uuid))
        return after
    }

    private mutating func follow() {
        let changed = Dictionary(uniqueKeysWithValues: households.map { ($0.id, $0) })
        for index in persons.indices { persons[index].stays.follow(changed) }
    }

    private mutating func listMembers() {
        for index in households.indices {
            let id = households[index].id
            let present = persons.filter { $0.household == id }.map(\.id)
            let listed = Set(households[index].members + households[index].former)
            let others = persons.filter {
                $0.household != id && ($0.stays.names(id) || listed.contains($0.id))
            }.map(\.id)
            households[index].members = Self.ordered(present, as: households[index].members)
            households[index].former = Self.ordered(others, as: households[index].former)
        }
    }

    /// Those who were listed stay in their order, and others come after them.
    private static func ordered(_ ids: [PersonID], as before: [PersonID]) -> [PersonID] {
        before.filter(ids.contains) + ids.filter { !before.contains($0) }
    }

    private mutating func store(since before: People, _ unit: UnitOfWork) throws -> PeopleRecords {
        PeopleRecords(
            persons: try Self.store(&persons, since: before.persons, unit),
            households: try Self.store(&households, since: before.households, unit),
            categories: try Self.store(&assertions, since: before.assertions, unit))
    }

    /// Stores what is not as it was, with a new version where its record is another.
    /// - Returns: the new records; nil if there is none.
    private static func store<R: Recorded>(
        _ rows: inout [R], since before: [R], _ unit: UnitOfWork
    ) throws -> [R.Told]? {
        let before = Dictionary(uniqueKeysWithValues: before.map { ($0.key, $0) })
        var records: [R.Told] = []
        for index in rows.indices {
            let old = before[rows[index].key]
            if let old, old == rows[index] { continue }
            if old?.record != rows[index].record {
                if let old { rows[index].version = old.version + 1 }
                records.append(rows[index].record)
            }
            try unit.store(rows[index])
        }
        return records.isEmpty ? nil : records
    }
}

/// A row of which facts tell a record, with a version that grows with each change of it.
protocol Recorded: Aggregate, Equatable {
    associatedtype Told: Equatable
    var version: Int64 { get set }
    var record: Told { get }
}

extension UnitOfWork {
    /// Saves a row as the command has left it, and says what has happened to it.
    func emit<R: Aggregate>(
        _ fact: any Fact, of type: R.Type, _ key: R.Key
    ) throws -> Emission {
        guard var row = try find(type, key) else { throw StoredValueError(type: "\(type)") }
        return try save(&row, fact)
    }
}
