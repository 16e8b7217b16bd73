import Messages
import ServiceKit

/// Households and persons as registry counts them, in all and by category. Each fact says its changes, so facts may come in any
/// order. Reporting works out nothing of them itself, and asks no fact what it is about.
enum Registered {
    /// For all that reporting has subscribed to. Registrations contribute what they say besides; merges regroup persons.
    static func register(in router: inout Router) {
        for type in Subscriptions.facts(of: "reporting") where !(type is any Contributing.Type) {
            guard let type = type as? any PeopleFact.Type, !PersonMerges.regroups(type) else {
                continue
            }
            follow(type, in: &router)
        }
    }

    private static func follow<F: PeopleFact>(_ type: F.Type, in router: inout Router) {
        router.on(type, keys: Memberships.keys) { try take($0, $1) }
    }

    static func take<F: PeopleFact>(_ fact: F, _ unit: UnitOfWork) throws {
        // The changes are those of this fact alone, and not of a record that a later fact restates.
        let record = "\(F.type)/\(unit.message.subject ?? "")/\(unit.message.sequence ?? 1)"
        var changes = entries(fact.stock, of: record)
        let isCorrection = corrects(F.type)
        for index in changes.indices { changes[index].isCorrection = isCorrection }
        try Contributions.take(changes, unit)
        try Memberships.take(fact, unit)
    }

    /// Families move and people die, so figures change. Other facts say, by the verb of their name, that earlier figures were
    /// wrong: somebody was registered twice, say.
    private static func corrects(_ type: String) -> Bool {
        ["persons.merged", "unmerged", "voided", "corrected", "revoked"].contains { verb in
            type.dropLast(".v1".count).hasSuffix(verb)
        }
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
