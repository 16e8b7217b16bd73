import Foundation
import Messages
import ServiceKit

/// A fact after which others are registered than before: registry says how many, where and from when on.
protocol Restocking: Fact {
    var stock: [StockChange]? { get }
    /// What a fact of before that was told changes, if all whom it is about counted until then.
    var assumed: [StockChange] { get }
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
}

extension PersonDied: Restocking {
    var assumed: [StockChange] {
        [StockChange(territory: territory, day: diedOn, households: 0, persons: -1)]
    }
}

extension PersonErased: Restocking {
    var assumed: [StockChange] {
        [StockChange(territory: territory, day: erasedOn, households: 0, persons: -1)]
    }
}

extension PersonsMerged: Restocking {
    var assumed: [StockChange] {
        [StockChange(territory: territory, day: mergedOn, households: 0, persons: -1)]
    }
}

/// Households and persons as registry counts them: each fact says what it changes, so that facts come in any order.
enum Registered {
    static func take<F: Restocking>(_ fact: F, _ unit: UnitOfWork) throws -> Outcome {
        let record = "\(F.type)/\(unit.message.subject ?? "")/\(unit.message.sequence ?? 1)"
        return try Contributions.take(entries(fact.stock ?? fact.assumed, of: record), unit)
    }

    /// Families move and people die; that somebody was registered twice was a mistake. An id is given up once.
    static func take(_ fact: PersonsMerged, _ unit: UnitOfWork) throws -> Outcome {
        let entries = entries(
            fact.stock ?? fact.assumed, of: "person/\(fact.merged)/merged", isCorrection: true)
        return try Contributions.take(entries, unit)
    }

    static func entries(
        _ changes: [StockChange]?, of record: String, isCorrection: Bool = false
    ) -> [Entry] {
        (changes ?? []).enumerated().map { index, change in
            Entry(
                source: .registration, record: "\(record)/\(index)", territory: change.territory,
                day: change.day, times: Int64(change.households), amount: Int64(change.persons),
                isCorrection: isCorrection)
        }
    }
}
