import Messages
import ServiceKit

/// Rules about territories and what is recorded in them.
///
/// When units are renamed, merged or split, records keep the code under which they were made. The
/// past is not rewritten, and figures on old boundaries stay available. Successions are stored and
/// published. Records of a closed unit with one successor count as the successor's, in scopes,
/// queries and figures on new boundaries. Records of a unit that was split stay there until
/// `registry.household.move` or `registry.person.move` says to which part they belong.
enum Territories {
    /// The longest chain of successors that is followed.
    private static let successionLimit = 50

    /// The unit as which a unit counts today. Follows the successor of a closed unit that has
    /// exactly one, and that one's successor in the same way.
    static func resolve(_ code: TerritoryCode, _ unit: UnitOfWork) throws -> TerritoryCode {
        var code = code
        for _ in 0..<successionLimit {
            guard let territory = try unit.find(Territory.self, code), territory.validTo != nil,
                territory.successors.count == 1
            else { break }
            code = territory.successors[0]
        }
        return code
    }

    /// Refuses a unit outside the publisher's scope. A closed unit is inside if the one it counts
    /// as today is.
    static func requireScope(
        _ code: TerritoryCode, at pointer: @autoclosure () -> String, _ unit: UnitOfWork
    ) throws {
        if unit.covers(code) { return }
        try unit.requireScope(resolve(code, unit), at: pointer())
    }

    /// Refuses to record something in a unit that is not loaded, or not in force on that day.
    static func requireInForce(
        _ code: TerritoryCode, on date: BusinessDate, at pointer: String = "/territory",
        _ unit: UnitOfWork
    ) throws {
        guard let territory = try unit.find(Territory.self, code) else {
            throw Refusal(.unknownTerritory, at: pointer)
        }
        guard territory.isInForce(on: date) else {
            let successors = territory.successors.map(\.rawValue).joined(separator: " or ")
            let hint = successors.isEmpty ? "" : ", such as its successor \(successors)"
            throw Refusal(
                .territoryNotInForce, at: pointer,
                expected: "a territory in force on \(date)\(hint)")
        }
    }
}
