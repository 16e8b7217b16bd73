import Foundation
import Messages
import Postgres
import ServiceKit

/// The persons who come to a session together: a person, perhaps with a child (a pair), perhaps for
/// a household.
struct Party: Hashable, Sendable {
    let person: PersonID
    let child: PersonID?
    let household: HouseholdID?
    /// The number of persons, including those named.
    let size: Int

    init(person: PersonID, child: PersonID?, household: HouseholdID?, persons: Int?) {
        self.person = person
        self.child = child
        self.household = household
        size = persons ?? (child == nil ? 1 : 2)
    }

    /// Persons whose ids are known.
    var identified: Int { child == nil ? 1 : 2 }
    var pairs: Int { child == nil ? 0 : 1 }
    var households: Int { household == nil ? 0 : 1 }

    /// The ids that each have one place at a session.
    var ids: [UUID] { [person.uuid, child?.uuid, household?.uuid].compactMap { $0 } }

    /// A free text about the party is kept under this id. It goes when any member of the household is erased.
    var about: UUID { household?.uuid ?? person.uuid }

    func places(at session: SessionID) -> [[UInt8]] {
        ids.map { Self.place(session, $0) }
    }

    /// The key of a place: the bytes of both ids.
    static func place(_ session: SessionID, _ id: UUID) -> [UInt8] {
        [session.uuid, id].flatMap { id in withUnsafeBytes(of: id.uuid) { Array($0) } }
    }

    static func columns<R>(_ party: @escaping @Sendable (R) -> Party) -> [Column<R>] {
        [
            Column("person", { party($0).person }), Column("child", { party($0).child }),
            Column("household", { party($0).household }),
            Column("size", { party($0).size }),
        ]
    }

    init(_ row: inout RowCursor) throws {
        self.init(
            person: try row.next(PersonID.self), child: try row.next(optional: PersonID.self),
            household: try row.next(optional: HouseholdID.self), persons: try row.next(Int.self))
    }
}

/// A command that says who comes.
protocol PartyCommand: Command, HasSubject where Subject == PartySubject {}

extension RequestRegistration: PartyCommand {}
extension RecordAttendance: PartyCommand {}
extension CorrectAttendance: PartyCommand {}

/// Reads parties from commands.
enum Parties {
    static func keys(_ command: some PartyCommand, _ keys: inout Keys) {
        keys.need(Person.self, command.person.uuid)
        if let child = command.child { keys.need(Person.self, child.uuid) }
        if let household = command.household { keys.need(Household.self, household.uuid) }
    }

    /// The party as the command names it, before merged ids are replaced.
    static func named(_ command: some PartyCommand) -> Party {
        Party(
            person: command.person, child: command.child, household: command.household,
            persons: command.persons)
    }

    /// The party under its persons' current ids, and the person who brings it. Refuses persons who
    /// do not belong together. A message waits for persons who are not known.
    static func require(
        _ command: some PartyCommand, _ unit: UnitOfWork
    ) throws -> (party: Party, person: Person) {
        let person = try Persons.require(command.person, at: "/person", unit)
        if let household = command.household {
            _ = try Households.require(household, unit)
            guard person.household == household else {
                throw Refusal(.notOfHousehold, at: "/household")
            }
        }
        let child = try command.child.map { try Persons.require($0, at: "/child", unit) }
        if let child {
            guard let parentBorn = person.birthDate, let childBorn = child.birthDate,
                parentBorn < childBorn
            else { throw Refusal(.notAChild, at: "/child") }
        }
        let party = Party(
            person: person.id, child: child?.id, household: command.household,
            persons: command.persons)
        return (party, person)
    }
}

extension RefusalCode {
    static let notAChild = RefusalCode("not_a_child", "someone younger than the person")
}
