import Foundation
import Messages
import ServiceKit

/// A fact that changes who is registered. Registry says how many, where and from which day.
protocol Restocking: Fact {
    var stock: [StockChange]? { get }
    /// The changes for a fact that does not say them, from before facts did: as if all its persons had counted until then.
    var assumed: [StockChange] { get }
    /// A person who no longer counts anywhere; nil for a move.
    var departed: PersonID? { get }
}

extension Restocking {
    var departed: PersonID? { nil }
}

extension HouseholdMoved: Restocking {
    var assumed: [StockChange] {
        [
            StockChange(territory: from, day: movedOn, households: -1, persons: -members.count),
            StockChange(territory: territory, day: movedOn, households: 1, persons: members.count),
        ]
    }
}

extension PersonMoved: Restocking {
    var assumed: [StockChange] {
        guard territory != from else { return [] }
        let left = StockChange(territory: from, day: movedOn, households: 0, persons: -1)
        guard let territory else { return [left] }
        return [left, StockChange(territory: territory, day: movedOn, households: 0, persons: 1)]
    }

    var departed: PersonID? { territory == nil ? person : nil }
}

extension PersonDied: Restocking {
    var assumed: [StockChange] {
        [StockChange(territory: territory, day: diedOn, households: 0, persons: -1)]
    }

    var departed: PersonID? { person }
}

extension PersonErased: Restocking {
    var assumed: [StockChange] {
        [StockChange(territory: territory, day: erasedOn, households: 0, persons: -1)]
    }

    var departed: PersonID? { person }
}

extension PersonsMerged: Restocking {
    var assumed: [StockChange] {
        [StockChange(territory: territory, day: mergedOn, households: 0, persons: -1)]
    }

    var departed: PersonID? { merged }
}

/// Households and persons as registry counts them. Each fact says its changes, so facts may come in any order.
///
/// Facts from before registry did so are taken to be of somebody who counted. Nobody leaves twice: the first fact that says
/// that a person moved out, died, was erased or merged counts. These facts do not tell a return from a further move.
enum Registered {
    static func take<F: Restocking>(_ fact: F, _ unit: UnitOfWork) throws {
        let record = "\(F.type)/\(unit.message.subject ?? "")/\(unit.message.sequence ?? 1)"
        try Contributions.take(
            fact.stock.map { entries($0, of: record) } ?? assumed(fact, of: record), unit)
    }

    /// Families move and people die; that somebody was registered twice was a mistake. An id is given up once.
    static func take(_ fact: PersonsMerged, _ unit: UnitOfWork) throws {
        let record = "person/\(fact.merged)/merged"
        // Its sequence is the survivor's: it stands behind all that was told of the merged one.
        var changes =
            fact.stock.map { entries($0, of: record) }
            ?? assumed(fact, of: record, version: .max)
        for index in changes.indices { changes[index].isCorrection = true }
        try Contributions.take(changes, unit)
    }

    private static func assumed(
        _ fact: some Restocking, of record: String, version: Int64? = nil
    ) -> [Entry] {
        guard let person = fact.departed else { return entries(fact.assumed, of: record) }
        return entries(fact.assumed, of: "person/\(person)/departed").map { entry in
            var entry = entry
            entry.isOnce = true
            entry.version = version
            return entry
        }
    }

    static func entries(_ changes: [StockChange]?, of record: String) -> [Entry] {
        (changes ?? []).enumerated().map { index, change in
            Entry(
                source: .registration, record: "\(record)/\(index)", territory: change.territory,
                day: change.day, times: Int64(change.households), amount: Int64(change.persons))
        }
    }
}
