import Foundation
import Postgres

/// A digest of a table's rows, by which two tables can be compared wherever they are.
struct TableContents: Codable, Equatable {
    let name: String
    let rows: Int64
    /// The sum of the first 64 bits of the SHA-256 of each row's text. It does not depend on the order of rows, and counts
    /// equal rows. It finds faults, not forgeries.
    let digest: String

    /// Settings of the transaction by which rows are written as text. Other settings would give other texts.
    static let settings = [
        "SET LOCAL timezone = 'UTC'", "SET LOCAL datestyle = 'ISO, YMD'",
        "SET LOCAL intervalstyle = 'postgres'", "SET LOCAL extra_float_digits = 1",
        "SET LOCAL bytea_output = 'hex'",
    ]

    /// The tables of a database, without what extensions brought.
    static let names: Statement = """
        SELECT c.relname::text FROM pg_class c
        WHERE c.relnamespace = to_regnamespace('public') AND c.relkind = 'r'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                          AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.relname COLLATE "C"
        """

    /// One row: how many rows, and the digest.
    static func query(_ table: String) -> String {
        let name = table.replacing("\"", with: "\"\"")
        return """
            SELECT count(*), coalesce(sum(('x' || encode(substring(sha256(convert_to(t::text, 'UTF8')) \
            FOR 8), 'hex'))::bit(64)::bigint), 0)::text FROM public."\(name)" t
            """
    }

    /// Reads a table in the current transaction.
    static func read(_ table: String, _ connection: Connection) throws -> TableContents {
        let rows = try connection.run(Statement(trusted: query(table)), within: longestRead)
        guard let row = rows.first else {
            return TableContents(name: table, rows: 0, digest: "0")
        }
        return TableContents(
            name: table, rows: try row.decode(at: 0), digest: try row.decode(at: 1))
    }

    /// 6 µs a row were measured: enough for 500 million.
    private static let longestRead: Duration = .seconds(3_600)

    /// The tables that differ between two lists.
    static func differences(_ left: [TableContents], _ right: [TableContents]) -> [String] {
        let both = [left, right].map { list in
            Dictionary(list.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        }
        return Set(both[0].keys).union(both[1].keys).filter { both[0][$0] != both[1][$0] }.sorted()
    }
}
