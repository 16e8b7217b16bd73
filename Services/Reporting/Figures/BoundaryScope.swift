import Messages
import ServiceKit

extension Boundaries {
    /// As which unit a code counts today, for the scopes of publishers. Before territories were loaded each code counts as
    /// itself.
    static let successions = Successions { code, unit in
        let today = try Editions.today(unit.now, unit.query)
        do {
            let area = try Boundaries.on(today, unit.query).around(code).last
            return area.map { $0 == code ? .inForce : .closed(into: [$0]) } ?? .inForce
        } catch is BoundaryProblem {
            return .inForce
        }
    }
}
