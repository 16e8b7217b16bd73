import Foundation
import Messages
import Postgres
import ServiceKit

/// Finds the persons of a territory page by page, in the order of territory and id.
struct PersonSearch {
    /// The most persons who may share a name or a phone number; a search by it is refused if more
    /// do.
    private static let candidateLimit: Int64 = 10_000

    private let territory: TerritoryCode
    private let limit: Int
    /// Ids of the persons who match every given field; nil if no field was given.
    private var candidates: Set<UUID>?
    var after: Person?

    init(_ territory: TerritoryCode, limit: Int) {
        self.territory = territory
        self.limit = limit
    }

    /// Restricts the search to persons who match the query's fields, however they are written. If a merged
    /// registration matches, the survivor is found. Refuses a field that too many persons match.
    mutating func narrow(
        _ query: SearchRegistry, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
        for statement in Self.candidateStatements(query, keyring) {
            let ids = Set(try unit.query(statement).map { try $0.decode(UUID.self, at: 0) })
            guard ids.count <= Self.candidateLimit else {
                throw Refusal(.tooManyFound, at: "")
            }
            candidates = candidates?.intersection(ids) ?? ids
        }
    }

    /// A statement for each given field, for the ids of the persons who match it.
    private static func candidateStatements(
        _ query: SearchRegistry, _ keyring: Keyring
    ) -> [Statement] {
        var statements: [Statement] = []
        for paper in [query.residentId.map { Paper($0) }, query.paper].compactMap(\.self) {
            statements.append(
                """
                SELECT coalesce(p.merged_into, p.id) FROM paper r JOIN person p ON p.id = r.person
                WHERE r.hash = ANY(\(keyring.hashes(paper)))
                """)
        }
        if let phone = query.phone {
            statements.append(
                """
                SELECT coalesce(merged_into, id) FROM person
                WHERE phone_code = ANY(\(keyring.codes(phone, of: .phone)))
                LIMIT \(candidateLimit + 1)
                """)
        }
        if let name = query.name {
            statements.append(
                """
                SELECT coalesce(merged_into, id) FROM person
                WHERE name_code = ANY(\(keyring.codes(name, of: .name)))
                LIMIT \(candidateLimit + 1)
                """)
        }
        return statements
    }

    /// - Returns: the ids of the page, and whether it is the last.
    func page(_ unit: UnitOfWork) throws -> (ids: [UUID], isLast: Bool) {
        let ids = try unit.query(statement(closedUnits(unit))).map {
            try $0.decode(UUID.self, at: 0)
        }
        return (Array(ids.prefix(limit)), ids.count <= limit)
    }

    /// Closed units whose codes say other than what they count as today.
    private struct ClosedUnits {
        /// They count as units of the territory today, and have codes outside of it.
        var added: [TerritoryCode] = []
        /// They have codes inside the territory, and others took them over.
        var gone: [TerritoryCode] = []
    }

    private func closedUnits(_ unit: UnitOfWork) throws -> ClosedUnits {
        let codes = try unit.query(
            """
            SELECT code FROM territory WHERE valid_to IS NOT NULL AND successors <> '' ORDER BY code
            """
        ).map { try $0.decode(TerritoryCode.self, at: 0) }
        _ = try unit.find(Territory.self, all: codes)
        var units = ClosedUnits()
        for code in codes {
            let isInside = try unit.standing(code).allSatisfy(territory.contains)
            if territory.contains(code), !isInside { units.gone.append(code) }
            if !territory.contains(code), isInside { units.added.append(code) }
        }
        return units
    }

    /// Built from parts, so that PostgreSQL reads the index in order if no field was given.
    private func statement(_ closed: ClosedUnits) -> Statement {
        var parameters: [Parameter] = [Parameter(territory.rawValue)]
        func bind(_ parameter: Parameter) -> String {
            parameters.append(parameter)
            return "$\(parameters.count)"
        }
        // A digit sorts before the colon, so this is the range of the codes that begin with $1.
        var inside =
            #"territory COLLATE "C" >= $1::text AND territory COLLATE "C" < $1::text || ':'"#
        if !closed.added.isEmpty {
            inside =
                #"(\#(inside) OR territory COLLATE "C" = ANY(\#(bind(.array(closed.added)))))"#
        }
        if !closed.gone.isEmpty {
            inside += #" AND territory COLLATE "C" <> ALL(\#(bind(.array(closed.gone))))"#
        }
        var conditions = ["merged_into IS NULL AND erased_on IS NULL", inside]
        if let candidates {
            conditions.append("id = ANY(\(bind(.array(Array(candidates)))))")
        }
        if let after {
            let place =
                "(\(bind(Parameter(after.territory.rawValue))), \(bind(Parameter(after.key))))"
            conditions.append(#"(territory COLLATE "C", id) > \#(place)"#)
        }
        return Statement(
            trusted: """
                SELECT id FROM person WHERE \(conditions.joined(separator: " AND ")) \
                ORDER BY territory COLLATE "C", id LIMIT \(limit + 1)
                """,
            parameters)
    }
}

extension RefusalCode {
    static let tooManyFound = RefusalCode(
        "too_many_found", "a paper or phone number, or a name that fewer people have")
}
