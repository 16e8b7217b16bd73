import Foundation
import Messages
import Postgres
import ServiceKit

/// The office of a person in a branch of the association, as registry has published it. Its id is that of the
/// membership. Each fact only adds something, so the facts may arrive in any order.
struct Office: Row {
    let id: MemberID
    let person: PersonID
    /// The branch.
    let territory: TerritoryCode
    let enrolledOn: BusinessDate
    /// The first day without the office.
    var leftOn: BusinessDate?

    var key: UUID { id.uuid }

    func isHeld(on day: BusinessDate) -> Bool {
        enrolledOn <= day && leftOn.map { day < $0 } ?? true
    }

    /// Locked for sharing: steps only read it.
    static let table = Table(
        "office", key: "id", lock: .share, Office.init,
        Field("id", \.id), Field("person", \.person), Field("territory", \.territory),
        Field("enrolled_on", \.enrolledOn), Field("left_on", \.leftOn))
}

/// Who has taken which step of a record, under the ids that the persons had then.
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

/// Keeps who holds which office, from registry's facts about memberships.
enum Offices {
    static func register(in router: inout Router) {
        router.on(
            MemberEnrolled.self, keys: { $1.need(Office.self, $0.about.member.uuid) }, enrolled)
        router.on(MemberLeft.self, keys: { $1.need(Office.self, $0.about.member.uuid) }, left)
    }

    static func enrolled(_ fact: MemberEnrolled, _ unit: UnitOfWork) throws {
        guard fact.role.isOffice, try unit.find(Office.self, fact.member.uuid) == nil else {
            return
        }
        try unit.store(
            Office(
                id: fact.member, person: fact.person, territory: fact.territory,
                enrolledOn: fact.enrolledOn))
    }

    static func left(_ fact: MemberLeft, _ unit: UnitOfWork) throws {
        guard fact.role.isOffice else { return }
        try unit.store(
            Office(
                id: fact.member, person: fact.person, territory: fact.territory,
                enrolledOn: fact.enrolledOn, leftOn: fact.leftOn))
    }

    /// The person who holds the actor's office on that day. A message that names an unknown office waits for it.
    static func holder(
        of actor: Actor, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> PersonID {
        let pointer = "/actor/staff"
        let office = try unit.require(
            Office.self, actor.staff.uuid, else: .unknownStaff, at: pointer)
        guard try isOf(office, actor.territory, unit) else {
            throw Refusal(.otherOffice, at: pointer)
        }
        guard office.isHeld(on: day) else {
            throw Refusal(.officeNotHeld, at: pointer, expected: "an office held on \(day)")
        }
        if let person = try Persons.find(office.person, unit) {
            guard !person.isErased, person.diedOn.map({ day <= $0 }) ?? true else {
                throw Refusal(.officeNotHeld, at: pointer, expected: "an office held on \(day)")
            }
        }
        return try person(office, unit)
    }

    /// Whether the office is of that branch. That of a closed branch is of the one that took it over.
    private static func isOf(
        _ office: Office, _ territory: TerritoryCode, _ unit: UnitOfWork
    ) throws -> Bool {
        if office.territory == territory { return true }
        return try unit.standing(office.territory) == [territory]
    }

    /// The current id of whoever holds or held the office.
    static func person(_ office: Office, _ unit: UnitOfWork) throws -> PersonID {
        try Persons.find(office.person, unit)?.id ?? office.person
    }
}

extension RefusalCode {
    static let unknownStaff = RefusalCode(
        "unknown_staff", "the id of a membership as staff member or officer")
    static let otherOffice = RefusalCode(
        "other_office", "the id of an office in the branch of the actor's territory")
    static let officeNotHeld = RefusalCode("office_not_held", "an office held on that day")
}
