public import Foundation
public import Messages
internal import Postgres

/// The facts that belong to a record, besides those of its own id.
public struct RelatedFacts: Sendable {
    /// Other ids of the record, such as those of merged registrations.
    public var ids: [UUID]
    /// Subjects of facts that all belong to it, as the journal has them.
    public var subjects: [String]
    /// Subjects of facts that belong to it if they name one of its ids.
    public var naming: [String]
    /// Subjects of facts that belong to it if they name one of its ids outside of their records, or say in them that somebody
    /// lives there last. Records tell whole lives, so they name it in later facts too.
    public var living: [String]
    /// The kinds of the record's own facts, such as `person`; nil if the service knows nothing but its facts. Facts of another
    /// kind with its id are of another record, because publishers choose ids.
    public var kinds: Set<String>?
    /// Ids under which the record has no facts of its own, such as those of registry's persons in other services.
    public var bare: [UUID]
    /// Further subjects of tasks that are about it, such as a pair of registrations.
    public var tasks: [UUID]

    public init(
        ids: [UUID] = [], subjects: [String] = [], naming: [String] = [], living: [String] = [],
        tasks: [UUID] = [], kinds: Set<String>? = nil, bare: [UUID] = []
    ) {
        self.ids = ids
        self.subjects = subjects
        self.naming = naming
        self.living = living
        self.tasks = tasks
        self.kinds = kinds
        self.bare = bare
    }
}

/// Answers queries for the history of a record, from the service's journal.
public enum Histories {
    /// - Parameters:
    ///   - tasks: the kinds of the service's tasks. Whoever dismisses one takes a step of the record that it is about.
    ///   - related: finds what belongs to a record.
    public static func register<Q: HistoryQuery>(
        in router: inout Router, _ query: Q.Type, tasks: [TaskKind],
        related:
            @escaping @Sendable (_ record: UUID, _ unit: UnitOfWork) throws -> RelatedFacts = {
                _, _ in RelatedFacts()
            }
    ) {
        router.on(query) { query, unit in
            let record = query.about.record
            var found = try related(record, unit)
            found.subjects += try dismissed(tasks, of: record, found, unit)
            return try answer(query.about, found, unit)
        }
    }

    /// The tasks about these records that somebody has dismissed. The id of a task follows from its kind and subject.
    private static func dismissed(
        _ kinds: [TaskKind], of record: UUID, _ related: RelatedFacts, _ unit: UnitOfWork
    ) throws -> [String] {
        guard !kinds.isEmpty else { return [] }
        let subjects = Set(
            [record] + related.ids + related.tasks
                + related.subjects.compactMap { UUID(wireText: $0) })
        let ids = subjects.flatMap { subject in kinds.map { Tasks.id($0, subject) } }
        return try unit.query("SELECT id FROM task WHERE id = ANY(\(ids)) AND sequence > 0")
            .map { try $0.decode(UUID.self, at: 0).wireText }
    }

    private static func answer(
        _ selection: HistorySelection, _ related: RelatedFacts, _ unit: UnitOfWork
    ) throws -> HistoryAnswer {
        var reading = HistoryReading(selection.record, related)
        guard try reading.isKnown(unit) else {
            throw Refusal(unit.isUnlimited ? .unknownRecord : .outOfScope, at: "/record")
        }
        try bound(&reading, unit)
        var start: HistoryReading.Place?
        if let after = selection.after {
            start = try reading.place(of: after, unit)
            guard start != nil else {
                throw Refusal(unit.isUnlimited ? .unknownFact : .outOfScope, at: "/after")
            }
        }
        let limit = selection.limit ?? HistorySelection.usualPage
        var entries = try reading.entries(after: start, limit + 1, unit)
        let isLast = entries.count <= limit
        entries = Array(entries.prefix(limit))
        var answer = HistoryAnswer(
            record: selection.record, entries: entries, next: isLast ? nil : entries.last?.fact)
        if unit.isUnlimited { try addTexts(to: &answer, unit) }
        unit.logReading(of: [selection.record])
        return answer
    }

    /// Whoever reads a history may speak for every territory that it names. One without a territory is the operator's. What others
    /// recorded under the same id is another record: it closes nothing, and is not shown.
    private static func bound(_ reading: inout HistoryReading, _ unit: UnitOfWork) throws {
        guard !unit.isUnlimited else { return }
        let parts = HistoryParts(try reading.facts(unit), of: reading)
        var covered: [TerritoryCode: Bool] = [:]
        for code in parts.territories { covered[code] = try unit.covers(code) }
        guard let hidden = parts.hidden(where: { covered[$0] ?? false }) else {
            throw Refusal(.outOfScope, at: "/record")
        }
        reading.hidden = hidden
    }

    /// Free texts may name anybody, so they are for the operator.
    private static func addTexts(to answer: inout HistoryAnswer, _ unit: UnitOfWork) throws {
        let causes = Set(answer.entries.map(\.cause))
        let subjects = Set(answer.entries.compactMap { UUID(wireText: $0.subject) })
        let texts = try unit.texts(of: causes.union(subjects))
        for index in answer.entries.indices {
            let own = texts.filter { $0.record == answer.entries[index].cause }
            answer.entries[index].texts = own.isEmpty ? nil : own
        }
        let others = texts.filter { !causes.contains($0.record) }
        answer.texts = others.isEmpty ? nil : others
    }
}

extension RefusalCode {
    static let unknownRecord = RefusalCode(
        "unknown_record", "the id of a record of which this service has facts")
    static let unknownFact = RefusalCode("unknown_fact", "the id of a fact of this record")
}
