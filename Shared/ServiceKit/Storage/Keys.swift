internal import Postgres

/// The rows that messages of a batch will touch, declared before they are handled so that one
/// statement for each table loads them all. An optimisation: what is not declared is loaded on demand.
public struct Keys {
    private var sets: [ObjectIdentifier: any KeySet] = [:]
    private var order: [ObjectIdentifier] = []

    init() {}

    public mutating func need<R: Row>(_ type: R.Type, _ key: R.Key) {
        let id = ObjectIdentifier(type)
        if let set = sets[id] as? RowKeys<R> {
            set.keys.insert(key)
        } else {
            let set = RowKeys<R>()
            set.keys.insert(key)
            sets[id] = set
            order.append(id)
        }
    }

    /// Tables in name order, the order in which every batch locks them.
    func loads() -> [any KeySet] {
        order.compactMap { sets[$0] }.sorted { $0.name < $1.name }
    }
}

protocol KeySet: AnyObject {
    var name: String { get }
    func statement() -> Statement
    func fill(_ unit: UnitOfWork, with rows: Rows) throws
}

final class RowKeys<R: Row>: KeySet {
    var keys: Set<R.Key> = []
    var name: String { R.table.name }

    func statement() -> Statement { R.table.load(.array(Array(keys))) }

    func fill(_ unit: UnitOfWork, with rows: Rows) throws {
        unit.rowMap(R.self).fill(keys, with: try decode(R.self, rows))
    }
}

func decode<R: Row>(_ type: R.Type, _ rows: Rows) throws -> [R] {
    try rows.map { row in
        var cursor = row.cursor()
        return try R.table.decode(&cursor)
    }
}
