public import Foundation
import Messages
import Postgres
public import ServiceKit

/// Keeps what registry has published about people: of each record the one with the highest version. Nothing waits and no rule
/// applies, so the rows are the same in whatever order the facts arrive. Facts without records change nothing.
public struct PeopleProjection: Sendable {
    /// What a service does about changes in lives. It may `execute` statements: the rows of the persons are locked for it.
    public typealias Consequences = @Sendable ([LifeChange], UnitOfWork) throws -> [Emission]

    /// What a service looks at again because registry has said something new about these persons, under all their ids, and
    /// households: a move or a dissolution too. The rows of the persons and households are locked for it, unless somebody has
    /// only been registered.
    public typealias Review = @Sendable (Set<UUID>, UnitOfWork) throws -> Void

    private let forgetsErased: Bool
    private let consequences: Consequences
    private let review: Review?

    /// - Parameter forgetsErased: forgets birth dates and stays of persons who were erased. Their ids remain.
    public init(
        forgetsErased: Bool, review: Review? = nil,
        _ consequences: @escaping Consequences = { _, _ in [] }
    ) {
        self.forgetsErased = forgetsErased
        self.review = review
        self.consequences = consequences
    }

    public func register(in router: inout Router) {
        for type in PeopleFacts.registrations + PeopleFacts.papers {
            batched(type, in: &router)
        }
        // Alone, because each of them can bring the news of a death, merge or erasure.
        for type in PeopleFacts.lives { alone(type, in: &router) }
    }

    private func batched<F: PeopleFact>(_ type: F.Type, in router: inout Router) {
        let handle: @Sendable (F, UnitOfWork) throws -> Void = { fact, unit in
            let news = try takeIn(fact.records, unit)
            // Nothing hangs on a household that comes with its first members.
            let homes = news.newcomers.subtracting(news.households)
            if let review, !homes.isEmpty { try review(homes, unit) }
        }
        router.on(type, keys: { Self.keys($0.records, &$1) }, handle)
    }

    private func alone<F: PeopleFact>(_ type: F.Type, in router: inout Router) {
        let handle: @Sendable (F, UnitOfWork) throws -> [Emission] = { fact, unit in
            var news = try takeIn(fact.records, unit)
            for index in news.persons.indices { news.persons[index].day = fact.newsOn }
            let changes = news.lives
            let concerned = review == nil || news.isEmpty ? [] : try news.concerned(unit)
            // Households first, as commands load them: so nobody waits crosswise.
            try lock(concerned, unit)
            try lock(review == nil ? changes : news.persons, unit)
            for change in changes where change.isErasure || change.isMerge {
                try eraseTexts(about: change.after.id, unit)
            }
            if forgetsErased { try forget(fact.records?.persons ?? [], unit) }
            let emissions = changes.isEmpty ? [] : try consequences(changes, unit)
            if let review, !concerned.isEmpty { try review(concerned, unit) }
            return emissions
        }
        router.on(type, keys: { Self.keys($0.records, &$1) }, alone: true, handle)
    }

    @Sendable private static func keys(_ records: PeopleRecords?, _ keys: inout Keys) {
        guard let records else { return }
        for record in records.persons ?? [] {
            keys.need(Person.self, record.person.uuid)
            for stay in record.stays {
                if let household = stay.household { keys.need(Mentions.self, household.uuid) }
            }
            if let survivor = record.mergedInto { keys.need(Mentions.self, survivor.uuid) }
        }
        for record in records.households ?? [] {
            keys.need(Household.self, record.household.uuid)
        }
        for record in records.categories ?? [] {
            keys.need(CategoryAssertion.self, record.assertion.uuid)
            keys.need(Mentions.self, record.household.uuid)
            keys.need(Mentions.self, record.subject)
        }
        for record in records.memberships ?? [] {
            keys.need(Membership.self, record.member.uuid)
            keys.need(Mentions.self, record.person.uuid)
        }
    }

    /// Waits for workers that are recording something about these persons, so that statements find it.
    private func lock(_ changes: [LifeChange], _ unit: UnitOfWork) throws {
        guard !changes.isEmpty else { return }
        let ids = try Set(changes.flatMap { try Persons.ids(of: $0.after.id, unit) }).map(\.uuid)
        try unit.execute(
            "SELECT FROM person WHERE id = ANY(\(ids)) ORDER BY id FOR UPDATE")
    }

    /// The same for what is being recorded about their households, also by a statement about many.
    /// - Parameter concerned: ids of households; those of persons have no row there.
    private func lock(_ concerned: Set<UUID>, _ unit: UnitOfWork) throws {
        guard !concerned.isEmpty else { return }
        try unit.execute(
            "SELECT FROM household WHERE id = ANY(\(Array(concerned))) ORDER BY id FOR UPDATE")
    }

    /// Free texts about an erased person under all ids go, and those about the households and their members: they may name any
    /// of them.
    private func eraseTexts(about id: PersonID, _ unit: UnitOfWork) throws {
        guard try Persons.find(id, unit)?.isErased == true else { return }
        let ids = try Persons.ids(of: id, unit).map(\.uuid)
        let households = Set(
            try unit.find(Person.self, all: ids).flatMap { $0.stays.compactMap(\.household) })
        unit.eraseTexts(about: ids)
        for household in households {
            unit.eraseTexts(
                about: try [household.uuid] + Mentions.of(household.uuid, unit).persons)
        }
    }

    /// Forgets birth dates and stays of erased persons, under all ids.
    private func forget(_ records: [PersonRecord], _ unit: UnitOfWork) throws {
        for record in records where try Persons.find(record.person, unit)?.isErased == true {
            let ids = try Persons.ids(of: record.person, unit).map(\.uuid)
            for var person in try unit.find(Person.self, all: ids)
            where person.birthDate != nil || !person.stays.isEmpty {
                person.birthDate = nil
                person.stays = []
                try unit.store(person)
            }
        }
    }
}

// MARK: Taking records in

extension PeopleProjection {
    private func takeIn(_ records: PeopleRecords?, _ unit: UnitOfWork) throws -> PeopleNews {
        var news = PeopleNews()
        guard let records else { return news }
        for record in records.households ?? [] where try takeIn(record, unit) {
            news.households.insert(record.household.uuid)
        }
        news.persons = try (records.persons ?? []).compactMap { try takeIn($0, unit) }
        for record in records.categories ?? [] { try takeIn(record, unit) }
        for record in records.memberships ?? [] { try takeIn(record, unit) }
        return news
    }

    private func takeIn(_ record: PersonRecord, _ unit: UnitOfWork) throws -> LifeChange? {
        // Old records too: so the mentions are the same in whatever order the records come.
        for household in Set(record.stays.compactMap(\.household)) {
            try Mentions.add(record.person.uuid, \.persons, of: household.uuid, unit)
        }
        if let survivor = record.mergedInto {
            try Mentions.add(record.person.uuid, \.persons, of: survivor.uuid, unit)
        }
        let held = try unit.find(Person.self, record.person.uuid)
        if let held, held.version >= record.version { return nil }
        let person = Person(record)
        try unit.store(person)
        return LifeChange(before: held, after: person)
    }

    /// - Returns: whether it says something new.
    private func takeIn(_ record: HouseholdRecord, _ unit: UnitOfWork) throws -> Bool {
        let held = try unit.find(Household.self, record.household.uuid)
        if let held, held.version >= record.version { return false }
        guard let household = Household(record) else { return false }
        try unit.store(household)
        return true
    }

    private func takeIn(_ record: CategoryRecord, _ unit: UnitOfWork) throws {
        let held = try unit.find(CategoryAssertion.self, record.assertion.uuid)
        if let held, held.version >= record.version { return }
        try unit.store(CategoryAssertion(record))
        for id in Set([record.household.uuid, record.subject]) {
            try Mentions.add(record.assertion.uuid, \.assertions, of: id, unit)
        }
    }

    private func takeIn(_ record: MembershipRecord, _ unit: UnitOfWork) throws {
        let held = try unit.find(Membership.self, record.member.uuid)
        if let held, held.version >= record.version { return }
        try unit.store(Membership(record))
        try Mentions.add(record.member.uuid, \.memberships, of: record.person.uuid, unit)
    }
}
