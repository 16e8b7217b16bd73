import Messages
import ServiceKit

/// A fact that changes who is registered, or whom a category holds for. Registry says how many, where and from which day.
protocol Restocking: PeopleFact {
    var stock: [StockChange]? { get }
}

extension HouseholdMoved: Restocking {}
extension PersonMoved: Restocking {}
extension PersonDied: Restocking {}
extension PersonErased: Restocking {}
extension PersonsMerged: Restocking {}
extension PersonsUnmerged: Restocking {}
extension CategoryVerified: Restocking {}
extension CategoryEnded: Restocking {}
extension CategoryRevoked: Restocking {}

/// Households and persons as registry counts them, in all and by category. Each fact says its changes, so facts may come in any
/// order. Reporting works out nothing of them itself.
enum Registered {
    static func register(in router: inout Router) {
        restock(HouseholdMoved.self, in: &router)
        restock(PersonMoved.self, in: &router)
        restock(PersonDied.self, in: &router)
        restock(PersonErased.self, in: &router)
        restock(CategoryVerified.self, in: &router)
        restock(CategoryEnded.self, in: &router)
        restock(CategoryRevoked.self, in: &router)
    }

    private static func restock<F: Restocking>(_ type: F.Type, in router: inout Router) {
        router.on(type, keys: Memberships.keys) { try take($0, $1) }
    }

    /// Families move and people die, so figures change. A correction says that earlier figures were wrong.
    static func take<F: Restocking>(
        _ fact: F, isCorrection: Bool = false, _ unit: UnitOfWork
    ) throws {
        // The changes are those of this fact alone, and not of a record that a later fact restates.
        let record = "\(F.type)/\(unit.message.subject ?? "")/\(unit.message.sequence ?? 1)"
        var changes = entries(fact.stock, of: record)
        for index in changes.indices { changes[index].isCorrection = isCorrection }
        try Contributions.take(changes, unit)
        try Memberships.take(fact, unit)
    }

    static func entries(_ changes: [StockChange]?, of record: String) -> [Entry] {
        (changes ?? []).enumerated().map { index, change in
            Entry(
                source: change.category.map(Source.init(recognising:)) ?? .registration,
                record: "\(record)/\(index)", territory: change.territory, day: change.day,
                times: Int64(change.households), amount: Int64(change.persons))
        }
    }
}
