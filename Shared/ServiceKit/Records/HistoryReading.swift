internal import Foundation
internal import Messages
internal import Postgres

/// The facts of one record in the journal.
struct HistoryReading {
    /// A fact's place in the order in which the service recorded facts.
    struct Place {
        let time: Timestamp
        let owner: Int32
        let position: Int64
    }

    /// Which facts of a subject belong to the record.
    private enum Part: String {
        case whole, naming, living
    }

    private let subjects: [String]
    private let parts: [String]
    /// As they stand in the bodies of facts.
    private let ids: [String]
    /// The kinds of the record's own facts; nil if unknown.
    let kinds: Set<String>?
    /// Ids whose facts may be those of several records.
    let shared: Set<String>
    /// Facts that are not shown, because they are another record's.
    var hidden: [HistoryParts.Key] = []

    init(_ record: UUID, _ related: RelatedFacts) {
        ids = Set([record] + related.ids).map(\.wireText).sorted()
        kinds = related.kinds
        shared = Set(([record] + related.bare).map(\.wireText))
        let whole = Set(ids + related.subjects)
        let naming = Set(related.naming).subtracting(whole)
        let living = Set(related.living).subtracting(whole).subtracting(naming)
        let all: [(Part, [String])] = [
            (.whole, whole.sorted()), (.naming, naming.sorted()), (.living, living.sorted()),
        ]
        subjects = all.flatMap { $1 }
        parts = all.flatMap { part, subjects in subjects.map { _ in part.rawValue } }
    }

    /// The facts of these subjects that belong to the record.
    private var facts: Statement {
        """
        unnest(\(subjects), \(parts)) AS s (subject, part)
        JOIN journal AS j ON j.subject = s.subject AND (s.part = 'whole' OR EXISTS (
            SELECT FROM unnest(\(ids)) AS i (id)
            WHERE position(i.id IN convert_from(j.body, 'UTF8')) > 0 AND (s.part = 'naming'
                OR position(i.id IN
                    ((convert_from(j.body, 'UTF8')::jsonb -> 'data') - 'records')::text) > 0
                OR EXISTS (
                    SELECT FROM jsonb_path_query(
                        convert_from(j.body, 'UTF8')::jsonb,
                        '$.data.records.persons[*].stays[last].household') AS h (household)
                    WHERE h.household #>> '{}' = i.id))))
            AND NOT EXISTS (
                SELECT FROM unnest(\(hidden.map(\.subject)), \(hidden.map(\.type)))
                    AS o (subject, type)
                WHERE o.subject = j.subject AND o.type = j.type)
        """
    }

    func isKnown(_ unit: UnitOfWork) throws -> Bool {
        try !unit.query(
            """
            SELECT FROM \(part: facts) LIMIT 1
            """
        ).isEmpty
    }

    /// The fields of facts that say where somebody or something is, was, or was thought to be. The contract has no others but
    /// those of registry's list of territories, and a site's tiers, which lie around it.
    static let territoryFields = ["territory", "from", "wrong", "mergedTerritory", "territories"]

    /// The subjects and types of the facts, each with all territories that they name, besides those of the actors' branches.
    func facts(_ unit: UnitOfWork) throws -> [HistoryParts.Key: Set<TerritoryCode>] {
        try unit.query(
            """
            SELECT DISTINCT subject, type, c.code
            FROM (
                SELECT j.subject, j.type,
                       (convert_from(j.body, 'UTF8')::jsonb -> 'data') - 'actor' AS data
                FROM \(part: facts)) AS facts
                LEFT JOIN LATERAL (
                    SELECT codes.code #>> '{}' AS code
                    FROM unnest(\(Self.territoryFields.map { "$.**.\($0)[*]" })) AS field (path),
                        LATERAL jsonb_path_query(data, field.path::jsonpath) AS codes (code)
                ) AS c ON true
            """
        ).reduce(into: [:]) { facts, row in
            var cursor = row.cursor()
            let key = HistoryParts.Key(
                subject: try cursor.next(String.self), type: try cursor.next(String.self))
            let code = try cursor.next(optional: String.self).flatMap { TerritoryCode($0) }
            facts[key, default: []].formUnion(code.map { [$0] } ?? [])
        }
    }

    func place(of fact: UUID, _ unit: UnitOfWork) throws -> Place? {
        try unit.query(
            """
            SELECT time, owner, position FROM journal
            WHERE subject = ANY(\(subjects)) AND id = \(fact)
            """
        ).first.map { row in
            Place(
                time: try row.decode(Timestamp.self, at: 0),
                owner: try row.decode(Int32.self, at: 1),
                position: try row.decode(Int64.self, at: 2))
        }
    }

    func entries(
        after place: Place?, _ limit: Int, _ unit: UnitOfWork
    ) throws -> [HistoryEntry] {
        try unit.query(
            """
            SELECT j.id, j.type, j.subject, j.sequence, j.publisher, j.cause, j.time,
                   convert_from(j.body, 'UTF8')::jsonb #>> '{data,actor,staff}',
                   (SELECT string_agg(d.key || '=' || (d.value #>> '{}'), ' ')
                    FROM jsonb_each(convert_from(j.body, 'UTF8')::jsonb -> 'data') AS d
                    WHERE d.key ~ \(Self.dayNames) AND jsonb_typeof(d.value) = 'string')
            FROM \(part: facts)
            WHERE (\(place == nil) OR (j.time, j.owner, j.position)
                   > (\(place?.time), \(place?.owner), \(place?.position)))
            ORDER BY j.time, j.owner, j.position
            LIMIT \(limit)
            """
        ).map(Self.entry)
    }

    private static func entry(_ row: ResultRow) throws -> HistoryEntry {
        var cursor = row.cursor()
        let (fact, type) = (try cursor.next(UUID.self), try cursor.next(String.self))
        var entry = HistoryEntry(
            fact: fact, type: type, subject: try cursor.next(), sequence: try cursor.next(),
            publisher: try cursor.next(optional: String.self),
            recordedAt: Timestamp(microseconds: 0),
            cause: try cursor.next())
        entry.recordedAt = try cursor.next()
        entry.actor = try cursor.next(optional: String.self).flatMap { UUID(uuidString: $0) }
        let dates = try cursor.next(optional: String.self) ?? ""
        entry.on = day(of: type, dates, recordedAt: entry.recordedAt)
        return entry
    }

    // MARK: Days

    /// A regular expression of the names of dates in facts.
    static let dayNames = "(On|Date)$|^(validFrom|asOf)$"

    /// Dates of what a fact is about, and not of the step.
    private static let others: Set<String> = [
        "birthDate", "startsOn", "startedOn", "dutyOn", "eventDate", "validFrom", "asOf",
    ]

    /// Facts whose commands name no day: what they say holds from the day on which it is recorded.
    static let undated: Set<String> = [
        PublisherGranted.type, PublisherRevoked.type, TerritoryLoaded.type, KitDefined.type,
        ProductDefined.type, EnrolmentEvaluated.type, EnrolmentSubmitted.type,
    ]

    private static func day(
        of type: String, _ dates: String, recordedAt time: Timestamp
    ) -> BusinessDate? {
        day(of: type, dates) ?? (undated.contains(type) ? time.businessDay : nil)
    }

    /// The business date of a fact: the one that its verb names (`movedOn` of `moved`, `voidedOn` of `move_voided`), else that of
    /// the correction, else `businessDate`, else the only one of the step, else the only one.
    /// - Parameter dates: the names and values of all its dates.
    static func day(of type: String, _ dates: String) -> BusinessDate? {
        let pairs = dates.split(separator: " ").compactMap {
            pair -> (name: String, date: BusinessDate)? in
            let parts = pair.split(separator: "=").map(String.init)
            guard parts.count == 2, let date = BusinessDate(parts[1]) else { return nil }
            return (parts[0], date)
        }
        let verb = type.split(separator: ".").dropLast().last.map(String.init) ?? ""
        let word = verb.split(separator: "_").last.map(String.init) ?? ""
        for name in ["\(verb)On", "\(word)On", "correctedOn", "businessDate"] {
            if let named = pairs.first(where: { $0.name == name }) { return named.date }
        }
        let steps = pairs.filter { !others.contains($0.name) }
        if steps.count == 1 { return steps.first?.date }
        return pairs.count == 1 ? pairs.first?.date : nil
    }
}
