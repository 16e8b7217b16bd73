import Foundation
import Messages
import People
import ServiceKit

/// The rule of co-management: the actor of a step must hold an office in a branch of the level that the step
/// requires, which contains the territory of the record. The publisher must be allowed to speak for
/// that branch. The steps of one record are taken by different persons.
enum Authority {
    /// - Parameters:
    ///   - day: the business date of the step.
    ///   - record: the record that the step decides; nil if nothing is decided on it afterwards.
    static func require(
        _ actor: Actor, _ levels: [TerritoryCode.Level], over territory: TerritoryCode,
        on day: BusinessDate, of record: UUID?, _ unit: UnitOfWork
    ) throws {
        let pointer = "/actor/territory"
        try unit.requireScope(actor.territory, at: pointer)
        guard levels.contains(actor.territory.level) else {
            let names = levels.map { "\($0)" }.joined(separator: " or ")
            throw Refusal(.wrongLevel, at: pointer, expected: "the code of a \(names)")
        }
        guard try unit.standing(territory).allSatisfy(actor.territory.contains) else {
            let expected = "the code of a territory that contains \(territory)"
            throw Refusal(
                .outsideTerritory, at: pointer,
                expected: try unit.covers(territory) ? expected : nil)
        }
        let person = try Offices.held(by: actor, on: day, unit).person
        guard let record else { return }
        var steps = try unit.find(DecidedSteps.self, record) ?? DecidedSteps(record: record)
        let step = DecidedSteps.Step(type: unit.message.type, person: person)
        // A step that was taken back may be taken again by the same person.
        guard try !steps.isTaken(by: Persons.ids(of: person, unit), exceptAs: step.type) else {
            throw Refusal(.samePerson, at: "/actor/staff")
        }
        guard !steps.taken.contains(step) else { return }
        steps.taken.append(step)
        try unit.store(steps)
    }

    /// The rows that a step needs.
    static func keys(_ actor: Actor, of record: UUID?, _ keys: inout Keys) {
        keys.need(Membership.self, actor.staff.uuid)
        if let record { keys.need(DecidedSteps.self, record) }
    }

    /// Refuses to have somebody take back what the same person has decided.
    static func requireOther(_ actor: Actor, than record: UUID, _ unit: UnitOfWork) throws {
        guard let office = try unit.find(Membership.self, actor.staff.uuid),
            let steps = try unit.find(DecidedSteps.self, record)
        else { return }
        guard try !steps.isTaken(by: Persons.ids(of: office.person, unit)) else {
            throw Refusal(.samePerson, at: "/actor/staff")
        }
    }
}

extension RefusalCode {
    static let wrongLevel = RefusalCode("wrong_level", "a territory of the level of this step")
    static let samePerson = RefusalCode(
        "same_person", "a person who has taken no other step of this record")
}
