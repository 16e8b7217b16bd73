import Messages
import ServiceKit

/// The list of territories, and what is recorded where.
///
/// When units are renamed, merged or split, what is recorded in them stays where it was recorded: the
/// past is not rewritten, and figures can be asked on old boundaries as before. Which unit followed which
/// is kept and published. What is recorded in a closed unit with one successor counts as that one's, in
/// scopes, queries and figures on new boundaries. What is recorded in a unit that was split stays there
/// until `registry.household.move` or `registry.person.move` says into which part it belongs.
enum Territories {
    /// Editions that may follow one another before what is recorded under a code is no longer followed.
    private static let successionLimit = 50

    /// The unit as which a unit counts today: its successor's successor, as long as there is exactly one.
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

    /// Refuses a message of a publisher who may not speak for what is recorded in a unit, closed ones included.
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
