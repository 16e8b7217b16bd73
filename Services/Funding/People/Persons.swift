import Foundation
import Messages
import Postgres
import ServiceKit

/// A person as funding knows them, without name or identity number: a borrower, an insured person, a
/// member of a family.
struct Person: Row {
    let id: PersonID
    /// The household and the role in it, from a fact of the person or of the household.
    var household: HouseholdID?
    var role: Role?
    let birthDate: BusinessDate
    let sex: Sex
    /// The household's, if there is one; nil once the person has moved out of the area that the
    /// association looks after.
    var territory: TerritoryCode?
    /// The sequence of the person's own fact that says where the person lives; 0 if that was a fact of
    /// the household.
    var sequence: Int64
    /// The day of the person's own last move.
    var movedOn: BusinessDate?
    var diedOn: BusinessDate?
    /// The survivor, if registry has merged this person into another. Never a person who was merged too.
    var mergedInto: PersonID?
    /// Whether registry has erased the person's identity. Birth date and sex stay here for the rules.
    var isErased = false

    var key: UUID { id.uuid }

    /// Whether the person is alive, has not moved out of the area that the association looks after, and
    /// was not erased. The day of death still counts.
    func isPresent(on day: BusinessDate) -> Bool {
        territory != nil && !isErased && diedOn.map { day <= $0 } ?? true
    }

    /// Locked for sharing: loans only read persons.
    static let table = Table<Person>(
        "person", key: "id", lock: .share,
        columns: [
            Column("id", { $0.id.uuid }), Column("household", optional: { $0.household?.uuid }),
            Column("role", optional: { $0.role?.rawValue }), Column("birth_date", { $0.birthDate }),
            Column("sex", { $0.sex.rawValue }), Column("territory", optional: { $0.territory }),
            Column("sequence", { $0.sequence }), Column("moved_on", optional: { $0.movedOn }),
            Column("died_on", optional: { $0.diedOn }),
            Column("merged_into", optional: { $0.mergedInto?.uuid }),
            Column("is_erased", { $0.isErased }),
        ]
    ) { row in
        Person(
            id: PersonID(try row.next()), household: try row.next(optional: HouseholdID.self),
            role: try row.next(optional: String.self).flatMap(Role.init(rawValue:)),
            birthDate: try row.next(), sex: try row.next(enum: Sex.self),
            territory: try row.next(optional: TerritoryCode.self), sequence: try row.next(),
            movedOn: try row.next(optional: BusinessDate.self),
            diedOn: try row.next(optional: BusinessDate.self),
            mergedInto: try row.next(optional: PersonID.self), isErased: try row.next())
    }
}

/// Finds persons by any of their ids.
enum Persons {
    /// The person to whom that id belongs now; nil if registry has not published it yet.
    static func find(_ id: PersonID, _ unit: UnitOfWork) throws -> Person? {
        guard let person = try unit.find(Person.self, id.uuid) else { return nil }
        guard let survivor = person.mergedInto else { return person }
        return try unit.find(Person.self, survivor.uuid)
    }

    /// The person to whom that id belongs now. A message that names an unknown person waits for it.
    static func require(
        _ id: PersonID, else code: RefusalCode, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        guard let person = try find(id, unit) else {
            throw Wait(for: id.uuid, else: code, at: pointer)
        }
        return person
    }
}
