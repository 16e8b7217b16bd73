import Foundation
import Messages
import Postgres
import ServiceKit

/// The ids of the rows that name a person or household: an index that a unit of work can read. It only grows; the rows
/// themselves say what holds.
struct Mentions: Row, Equatable {
    /// A person's or household's.
    let id: UUID
    /// Of a household: the persons with a stay there. Of a person: those who were merged into the person.
    var persons: [UUID] = []
    /// Of a household: the assertions for it. Of a person: those about the person.
    var assertions: [UUID] = []
    /// Memberships of a person.
    var memberships: [UUID] = []

    var key: UUID { id }

    static let table = Table(
        "people_mention", key: "id", lock: .share, Mentions.init,
        Field("id", \.id), list("persons", \.persons), list("assertions", \.assertions),
        list("memberships", \.memberships))

    private static func list(
        _ name: String, _ ids: @escaping @Sendable (Mentions) -> [UUID]
    ) -> Field<Mentions, [UUID]> {
        Field([Column(name, { ids($0).map(\.uuidString).joined(separator: " ").lowercased() })]) {
            row in
            try row.next(String.self).split(separator: " ").map { word in
                guard let id = UUID(uuidString: String(word)) else {
                    throw StoredValueError(type: "list of ids")
                }
                return id
            }
        }
    }

    static func of(_ id: UUID, _ unit: UnitOfWork) throws -> Mentions {
        try unit.find(Mentions.self, id) ?? Mentions(id: id)
    }

    /// Notes that a row names a person or household. The lists are sorted, so that they are the same in whatever order facts
    /// arrive.
    static func add(
        _ mention: UUID, _ list: WritableKeyPath<Mentions, [UUID]>, of id: UUID,
        _ unit: UnitOfWork
    ) throws {
        var mentions = try of(id, unit)
        guard !mentions[keyPath: list].contains(mention) else { return }
        mentions[keyPath: list].append(mention)
        mentions[keyPath: list].sort { $0.uuidString < $1.uuidString }
        try unit.store(mentions)
    }
}
