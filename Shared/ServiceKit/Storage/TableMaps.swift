internal import Foundation
internal import Postgres

/// The rows that a unit of work holds of one table. Changes of the current message lie on top until it is
/// decided: then they are kept, or dropped without touching the rest of the batch.
protocol TableMap: AnyObject {
    var name: String { get }
    func keep()
    func drop()
    /// The statements that store all kept changes.
    func statements() -> [Statement]
    /// Ids of rows that are new: messages may be parked for them.
    var insertedIDs: [UUID] { get }
}

/// The identity map of a table: one value for each key, whatever messages ask for it.
final class RowMap<R: Row>: TableMap {
    private enum Origin { case absent, stored }
    private var known: [R.Key: (row: R?, origin: Origin, changed: Bool)] = [:]
    private var changes: [R.Key: R] = [:]
    /// Keys in the order in which they were first changed, for statements that are the same every run.
    private var order: [R.Key] = []

    var name: String { R.table.name }

    func isKnown(_ key: R.Key) -> Bool { known[key] != nil }

    func row(_ key: R.Key) -> R? { changes[key] ?? known[key]?.row }

    /// Makes keys unknown of which nothing is known but that they had no row.
    func forgetAbsent(_ keys: [R.Key]) {
        for key in keys where changes[key] == nil {
            if let entry = known[key], entry.row == nil { known[key] = nil }
        }
    }

    func change(_ row: R) { changes[row.key] = row }

    /// Notes what the database holds for `keys`; a key without a row is known to be absent.
    func fill(_ keys: some Sequence<R.Key>, with rows: [R]) {
        for key in keys where known[key] == nil { known[key] = (nil, .absent, false) }
        for row in rows { known[row.key] = (row, .stored, false) }
    }

    func keep() {
        for (key, row) in changes {
            let origin = known[key]?.origin ?? .absent
            if known[key]?.changed != true { order.append(key) }
            known[key] = (row, origin, true)
        }
        changes.removeAll(keepingCapacity: true)
    }

    func drop() { changes.removeAll(keepingCapacity: true) }

    func statements() -> [Statement] {
        let isFirst = R.table.isUpdatedFirst ?? { _ in false }
        let updated = changed(.stored)
        let first = updated.filter(isFirst)
        let (inserted, others) = (changed(.absent), updated.filter { !isFirst($0) })
        var statements: [Statement] = []
        if !first.isEmpty { statements.append(R.table.update(first)) }
        if !inserted.isEmpty { statements.append(R.table.insert(inserted)) }
        if !others.isEmpty { statements.append(R.table.update(others)) }
        return statements
    }

    var insertedIDs: [UUID] {
        guard R.Key.self == UUID.self else { return [] }
        let keys = order.filter { key in
            known[key].map { $0.changed && $0.origin == .absent } ?? false
        }
        return keys as? [UUID] ?? []
    }

    private func changed(_ origin: Origin) -> [R] {
        order.compactMap { key in
            guard let entry = known[key], entry.changed, entry.origin == origin else { return nil }
            return entry.row
        }
    }
}

final class RecordMap<R: Record>: TableMap {
    private var kept: [R] = []
    private var added: [R] = []
    let name = R.table.name

    func append(_ record: R) { added.append(record) }
    func keep() {
        kept.append(contentsOf: added)
        added.removeAll(keepingCapacity: true)
    }
    func drop() { added.removeAll(keepingCapacity: true) }
    func statements() -> [Statement] { kept.isEmpty ? [] : [R.table.insert(kept)] }
    var insertedIDs: [UUID] { [] }
}
