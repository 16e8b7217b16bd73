import Messages
import ServiceKit

/// The rule of co-management: the actor of a step must belong to a territory of the level that the step
/// requires, which contains the territory of the record. The publisher must be allowed to speak for
/// that territory.
enum Authority {
    static func require(
        _ actor: Actor, _ levels: [TerritoryCode.Level], over territory: TerritoryCode,
        _ unit: UnitOfWork
    ) throws(Refusal) {
        let pointer = "/actor/territory"
        try unit.requireScope(actor.territory, at: pointer)
        guard levels.contains(actor.territory.level) else {
            let names = levels.map { "\($0)" }.joined(separator: " or ")
            throw Refusal(.wrongLevel, at: pointer, expected: "the code of a \(names)")
        }
        guard actor.territory.contains(territory) else {
            throw Refusal(
                .outsideTerritory, at: pointer,
                expected: "the code of a territory that contains \(territory)")
        }
    }
}

extension RefusalCode {
    static let wrongLevel = RefusalCode("wrong_level", "a territory of the level of this step")
}
