import Foundation
import Messages
import Postgres
import ServiceKit

/// What funding knows of a person: who may borrow and be insured, and how old parents are.
struct Person: Row {
    let id: PersonID
    /// The household, and where the person stands in it, whichever fact has said so.
    var household: HouseholdID?
    var role: Role?
    let birthDate: BusinessDate
    let sex: Sex
    /// The household's, if there is one; nil once the person has moved out of the area that the
    /// association looks after.
    var territory: TerritoryCode?
    /// Which of the person's own facts says where the person lives; 0 if the household's does.
    var sequence: Int64
    /// When the person's own last move was.
    var movedOn: BusinessDate?
    var diedOn: BusinessDate?
    /// Registry has found that this is the same person as another, whose id counts now. Never one
    /// that was merged itself.
    var mergedInto: PersonID?
    /// Nobody can tell any more who this is; what was counted stays counted, age and sex included.
    var isErased = false

    var key: UUID { id.uuid }

    /// Whether there is somebody to lend or give to, in the area that the association looks after.
    /// A person is there on the day of death for the last time.
    func isPresent(on day: BusinessDate) -> Bool {
        territory != nil && !isErased && diedOn.map { day <= $0 } ?? true
    }

    /// Loans only look at it.
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
    /// The person whom that id means now; nil if registry has said nothing of it yet.
    static func find(_ id: PersonID, _ unit: UnitOfWork) throws -> Person? {
        guard let person = try unit.find(Person.self, id.uuid) else { return nil }
        guard let survivor = person.mergedInto else { return person }
        return try unit.find(Person.self, survivor.uuid)
    }

    /// The person whom that id means now; a message that names an unknown one waits for it.
    static func require(
        _ id: PersonID, else code: RefusalCode, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        guard let person = try find(id, unit) else {
            throw Wait(for: id.uuid, else: code, at: pointer)
        }
        return person
    }
}

extension RefusalCode {
    static let personGone = RefusalCode(
        "person_gone",
        "a person who is alive, has not moved out, and whose data was not erased")
}
