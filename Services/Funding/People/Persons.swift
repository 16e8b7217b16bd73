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
    static let table = Table(
        "person", key: "id", lock: .share, Person.init,
        Field("id", \.id), Field("household", \.household), Field("role", \.role),
        Field("birth_date", \.birthDate), Field("sex", \.sex), Field("territory", \.territory),
        Field("sequence", \.sequence), Field("moved_on", \.movedOn), Field("died_on", \.diedOn),
        Field("merged_into", \.mergedInto), Field("is_erased", \.isErased))
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
