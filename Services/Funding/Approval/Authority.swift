import Messages
import ServiceKit

/// The rule of co-management: who takes a step must have the level that it asks for, in a territory
/// around the one it is about, and be somebody the publisher may speak for.
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
    static let outsideTerritory = RefusalCode(
        "outside_territory", "a territory that contains the one this is about")
    static let dateTooEarly = RefusalCode(
        "date_too_early", "a date that is not before the step before this one")
}
