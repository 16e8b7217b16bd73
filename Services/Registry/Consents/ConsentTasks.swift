import Messages
import ServiceKit

/// Consents that were given after the person's death, as has turned out. Nobody but those who know can say which of the two days is
/// wrong, so they stand, and somebody looks.
enum ConsentTasks {
    /// Whoever lives has no such task, and nothing is read.
    static func review(_ person: Person, on day: BusinessDate, _ unit: UnitOfWork) throws {
        guard person.diedOn != nil else { return }
        try followDeath(of: person, on: day, unit)
    }

    /// Raises or settles the task of somebody whose death is told, corrected or taken back.
    static func followDeath(
        of person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let keys = ConsentPurpose.allCases.map { Consent.key(person.id, $0) }
        let late = try unit.find(Consent.self, all: keys).compactMap(\.inForce).filter { decision in
            decision.decision == .given && person.diedOn.map { $0 < decision.day } ?? false
        }
        try unit.demand(
            .reviewConsents, person.key, in: person.territory, since: late.map(\.day).max(),
            settledOn: day)
    }
}
