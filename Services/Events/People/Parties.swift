import Foundation
import Messages
import People
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

    /// Those who are named, under the ids by which they are.
    var people: [PersonID] { [person, child].compactMap(\.self) }

    /// A free text about the party may name any of these, and goes when one of them or any member of the household is erased.
    var about: Set<UUID> { Set(ids) }

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
        Persons.keys(command.person, &keys)
        if let child = command.child { Persons.keys(child, &keys) }
        if let household = command.household { Households.keys(household, &keys) }
    }

    /// The party as the command names it. Its persons keep these ids, so that each gets back what is its own if a merge turns
    /// out to have been wrong.
    static func named(_ command: some PartyCommand) -> Party {
        Party(
            person: command.person, child: command.child, household: command.household,
            persons: command.persons)
    }

    /// The party, and the person who brings it. Refuses persons who were not alive on that day or did not belong together. A
    /// message waits for persons who are not known.
    static func require(
        _ command: some PartyCommand, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> (party: Party, person: Person) {
        let person = try Persons.require(command.person, aliveOn: day, at: "/person", unit)
        if let household = command.household {
            try Households.require(household, of: person, on: day, unit)
        }
        if let id = command.child {
            let child = try Persons.require(id, aliveOn: day, at: "/child", unit)
            guard try Persons.isParent(person.id, of: child.id, on: day, unit),
                let parentBorn = person.birthDate, let childBorn = child.birthDate,
                parentBorn < childBorn
            else { throw Refusal(.notAChild, at: "/child") }
        }
        return (named(command), person)
    }
}

extension Party {
    /// The places at a session that this party or one of its persons under another id may have, without those of `others`.
    func allPlaces(
        at session: SessionID, without others: [UUID] = [], _ unit: UnitOfWork
    ) throws -> [[UInt8]] {
        var places: [[UInt8]] = []
        for id in ids where !others.contains(id) {
            let aliases =
                id == household?.uuid ? [id] : try Persons.ids(of: PersonID(id), unit).map(\.uuid)
            places += aliases.map { Self.place(session, $0) }
        }
        return places
    }
}

extension RefusalCode {
    static let notAChild = RefusalCode(
        "not_a_child", "a child of the person, as registry has their household on that day")
}
