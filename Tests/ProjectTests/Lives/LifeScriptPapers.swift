import Foundation
import Messages

@testable import ServiceSupport

/// Categories, and what not every version of registry takes.
extension LifeScript {
    // MARK: Categories

    mutating func assertCategory(_ person: PersonID, on day: BusinessDate) throws {
        guard let home = model.stay(of: person, on: day)?.household, !model.isErased(person)
        else { return }
        let said = claim(
            random.one(of: Messages.Category.allCases),
            of: random.once(in: 3) ? home.uuid : person.uuid, in: home, on: day)
        let proposed = LifeAssertion(
            id: said.id, household: home, subject: said.subject, category: said.category,
            from: said.from, to: said.to, isVerified: false)
        assertions.append(proposed)
        try tell(
            .assert(proposed),
            AssertCategory(
                assertion: said.id, household: home, subject: said.subject,
                category: said.category, validFrom: said.from, validTo: said.to))
        guard said.isVerified else { return }
        try tell(.verify(said.id), VerifyCategory(assertion: said.id, verifiedOn: day))
    }

    mutating func changeCategory(on day: BusinessDate) throws {
        guard let said = anyOne(of: assertions) else { return }
        switch random.number(in: 0...2) {
        case 0: try tell(.verify(said.id), VerifyCategory(assertion: said.id, verifiedOn: day))
        case 1: try tell(.end(said.id, on: day), EndCategory(assertion: said.id, endedOn: day))
        default: try tell(.revoke(said.id), RevokeCategory(assertion: said.id, revokedOn: day))
        }
    }

    // MARK: Steps that may not be there yet

    mutating func liveLater(_ person: PersonID, on day: BusinessDate) throws {
        guard let kind = anyOne(of: LaterSteps.taken),
            let step = laterStep(kind, person, on: day), let command = try later.command(step)
        else { return try move(person, on: day) }
        if case .split(_, let new, _, _, _) = step { households.append(new) }
        try tell(step, command)
    }

    mutating func laterStep(
        _ kind: LaterSteps.Kind, _ person: PersonID, on day: BusinessDate
    ) -> LifeStep? {
        switch kind {
        case .unmerge: anyOne(of: merges).map { .unmerge($0, from: model.human($0), on: day) }
        case .voidDeath: anyOne(of: deaths).map { .voidDeath($0, on: day) }
        case .correctDeath:
            anyOne(of: deaths).map {
                .correctDeath($0, to: day.adding(days: -random.number(in: 0...400)), on: day)
            }
        case .voidMove: anyOne(of: moves).map { .voidMove($0, of: $1, on: day) }
        default: householdStep(kind, person, on: day)
        }
    }

    private mutating func householdStep(
        _ kind: LaterSteps.Kind, _ person: PersonID, on day: BusinessDate
    ) -> LifeStep? {
        let household = random.one(of: households)
        if kind == .dissolve { return random.once(in: 2) ? .dissolve(household, on: day) : nil }
        if kind == .restore {
            return anyOne(of: households.filter(model.hasEnded)).map { .restore($0, on: day) }
        }
        if kind == .join {
            // Whoever is in none.
            let alone = people.filter {
                model.human($0) == $0 && model.stay(of: $0, on: day)?.household == nil
            }
            let home = LifeHome(household: household, role: .parent)
            return anyOne(of: alone).map { .join($0, home, on: day) }
        }
        guard let home = model.stay(of: person, on: day)?.household else { return nil }
        let member = LifeMember(person: person, role: .parent)
        switch kind {
        case .leave: return .leaveHousehold(person, home, on: day)
        case .changeRoles: return .changeRoles(home, [member], on: day)
        case .split: return .split(home, into: random.id(), community(on: day), [member], on: day)
        case .mergeHouseholds:
            let all = model.members(of: home, on: day).map { LifeMember(person: $0, role: .parent) }
            return home == household ? nil : .mergeHouseholds(home, into: household, all, on: day)
        default: return nil
        }
    }
}

extension LifeAssertion {
    var new: NewCategory {
        NewCategory(
            assertion: id, subject: subject, category: category, validFrom: from, validTo: to,
            verified: isVerified)
    }
}
