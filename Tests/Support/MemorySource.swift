public import Postgres
public import ServiceKit

/// Rows in memory, for tests of handlers without a server.
public final class MemorySource: RowSource {
    /// A handler asked the database itself, which only a test on real servers can answer.
    public struct NoDatabase: Error {}

    private var tables: [ObjectIdentifier: [AnyHashable: any Row]] = [:]
    /// How often rows were loaded on demand: 0 if a handler declared every key it needs.
    public private(set) var loads = 0

    public init() {}

    public func put<R: Row>(_ row: R) {
        tables[ObjectIdentifier(R.self), default: [:]][row.key] = row
    }

    public func load<R: Row>(_ type: R.Type, _ keys: [R.Key]) throws -> [R] {
        loads += 1
        return rows(type, keys)
    }

    func rows<R: Row>(_ type: R.Type, _ keys: some Sequence<R.Key>) -> [R] {
        let rows = tables[ObjectIdentifier(type)] ?? [:]
        return keys.compactMap { rows[$0] as? R }
    }

    public func run(_ statement: Statement) throws -> Rows { throw NoDatabase() }
}
