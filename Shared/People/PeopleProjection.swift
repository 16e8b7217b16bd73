import Foundation
import Messages
import Postgres
public import ServiceKit

/// Something that a fact has brought to light about a person: a death, a merge or an erasure, that one was taken back, or another
/// day of birth.
public struct LifeChange: Sendable {
    /// Nil if the person was not known.
    public let before: Person?
    public let after: Person

    public var isDeath: Bool { after.diedOn != before?.diedOn }
    public var isMerge: Bool { after.mergedInto != before?.mergedInto }
    public var isErasure: Bool { after.isErased != before?.isErased ?? false }
    public var isBirth: Bool { before.map { after.birthDate != $0.birthDate } ?? false }
}

/// Keeps what registry has published about people: of each record the one with the highest version. Nothing waits and no rule
/// applies, so the rows are the same in whatever order the facts arrive. Facts without records change nothing.
public struct PeopleProjection: Sendable {
    /// What a service does about changes in lives. It may `execute` statements: the rows of the persons are locked for it.
    public typealias Consequences = @Sendable ([LifeChange], UnitOfWork) throws -> [Emission]

    private let forgetsErased: Bool
    private let consequences: Consequences

    /// - Parameter forgetsErased: forgets birth dates and stays of persons who were erased. Their ids remain.
    public init(
        forgetsErased: Bool, _ consequences: @escaping Consequences = { _, _ in [] }
    ) {
        self.forgetsErased = forgetsErased
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
            _ = try takeIn(fact.records, unit)
        }
        router.on(type, keys: { Self.keys($0.records, &$1) }, handle)
    }

    private func alone<F: PeopleFact>(_ type: F.Type, in router: inout Router) {
        let handle: @Sendable (F, UnitOfWork) throws -> [Emission] = { fact, unit in
            let changes = try takeIn(fact.records, unit)
            if !changes.isEmpty { try lock(changes, unit) }
            for change in changes where change.isErasure || change.isMerge {
                try eraseTexts(about: change.after.id, unit)
            }
            if forgetsErased { try forget(fact.records?.persons ?? [], unit) }
            return changes.isEmpty ? [] : try consequences(changes, unit)
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
        let ids = try Set(changes.flatMap { try Persons.ids(of: $0.after.id, unit) }).map(\.uuid)
        try unit.execute(
            "SELECT FROM person WHERE id = ANY(\(ids)) ORDER BY id FOR UPDATE")
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
    /// - Returns: what is new about lives.
    private func takeIn(
        _ records: PeopleRecords?, _ unit: UnitOfWork
    ) throws -> [LifeChange] {
        guard let records else { return [] }
        for record in records.households ?? [] { try takeIn(record, unit) }
        let changes = try (records.persons ?? []).compactMap { try takeIn($0, unit) }
        for record in records.categories ?? [] { try takeIn(record, unit) }
        for record in records.memberships ?? [] { try takeIn(record, unit) }
        return changes.filter { $0.isDeath || $0.isMerge || $0.isErasure || $0.isBirth }
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

    private func takeIn(_ record: HouseholdRecord, _ unit: UnitOfWork) throws {
        let held = try unit.find(Household.self, record.household.uuid)
        if let held, held.version >= record.version { return }
        if let household = Household(record) { try unit.store(household) }
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
