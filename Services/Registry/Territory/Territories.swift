import Messages
import ServiceKit

/// Rules about territories and what is recorded in them.
///
/// When units are renamed, merged or split, records keep the code under which they were made. The
/// past is not rewritten, and figures on old boundaries stay available. Successions are stored and
/// published. Records of a closed unit with one successor count as the successor's, in scopes,
/// queries and figures on new boundaries. Records of a unit that was split stay there until
/// `registry.household.move` or `registry.person.move` says to which part they belong; meanwhile
/// only a publisher who was granted all parts reaches them.
enum Territories {
    /// A unit with a last day is closed.
    static let successions = Successions { code, unit in
        guard let territory = try unit.find(Territory.self, code) else { return .unknown }
        return territory.validTo == nil ? .inForce : .closed(into: territory.successors)
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
