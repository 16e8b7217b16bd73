import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Who has taken which step of a record, under the ids under which the persons were enrolled.
struct DecidedSteps: Row {
    struct Step: Equatable {
        /// The type of the command.
        let type: String
        let person: PersonID
    }

    let record: UUID
    var taken: [Step] = []

    var key: UUID { record }

    private var text: String {
        taken.map { "\($0.type)/\($0.person)" }.joined(separator: " ")
    }

    private static func steps(_ text: String) -> [Step] {
        text.split(separator: " ").compactMap { step in
            let parts = step.split(separator: "/").map(String.init)
            guard parts.count == 2, let person = UUID(uuidString: parts[1]) else { return nil }
            return Step(type: parts[0], person: PersonID(person))
        }
    }

    static let table = Table(
        "decided_steps", key: "record", DecidedSteps.init,
        Field("record", \.record),
        Field([Column("taken", \.text)]) { row in steps(try row.next(String.self)) })
}

extension DecidedSteps {
    static let migration = Migration(
        "0015_decided_steps",
        """
        -- Who took which step of a loan, grant, claim, run, policy, allocation or refund: `<type>/<person>`, with spaces
        -- between them. The id is the one under which the person was enrolled.
        CREATE TABLE decided_steps (
            record uuid PRIMARY KEY,
            taken  text NOT NULL
        );
        """)

    /// Whether somebody with one of these ids has taken a step of another type than this.
    func isTaken(by ids: [PersonID], exceptAs type: String? = nil) -> Bool {
        taken.contains { ids.contains($0.person) && $0.type != type }
    }
}

/// Offices are the memberships as staff member or officer, as registry has published them.
enum Offices {
    /// The actor's office, if its holder was alive on that day and held it. A message that names an unknown office waits for
    /// it.
    static func held(
        by actor: Actor, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Membership {
        let pointer = "/actor/staff"
        let office = try unit.require(
            Membership.self, actor.staff.uuid, else: .unknownStaff, at: pointer)
        guard office.role.isOffice else { throw Refusal(.unknownStaff, at: pointer) }
        guard try isOf(office, actor.territory, unit) else {
            throw Refusal(.otherOffice, at: pointer)
        }
        let holder = try Persons.find(office.person, unit)
        guard office.isHeld(on: day), holder.map({ !$0.isErased && $0.lives(on: day) }) ?? true
        else { throw Refusal(.officeNotHeld, at: pointer, expected: "an office held on \(day)") }
        return office
    }

    /// Whether the office is of that branch. That of a closed branch is of the one that took it over.
    private static func isOf(
        _ office: Membership, _ territory: TerritoryCode, _ unit: UnitOfWork
    ) throws -> Bool {
        if office.territory == territory { return true }
        return try unit.standing(office.territory) == [territory]
    }
}

extension RefusalCode {
    static let unknownStaff = RefusalCode(
        "unknown_staff", "the id of a membership as staff member or officer")
    static let otherOffice = RefusalCode(
        "other_office", "the id of an office in the branch of the actor's territory")
    static let officeNotHeld = RefusalCode("office_not_held", "an office held on that day")
}
