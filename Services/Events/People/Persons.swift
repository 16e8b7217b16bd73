import Foundation
import Messages
import Postgres
import ServiceKit

/// What events knows of a person: where they live, and how old they are. Nobody's name or number is among it.
struct Person: Row, Equatable {
    enum Standing: Hashable, Sendable {
        case current
        /// Registry has found that this is the same person as another, whose id counts now.
        case merged(into: PersonID)
        /// The counts are all that is left.
        case erased
    }

    let id: PersonID
    var household: HouseholdID?
    var role: Role?
    /// Nil once the person is erased.
    var birthDate: BusinessDate?
    var diedOn: BusinessDate?
    var standing = Standing.current
    /// What the person is or was in branches of the association.
    var memberships: IDList<Tag.Member> = []
    /// Which of the person's own facts this is from; 0 if it came with the household.
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// Under this id, as far as anyone knows.
    var isAlive: Bool { diedOn == nil && standing == .current }

    /// Whether the person, who is born by then, has completed fewer years.
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

    /// Those who come to sessions only look at it.
    static let table = Table<Person>(
        "person", key: "id", lock: .share,
        columns: [
            Column("id", { $0.id }), Column("household", optional: { $0.household }),
            Column("role", optional: { $0.role?.rawValue }),
            Column("birth_date", optional: { $0.birthDate }),
            Column("died_on", optional: { $0.diedOn }),
            Column("merged_into", optional: { $0.survivor }),
            Column("is_erased", { $0.standing == .erased }),
            Column("memberships", { $0.memberships }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Person(
            id: try row.next(PersonID.self), household: try row.next(optional: HouseholdID.self),
            role: try row.next(optional: String.self).flatMap(Role.init(rawValue:)),
            birthDate: try row.next(optional: BusinessDate.self),
            diedOn: try row.next(optional: BusinessDate.self),
            standing: standing(
                try row.next(optional: PersonID.self), isErased: try row.next(Bool.self)),
            memberships: try row.next(), sequence: try row.next(Int64.self))
    }
}

/// What a person is in a branch of the association, and when. Facts about it only add something, so they may
/// come in any order.
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

    static let table = Table<Membership>(
        "membership", key: "id", lock: .share,
        columns: [
            Column("id", { $0.id }), Column("person", { $0.person }),
            Column("enrolled_on", { $0.enrolledOn }), Column("left_on", optional: { $0.leftOn }),
        ]
    ) { row in
        Membership(
            id: try row.next(MemberID.self), person: try row.next(PersonID.self),
            enrolledOn: try row.next(BusinessDate.self),
            leftOn: try row.next(optional: BusinessDate.self))
    }
}

/// Finds persons by any of their ids.
enum Persons {
    /// Merges of merges; registry allows no more.
    private static let longestChain = 64

    /// The person whom that id means now, of whom things can be recorded: registry has said who it is, and the
    /// data was not erased.
    static func require(
        _ id: PersonID, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        let person = try requireKnown(id, at: pointer, unit)
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
