import Foundation
public import Messages
import ServiceKit

/// Something that a fact has brought to light about a person: a death, a merge or an erasure, that one was taken back, or another
/// day of birth.
public struct LifeChange: Sendable {
    /// Nil if the person was not known.
    public let before: Person?
    public let after: Person
    /// The business date of the step that the fact tells of; nil if it tells none.
    public var day: BusinessDate?

    public var isDeath: Bool { after.diedOn != before?.diedOn }
    public var isMerge: Bool { after.mergedInto != before?.mergedInto }
    public var isErasure: Bool { after.isErased != before?.isErased ?? false }
    public var isBirth: Bool { before.map { after.birthDate != $0.birthDate } ?? false }
}

/// What is new in the records of a fact.
struct PeopleNews {
    /// Persons of whom something is new, moves included.
    var persons: [LifeChange] = []
    var households: Set<UUID> = []

    var isEmpty: Bool { persons.isEmpty && households.isEmpty }

    var lives: [LifeChange] {
        persons.filter { $0.isDeath || $0.isMerge || $0.isErasure || $0.isBirth }
    }

    /// The households of persons who were not known.
    var newcomers: Set<UUID> {
        Set(
            persons.filter { $0.before == nil }.flatMap(\.after.stays).compactMap {
                $0.household?.uuid
            })
    }

    /// The persons under all ids, also under those from which a merge that was taken back has parted them, and every household
    /// in which they have lived.
    func concerned(_ unit: UnitOfWork) throws -> Set<UUID> {
        var concerned = households
        for change in persons {
            let named = [change.after.id, change.before?.mergedInto].compactMap { $0 }
            let ids = try named.flatMap { try Persons.ids(of: $0, unit) }.map(\.uuid)
            concerned.formUnion(ids)
            let rows = try unit.find(Person.self, all: ids) + [change.before].compactMap { $0 }
            concerned.formUnion(rows.flatMap(\.stays).compactMap { $0.household?.uuid })
        }
        return concerned
    }
}
