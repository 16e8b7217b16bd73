import Foundation
import Messages
import Postgres
import ServiceKit

/// Follows the journal, and brings the tasks about everybody whom its facts are about up to date: of probable doubles, and of
/// handovers.
///
/// They hang on other records than the one that a command changes, so that each registration and each move would have to look
/// for them. Here an import pays nothing: a turn reads on from where the last one stood, compares a bounded number of persons by a
/// few statements, and stops after its slice of time. Tasks come some seconds later, after a large import some minutes.
enum LifeRounds {
    /// Facts that one transaction looks at.
    private static let chunk: Int64 = 200

    static let job = Job("life-rounds", every: .seconds(5)) { context in
        while try step(context.connection, now: context.now), !context.shouldYield {}
    }

    /// Persons whom facts are about, each with the last one of them.
    struct Changes {
        private(set) var causes: [UUID: UUID] = [:]
        var persons: [UUID] { Array(causes.keys) }

        mutating func add(_ person: UUID, _ fact: UUID) { causes[person] = fact }

        /// The fact after which something about these persons is looked at.
        func cause(of persons: [UUID]) -> UUID? {
            persons.lazy.compactMap { causes[$0] }.first
        }
    }

    /// - Returns: whether there is more to read.
    @discardableResult
    static func step(_ connection: Connection, now: Timestamp) throws -> Bool {
        _ = try connection.run("BEGIN")
        do {
            let isMore = try follow(connection, today: BusinessDays(of: now).today)
            _ = try connection.run("COMMIT")
            return isMore
        } catch {
            guard connection.isOpen else { throw error }
            _ = try connection.run("ROLLBACK")
            // A worker was in the way: the next run tries again.
            guard let error = error as? PostgresError, error.isRetriable else { throw error }
            return false
        }
    }

    private static func follow(_ connection: Connection, today: BusinessDate) throws -> Bool {
        // Codes by two master keys say nothing of each other.
        let isRotating = try connection.run(
            "SELECT EXISTS (SELECT FROM key_rotation WHERE finished_at IS NULL)")
        if try isRotating.first?.decode(Bool.self, at: 0) ?? false { return false }
        let (facts, isMore) = try read(connection)
        let changes = try whole(facts, connection)
        if !changes.causes.isEmpty {
            try Doubles.look(at: changes, connection).store(connection, today: today)
            try Handovers.look(at: changes, connection).store(connection, today: today)
        }
        return isMore
    }

    // MARK: Reading

    /// The facts that say where somebody lives, who somebody is, or whether the person is alive: all that tell of persons.
    private static let types = PeopleFacts.registrations + PeopleFacts.lives

    /// Reads each owner's facts on, and notes how far. An owner writes its positions in order, so that none is passed over.
    private static func read(_ connection: Connection) throws -> (Changes, isMore: Bool) {
        let rows = try connection.run(
            """
            SELECT b.owner, j.position, j.id, j.body
            FROM (
                SELECT o.owner, coalesce(r.position, 0) AS position
                FROM journal_owner AS o LEFT JOIN journal_round AS r ON r.owner = o.owner
                WHERE NOT o.is_closed OR coalesce(r.position, 0) < o.published
            ) AS b CROSS JOIN LATERAL (
                SELECT position, id, CASE WHEN type = ANY(\(types.map { $0.type })) THEN body END
                    AS body
                FROM journal WHERE owner = b.owner AND position > b.position
                ORDER BY position LIMIT \(chunk)
            ) AS j
            ORDER BY b.owner, j.position LIMIT \(chunk)
            """)
        let catalogue = Catalogue(types)
        var changes = Changes()
        var positions: [Int32: Int64] = [:]
        for row in rows {
            let owner = try row.decode(Int32.self, at: 0)
            positions[owner] = try row.decode(Int64.self, at: 1)
            guard let body = try row.decode(optional: [UInt8].self, at: 3) else { continue }
            let fact = try row.decode(UUID.self, at: 2)
            let payload = try catalogue.decode(body).payload as? any PeopleFact
            for person in payload?.records?.persons ?? [] { changes.add(person.person.uuid, fact) }
        }
        if !positions.isEmpty {
            _ = try connection.run(
                """
                INSERT INTO journal_round (owner, position)
                SELECT * FROM unnest(\(Array(positions.keys)), \(Array(positions.values)))
                ON CONFLICT (owner) DO UPDATE SET position = excluded.position
                """)
        }
        return (changes, Int64(rows.count) == chunk)
    }

    /// The same persons, those who they are now, and all registrations that were merged into those.
    private static func whole(_ changes: Changes, _ connection: Connection) throws -> Changes {
        guard !changes.causes.isEmpty else { return changes }
        let rows = try connection.run(
            """
            SELECT n.id, s.id, s.merged FROM person AS n
                JOIN person AS s ON s.id = coalesce(n.merged_into, n.id)
            WHERE n.id = ANY(\(changes.persons)) AND (n.merged_into IS NOT NULL OR n.merged <> '')
            """)
        var whole = changes
        for row in rows {
            var cursor = row.cursor()
            guard let cause = changes.cause(of: [try cursor.next(UUID.self)]) else { continue }
            let survivor = PersonID(try cursor.next(UUID.self))
            let ids = [survivor] + (try cursor.next(list: PersonID.self))
            for id in ids where changes.cause(of: [id.uuid]) == nil { whole.add(id.uuid, cause) }
        }
        return whole
    }
}
