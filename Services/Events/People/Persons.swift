import Foundation
import Messages
import Postgres
import ServiceKit

/// A person as registry's facts describe them: household, age and memberships, but no name or
/// number.
struct Person: Row, Equatable {
    enum Standing: Hashable, Sendable {
        case current
        /// The same person as another, whose id counts now.
        case merged(into: PersonID)
        /// Only counts are left of the person.
        case erased
    }

    let id: PersonID
    var household: HouseholdID?
    var role: Role?
    /// Nil once the person is erased.
    var birthDate: BusinessDate?
    var diedOn: BusinessDate?
    var standing = Standing.current
    /// Memberships, current and past.
    var memberships: IDList<Tag.Member> = []
    /// The sequence of the person's fact that this is from; 0 if it came with the household's fact.
    var sequence: Int64 = 0
    /// Where the person lives, or has lived before moving out of the area; nil once the person is erased.
    var territory: TerritoryCode?
    /// The day of the person's own last move.
    var movedOn: BusinessDate?

    var key: UUID { id.uuid }

    /// Whether the person lives, as far as is known, and is current under this id.
    var isAlive: Bool { diedOn == nil && standing == .current }

    /// Whether the person is born by that day and has completed fewer than that many years.
    func isUnder(_ years: Int, on day: BusinessDate) -> Bool {
        birthDate.map { 0..<years ~= $0.completedYears(at: day) } ?? false
    }

    private var survivor: PersonID? {
        if case .merged(let survivor) = standing { survivor } else { nil }
    }

    private static func standing(_ survivor: PersonID?, isErased: Bool) -> Standing {
        if isErased { return .erased }
        return survivor.map { .merged(into: $0) } ?? .current
    }

    // Shared lock: messages about attendance only read the row.
    static let table = Table(
        "person", key: "id", lock: .share, Person.init,
        Field("id", \.id), Field("household", \.household), Field("role", \.role),
        Field("birth_date", \.birthDate), Field("died_on", \.diedOn),
        Field([
            Column("merged_into", \.survivor), Column("is_erased", { $0.standing == .erased }),
        ]) { row in
            standing(try row.next(optional: PersonID.self), isErased: try row.next())
        },
        Field("memberships", \.memberships), Field("sequence", \.sequence),
        Field("territory", \.territory), Field("moved_on", \.movedOn))
}

/// A person's membership in a branch of the association, and its dates. Each fact about it only
/// adds something, so the facts may arrive in any order.
struct Membership: Row {
    let id: MemberID
    let person: PersonID
    let enrolledOn: BusinessDate
    /// The first day on which it no longer holds.
    var leftOn: BusinessDate?

    var key: UUID { id.uuid }

    func holds(on day: BusinessDate) -> Bool {
        enrolledOn <= day && leftOn.map { day < $0 } ?? true
    }

    static let table = Table(
        "membership", key: "id", lock: .share, Membership.init,
        Field("id", \.id), Field("person", \.person), Field("enrolled_on", \.enrolledOn),
        Field("left_on", \.leftOn))
}

/// Finds persons by their current or merged ids.
enum Persons {
    /// The longest chain of merges of merges that is followed.
    private static let longestChain = 64

    /// The person whom that id means now, if the person is in the publisher's scope and the data was not
    /// erased. A command waits for a person who is not known.
    static func require(
        _ id: PersonID, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        let person = try requireKnown(id, at: pointer, unit)
        if let territory = person.territory { try unit.requireScope(territory, at: pointer) }
        guard person.standing != .erased else { throw Refusal(.personErased, at: pointer) }
        return person
    }

    /// The same, erased or not.
    static func requireKnown(
        _ id: PersonID, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        var id = id
        for _ in 0..<longestChain {
            let person = try unit.require(
                Person.self, id.uuid, else: .unknownPerson, at: pointer)
            guard case .merged(let survivor) = person.standing else { return person }
            id = survivor
        }
        throw Wait(for: id.uuid, else: .unknownPerson, at: pointer)
    }
}

extension RefusalCode {
    static let unknownPerson = RefusalCode("unknown_person", "the id of a registered person")
    static let personErased = RefusalCode(
        "person_erased", "a person whose data was not erased")
}
