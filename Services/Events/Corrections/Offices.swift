import Foundation
import Messages
import Postgres
import ServiceKit

/// The office of a person in a branch of the association, as registry has published it. Its id is that of the membership. Each
/// fact only adds something, so the facts may arrive in any order.
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

    /// Locked for sharing: corrections only read it.
    static let table = Table(
        "office", key: "id", lock: .share, Office.init,
        Field("id", \.id), Field("person", \.person), Field("territory", \.territory),
        Field("enrolled_on", \.enrolledOn), Field("left_on", \.leftOn))
}

/// Keeps who holds which office, from registry's facts about memberships.
enum Offices {
    static let migration = Migration(
        "0013_offices",
        """
        CREATE TABLE office (
            id          uuid PRIMARY KEY,
            person      uuid NOT NULL,
            territory   text NOT NULL COLLATE "C",
            enrolled_on date NOT NULL,
            left_on     date
        );
        """)

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

    /// Refuses an actor who does not hold that office on that day. A message that names an unknown office waits for it.
    static func require(_ actor: Actor, on day: BusinessDate, _ unit: UnitOfWork) throws {
        let pointer = "/actor/staff"
        let office = try unit.require(
            Office.self, actor.staff.uuid, else: .unknownStaff, at: pointer)
        guard
            try office.territory == actor.territory
                || unit.standing(office.territory) == [actor.territory]
        else { throw Refusal(.otherOffice, at: pointer) }
        let person = try Persons.requireKnown(office.person, at: pointer, unit)
        let lives = person.standing != .erased && person.diedOn.map { day <= $0 } ?? true
        guard office.isHeld(on: day), lives else {
            throw Refusal(.officeNotHeld, at: pointer, expected: "an office held on \(day)")
        }
    }
}

extension RefusalCode {
    static let unknownStaff = RefusalCode(
        "unknown_staff", "the id of a membership as staff member or officer")
    static let otherOffice = RefusalCode(
        "other_office", "the id of an office in the branch of the actor's territory")
    static let officeNotHeld = RefusalCode("office_not_held", "an office held on that day")
}
