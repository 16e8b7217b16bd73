import Crypto
import Foundation
import Messages
import Postgres
import ServiceKit

/// Finds registrations that are probably of one person, by the codes that stand for names and telephones. Nothing merges them:
/// an office looks at them.
///
/// Two agree in name and birth date, in name and telephone, or in birth date, sex and telephone. Twins of one household share
/// the last three, so that two of one household must have one name.
enum Doubles {
    /// The most pairs that are found when a person is looked at. Each of the others is found when it is looked at itself.
    private static let largestGroup: Int64 = 20
    /// The most persons of one telephone who are compared. A number that more have, such as an office's, says little.
    private static let largestNumber: Int64 = 50

    /// The same for both orders.
    static func pair(_ one: PersonID, _ other: PersonID) -> UUID {
        let ids = [one.uuid, other.uuid].map { id in withUnsafeBytes(of: id.uuid) { Array($0) } }
            .sorted { $0.lexicographicallyPrecedes($1) }
        var bytes = Array(SHA256.hash(data: ids[0] + ids[1] + Array("double".utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    /// Whether two rows of `person`, `p` and `q`, agree. Erased persons have no codes.
    static let agree = """
        p.merged_into IS NULL AND q.merged_into IS NULL AND coalesce(
            p.name_code = q.name_code AND (p.birth_date = q.birth_date OR p.phone_code = q.phone_code)
            OR p.phone_code = q.phone_code AND p.birth_date = q.birth_date AND p.sex = q.sex
                AND NOT coalesce(p.household = q.household, false), false)
        """

    // MARK: The commands' side

    /// The two are one person, and their registrations are merged.
    static func settle(
        _ one: Person, _ other: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        try unit.settle(.reviewDouble, pair(one.id, other.id), on: day)
    }

    /// Somebody has decided that they are two persons: they are not proposed again.
    static func keepApart(
        _ one: Person, _ other: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let territory = common(one.territory, other.territory) ?? one.territory
        try unit.dismiss(.reviewDouble, pair(one.id, other.id), in: territory, on: day)
    }

    /// The subjects of the person's tasks: reasons that officers gave are about them.
    static func pairs(of person: Person, _ unit: UnitOfWork) throws -> [UUID] {
        let ids = Array(person.subjects)
        return try unit.query(
            """
            SELECT id FROM probable_double WHERE first = ANY(\(ids))
            UNION SELECT id FROM probable_double WHERE second = ANY(\(ids))
            """
        ).map { try $0.decode(UUID.self, at: 0) }
    }

    /// The smallest unit that both live in: whoever may see it may know both. Nil if they live in two districts.
    static func common(_ one: TerritoryCode, _ other: TerritoryCode) -> TerritoryCode? {
        one.ancestors.last { $0.contains(other) }
    }

    // MARK: The job's side

    /// Looks whom these persons may be registered as besides, and opens, moves and settles the tasks of their pairs.
    ///
    /// It costs two reads of an index for each person, however many are registered, and writes only pairs that are new.
    static func look(at changes: LifeRounds.Changes, _ connection: Connection) throws -> TaskRound {
        try find(changes, connection)
        var round = TaskRound(.reviewDouble)
        let ids = changes.persons
        let rows = try connection.run(
            """
            SELECT d.id, d.first, d.second, p.territory, q.territory,
                   greatest(split_part(p.stays, '/', 1)::date, split_part(q.stays, '/', 1)::date),
                   \(part: Statement(trusted: agree))
            FROM (SELECT * FROM probable_double WHERE first = ANY(\(ids))
                  UNION SELECT * FROM probable_double WHERE second = ANY(\(ids))) AS d
                JOIN person AS p ON p.id = d.first JOIN person AS q ON q.id = d.second
            """)
        for row in rows {
            var cursor = row.cursor()
            let pair = try cursor.next(UUID.self)
            let (first, second) = try (cursor.next(UUID.self), cursor.next(UUID.self))
            let one = try cursor.next(TerritoryCode.self)
            let other = try cursor.next(TerritoryCode.self)
            let day = try cursor.next(BusinessDate.self)
            let isProbable = try cursor.next(Bool.self)
            guard let cause = changes.cause(of: [first, second]) else { continue }
            if isProbable, let territory = common(one, other) {
                round.raise(pair, in: territory, on: day, because: cause)
            } else {
                round.settle(pair, because: cause)
            }
        }
        return round
    }

    /// Pairs of these persons and others.
    static func statement(_ persons: [UUID]) -> Statement {
        """
        SELECT p.id, q.id FROM person AS p CROSS JOIN LATERAL (
            SELECT q.id FROM (
                (SELECT * FROM person WHERE name_code = p.name_code
                    AND birth_date = p.birth_date LIMIT \(largestGroup))
                UNION ALL
                (SELECT * FROM person WHERE phone_code = p.phone_code LIMIT \(largestNumber))
            ) AS q
            WHERE q.id <> p.id AND \(part: Statement(trusted: agree)) LIMIT \(largestGroup)
        ) AS q
        WHERE p.id = ANY(\(persons)) AND p.merged_into IS NULL
        """
    }

    private static func find(_ changes: LifeRounds.Changes, _ connection: Connection) throws {
        let rows = try connection.run(statement(changes.persons))
        var (pairs, firsts, seconds, tasks): ([UUID], [UUID], [UUID], [UUID]) = ([], [], [], [])
        for row in rows {
            let one = PersonID(try row.decode(UUID.self, at: 0))
            let other = PersonID(try row.decode(UUID.self, at: 1))
            let pair = pair(one, other)
            pairs.append(pair)
            firsts.append(one.uuid)
            seconds.append(other.uuid)
            tasks.append(Tasks.id(.reviewDouble, pair))
        }
        guard !pairs.isEmpty else { return }
        _ = try connection.run(
            """
            INSERT INTO probable_double (id, first, second, task)
            SELECT DISTINCT ON (v.id) v.id, least(v.one, v.other), greatest(v.one, v.other), v.task
            FROM unnest(\(pairs), \(firsts), \(seconds), \(tasks)) AS v(id, one, other, task)
            ORDER BY v.id
            ON CONFLICT (id) DO NOTHING
            """)
    }
}
