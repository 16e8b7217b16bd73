import Foundation
import Messages
import ServiceKit

/// Steps whose commands not every version of registry takes. The lives of a version without such a command do without the step.
///
/// The commands are written as documents, so that this compiles without their types.
struct LaterSteps {
    enum Kind: String, CaseIterable {
        case unmerge = "registry.persons.unmerge.v1"
        case join = "registry.household.join.v1"
        case leave = "registry.household.leave.v1"
        case split = "registry.household.split.v1"
        case changeRoles = "registry.household.change_roles.v1"
        case mergeHouseholds = "registry.households.merge.v1"
        case dissolve = "registry.household.dissolve.v1"
        case restore = "registry.household.restore.v1"
        case voidDeath = "registry.person.void_death.v1"
        case correctDeath = "registry.person.correct_death.v1"
        case voidMove = "registry.person.void_move.v1"
    }

    private static let corrections: Set<Kind> = [
        .unmerge, .voidDeath, .correctDeath, .voidMove, .restore,
    ]

    /// Who puts right what was recorded wrongly: an officer of the district.
    let officer: MemberID

    private static let known = Set(Catalogue.all.map { $0.type })
    private static let catalogue = Catalogue(Catalogue.all)

    static let taken = Kind.allCases.filter { known.contains($0.rawValue) }

    /// - Returns: nil if the step is another one.
    func command(_ step: LifeStep) throws -> (any Command)? {
        guard let (kind, fields) = document(step) else { return nil }
        var data = fields.mapValues { $0 as Any }
        if Self.corrections.contains(kind) {
            data["actor"] = ["staff": officer.description, "territory": "350203"]
            data["reason"] = "a mistake"
        }
        if let members = members(step) {
            data["members"] = members.map {
                ["person": $0.person.description, "role": $0.role.rawValue]
            }
        }
        let document: [String: Any] = [
            "specversion": "1.0", "id": UUID().uuidString.lowercased(), "source": "test",
            "type": kind.rawValue, "time": "\(Timestamp.now())", "data": data,
        ]
        let body = try JSONSerialization.data(withJSONObject: document)
        return try Self.catalogue.decode(Array(body)).payload as? any Command
    }

    private func members(_ step: LifeStep) -> [LifeMember]? {
        switch step {
        case .changeRoles(_, let members, _), .split(_, _, _, let members, _),
            .mergeHouseholds(_, _, let members, _):
            members
        default: nil
        }
    }

    private func document(_ step: LifeStep) -> (Kind, [String: String])? {
        switch step {
        case .unmerge(let merged, let survivor, let day):
            (
                .unmerge,
                ["survivor": "\(survivor)", "merged": "\(merged)", "unmergedOn": "\(day)"]
            )
        case .voidDeath(let person, let day):
            (.voidDeath, ["person": "\(person)", "voidedOn": "\(day)"])
        case .correctDeath(let person, let diedOn, let day):
            (
                .correctDeath,
                ["person": "\(person)", "diedOn": "\(diedOn)", "correctedOn": "\(day)"]
            )
        case .voidMove(let person, let movedOn, let day):
            (
                .voidMove,
                ["person": "\(person)", "movedOn": "\(movedOn)", "voidedOn": "\(day)"]
            )
        default: householdDocument(step)
        }
    }

    private func householdDocument(_ step: LifeStep) -> (Kind, [String: String])? {
        switch step {
        case .join(let person, let home, let day):
            (
                .join,
                [
                    "household": "\(home.household)", "person": "\(person)",
                    "role": home.role.rawValue, "movedOn": "\(day)",
                ]
            )
        case .leaveHousehold(let person, let household, let day):
            (
                .leave,
                ["household": "\(household)", "person": "\(person)", "movedOn": "\(day)"]
            )
        case .changeRoles(let household, _, let day):
            (.changeRoles, ["household": "\(household)", "changedOn": "\(day)"])
        case .split(let household, let new, let territory, _, let day):
            (
                .split,
                [
                    "household": "\(household)", "into": "\(new)",
                    "territory": territory.rawValue, "splitOn": "\(day)",
                ]
            )
        case .mergeHouseholds(let merged, let survivor, _, let day):
            (
                .mergeHouseholds,
                ["survivor": "\(survivor)", "merged": "\(merged)", "mergedOn": "\(day)"]
            )
        case .dissolve(let household, let day):
            (.dissolve, ["household": "\(household)", "dissolvedOn": "\(day)"])
        case .restore(let household, let day):
            (.restore, ["household": "\(household)", "restoredOn": "\(day)"])
        default: nil
        }
    }
}
