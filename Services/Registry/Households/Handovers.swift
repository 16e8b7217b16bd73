import Foundation
import Messages
import Postgres
import ServiceKit

/// A request of one office to register a person whom another office has registered.
struct Handover: Aggregate {
    let id: HandoverID
    let person: PersonID
    let territory: TerritoryCode
    let household: HouseholdID?
    let role: Role?
    let movedOn: BusinessDate
    /// Nil until the office of the person has decided.
    var isAccepted: Bool?
    /// Where the person lived then: the territory whose office has decided.
    var decidedIn: TerritoryCode?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// Whether there is something to decide: the person does not live there already, and has a stay that can change.
    func canMove(_ person: Person) -> Bool {
        !person.isErased && person.isAlive(on: movedOn) && !territory.contains(person.territory)
    }

    static let table = Table(
        "handover", key: "id", Handover.init,
        Field("id", \.id), Field("person", \.person), Field("territory", \.territory),
        Field("household", \.household), Field("role", \.role), Field("moved_on", \.movedOn),
        Field("is_accepted", \.isAccepted), Field("decided_in", \.decidedIn),
        Field("sequence", \.sequence))
}

/// Hands persons over from one office to another. Each consents for its own territories: the asker to take the person in, the
/// office of the person to give the person up.
///
/// The asker is not told whether there is such a person, because a request names somebody of another scope.
enum Handovers {
    static func register(in router: inout Router) {
        router.on(
            RequestHandover.self,
            keys: { command, keys in
                keys.need(Handover.self, command.handover.uuid)
                keys.need(Person.self, command.person.uuid)
                keys.need(Territory.self, command.territory)
                if let household = command.household { keys.need(Household.self, household.uuid) }
            }, request)
        router.on(
            AcceptHandover.self, keys: { $1.need(Handover.self, $0.handover.uuid) }, accept)
        router.on(
            DeclineHandover.self, keys: { $1.need(Handover.self, $0.handover.uuid) }, decline)
    }

    static func request(_ command: RequestHandover, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Handover.self, command.handover.uuid, else: .handoverExists, at: "/handover")
        unit.claim(command.handover.uuid, as: .handover)
        try Territories.requireInForce(command.territory, on: command.movedOn, unit)
        if let household = command.household {
            _ = try Households.require(household, on: command.movedOn, at: "/movedOn", unit)
        }
        var handover = Handover(
            id: command.handover, person: command.person, territory: command.territory,
            household: command.household, role: command.role, movedOn: command.movedOn)
        let person = try Persons.find(command.person, unit)
        try requireLastMove(of: person, on: command.movedOn, unit)
        unit.keep(command.reason, "reason", of: handover.key, about: command.person.uuid)
        try remark(on: person, of: handover, unit)
        if let person, handover.canMove(person) {
            try unit.raise(
                .decideHandover, handover.key, in: person.territory, on: handover.movedOn)
        }
        return try unit.save(
            &handover,
            HandoverRequested(
                handover: handover.id, territory: handover.territory, movedOn: handover.movedOn))
    }

    /// Refuses a handover from a day before the person's last move: the person would live where that move says. Whoever may not
    /// know the person is answered as always, and the office of the person is told when it accepts.
    private static func requireLastMove(
        of person: Person?, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        guard let person, try unit.isUnlimited || unit.covers(person.territory),
            let later = person.stays.lastMove(after: day)
        else { return }
        throw Refusal(
            .movedLater, at: "/movedOn",
            expected: "a date from \(later) on, the day of the person's last move")
    }

    /// Says in the receipt what is odd about the person, to whoever may know it: the operator, that there is none, and the
    /// person's own office, that it asks itself. Anybody else gets the same receipt, whoever was named.
    private static func remark(
        on person: Person?, of handover: Handover, _ unit: UnitOfWork
    ) throws {
        guard let person else {
            if unit.isUnlimited {
                let code = RefusalCode.unknownPerson
                unit.remark(code, at: "/person", expected: code.expected)
            }
            return
        }
        let isOwn =
            try unit.isUnlimited
            ? handover.territory.contains(person.territory) : unit.covers(person.territory)
        if isOwn {
            unit.remark(.ownPerson, at: "/person", expected: RefusalCode.ownPerson.expected)
        }
    }

    static func accept(_ command: AcceptHandover, _ unit: UnitOfWork) throws -> [Emission] {
        let (handover, person) = try require(command.handover, unit)
        if let later = person.stays.lastMove(after: handover.movedOn) {
            throw Refusal(
                .movedLater, at: "/handover",
                expected:
                    "a handover from \(later) on, the day of the person's last move; decline this one"
            )
        }
        let move = MovePerson(
            person: person.id, destination: handover.territory, household: handover.household,
            role: handover.role, movedOn: handover.movedOn)
        do {
            let moved = try Moves.move(person, move, unit)
            return [
                try decide(handover, in: person.territory, isAccepted: true, unit), moved,
            ]
        } catch let refusal as Refusal {
            // The command has no field but the handover. What would be right is of the other office's household.
            throw Refusal(
                RefusalCode(refusal.code, "a handover that can be accepted as it was requested"),
                at: "/handover")
        }
    }

    static func decline(_ command: DeclineHandover, _ unit: UnitOfWork) throws -> Emission {
        let (handover, person) = try require(command.handover, unit)
        unit.keep(command.reason, "reason", of: unit.message.id, about: person.subjects)
        return try decide(handover, in: person.territory, isAccepted: false, unit)
    }

    private static func decide(
        _ handover: Handover, in territory: TerritoryCode, isAccepted: Bool, _ unit: UnitOfWork
    ) throws -> Emission {
        var handover = handover
        (handover.isAccepted, handover.decidedIn) = (isAccepted, territory)
        try unit.settle(.decideHandover, handover.key, on: unit.days.today)
        return try unit.save(
            &handover,
            HandoverDecided(
                handover: handover.id, territory: handover.territory, isAccepted: isAccepted,
                decidedOn: unit.days.today))
    }

    /// A handover that is to be decided, and its person, who is in the publisher's scope. One of a person elsewhere is answered
    /// as one that nobody asked for, unless the publisher's office has decided on it.
    private static func require(
        _ id: HandoverID, _ unit: UnitOfWork
    ) throws -> (Handover, Person) {
        let held = try unit.find(Handover.self, id.uuid)
        if let decidedIn = held?.decidedIn, try unit.covers(decidedIn) {
            throw Refusal(.handoverDecided, at: "/handover")
        }
        guard let handover = held,
            let person = try Persons.find(handover.person, unit),
            try unit.covers(person.territory)
        else {
            throw Refusal(unit.isUnlimited ? .unknownHandover : .outOfScope, at: "/handover")
        }
        guard handover.isAccepted == nil else {
            throw Refusal(.handoverDecided, at: "/handover")
        }
        try person.requireNotErased(at: "/handover")
        return (handover, person)
    }
}

extension RefusalCode {
    static let handoverExists = RefusalCode(
        "handover_exists", "the id of a handover that was not requested yet")
    static let unknownHandover = RefusalCode(
        "unknown_handover",
        "the id of a requested handover of a person in a territory that was granted")
    static let ownPerson = RefusalCode(
        "own_person", "a person of another office; registry.person.move.v1 moves one of your own")
    static let movedLater = RefusalCode(
        "moved_later", "a date on or after the person's last move")
    static let handoverDecided = RefusalCode(
        "handover_decided", "a handover that was neither accepted nor declined")
}
