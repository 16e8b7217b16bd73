import Foundation
import Messages
import Postgres
import ServiceKit

/// Ids of the same person. Distinct counts count them once; sums stay as they are. Contributions keep the id they came with,
/// so merges may come before or after them.
enum PersonMerges {
    static func register(in router: inout Router) {
        // Alone, because it looks for all that the person has contributed.
        router.on(PersonsMerged.self, alone: true, merge)
    }

    /// One at a time with other merges, so that no chain of aliases comes about.
    static func merge(_ fact: PersonsMerged, _ unit: UnitOfWork) throws {
        try unit.execute("LOCK TABLE person_alias IN SHARE ROW EXCLUSIVE MODE")
        // The survivor may have been merged into another one already.
        let rows = try unit.query(
            "SELECT survivor FROM person_alias WHERE person = \(fact.survivor)")
        let survivor = try rows.first?.decode(UUID.self, at: 0) ?? fact.survivor.uuid
        guard survivor != fact.merged.uuid else { return }
        try unit.execute(
            """
            INSERT INTO person_alias (person, survivor) VALUES (\(fact.merged), \(survivor))
            ON CONFLICT (person) DO NOTHING
            """)
        try unit.execute(
            """
            UPDATE person_alias SET survivor = \(survivor) WHERE survivor = \(fact.merged)
            """)
        try unit.execute(mark(survivor))
        try Registered.take(fact, unit)
    }

    /// Notes the places and days of the distinct counts that change.
    private static func mark(_ survivor: UUID) -> Statement {
        """
        INSERT INTO corrected (source, territory, day, programme)
        SELECT DISTINCT c.source, c.territory, c.day, c.programme
        FROM contribution c
        WHERE c.counts AND c.subject IN (
            SELECT \(survivor)::uuid
            UNION SELECT person FROM person_alias WHERE survivor = \(survivor))
        """
    }
}
