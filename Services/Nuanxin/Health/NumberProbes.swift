import Messages
import Postgres

/// Publishers who were often told that a resident id is registered outside their territories.
///
/// A registration with such a number is refused as `resident_exists`, or the same person would be registered twice. So whoever
/// tries many numbers learns which of them are known. Each answer is logged as a reading, in dry runs too.
struct NumberProbes {
    /// Answers of one publisher in a day that mistakes and families who moved explain.
    static let limit: Int64 = 20

    let publisher: String
    let answers: Int64

    /// Of the last 24 hours, those above the limit.
    static func read(_ registry: Connection) throws -> [NumberProbes] {
        let types = [RegisterPerson.type, RegisterHousehold.type]
        return try registry.run(
            """
            SELECT r.publisher, count(*)
            FROM read_access AS r JOIN person AS p ON p.id = r.subject
            WHERE r.type = ANY (\(types)) AND r.read_at > now() - interval '24 hours'
              AND EXISTS (SELECT FROM publisher_grant AS g WHERE g.name = r.publisher)
              AND NOT EXISTS (
                SELECT FROM publisher_grant AS g, string_to_table(g.territories, ' ') AS t (code)
                WHERE g.name = r.publisher AND t.code <> '' AND starts_with(p.territory, t.code))
            GROUP BY r.publisher HAVING count(*) > \(limit)
            ORDER BY count(*) DESC, r.publisher
            """
        ).map { row in
            var row = row.cursor()
            return NumberProbes(publisher: try row.next(), answers: try row.next())
        }
    }

    /// A fault for each of them; none if registry's database cannot be read, which is a fault of its own.
    static func findings(_ registry: Connection?) -> [Finding] {
        guard let registry, let found = try? read(registry) else { return [] }
        return found.map { probes in
            Finding(
                place: "registrations by \(probes.publisher)",
                fault: Finding.Fault(
                    cause: """
                        in 24 hours it was told of \(probes.answers) resident ids that they are registered \
                        outside its territories
                        """,
                    remedy: """
                        see read_access in registry; nuanxin publisher revoke \(probes.publisher), \
                        unless it can explain them
                        """))
        }
    }
}
