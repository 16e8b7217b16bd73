import Foundation
import Messages

@testable import ServiceSupport

/// Something that happens in a life, as an office would say it.
enum LifeStep {
    case found(HouseholdID, TerritoryCode, [LifeMember], [LifeAssertion], on: BusinessDate)
    case register(PersonID, TerritoryCode, LifeHome?, on: BusinessDate)
    /// Without a territory the person leaves the area.
    case move(PersonID, to: TerritoryCode?, LifeHome?, on: BusinessDate)
    case moveHousehold(HouseholdID, to: TerritoryCode, on: BusinessDate)
    case die(PersonID, on: BusinessDate)
    case erase(PersonID, on: BusinessDate)
    case merge(PersonID, into: PersonID, on: BusinessDate)
    case assert(LifeAssertion)
    case verify(AssertionID)
    case end(AssertionID, on: BusinessDate)
    case revoke(AssertionID)
    case enrol(MemberID, PersonID, MemberRole, TerritoryCode, on: BusinessDate)
    case leave(MemberID, on: BusinessDate)
    /// A new list of territories: nobody lives elsewhere because of it.
    case list

    // Steps that not every version of registry takes: see `LaterSteps`. The last day of the first four is that on which the error
    // was found.
    case unmerge(PersonID, from: PersonID, on: BusinessDate)
    case voidDeath(PersonID, on: BusinessDate)
    case correctDeath(PersonID, to: BusinessDate, on: BusinessDate)
    case voidMove(PersonID, of: BusinessDate, on: BusinessDate)
    case join(PersonID, LifeHome, on: BusinessDate)
    case leaveHousehold(PersonID, HouseholdID, on: BusinessDate)
    case changeRoles(HouseholdID, [LifeMember], on: BusinessDate)
    case split(HouseholdID, into: HouseholdID, TerritoryCode, [LifeMember], on: BusinessDate)
    case mergeHouseholds(HouseholdID, into: HouseholdID, [LifeMember], on: BusinessDate)
    case dissolve(HouseholdID, on: BusinessDate)
    /// The end of a household was a mistake, as was found on that day.
    case restore(HouseholdID, on: BusinessDate)
}

/// A household, and the role of a person in it.
struct LifeHome: Equatable {
    let household: HouseholdID
    let role: Role
}

struct LifeMember {
    let person: PersonID
    let role: Role
}

struct LifeAssertion {
    let id: AssertionID
    let household: HouseholdID
    /// The household's id or a person's.
    let subject: UUID
    let category: Messages.Category
    let from: BusinessDate
    /// The last day.
    let to: BusinessDate?
    let isVerified: Bool
}

/// A step with the command that says it.
struct LifeCommand {
    let step: LifeStep
    let sent: PropertyCommand
}
