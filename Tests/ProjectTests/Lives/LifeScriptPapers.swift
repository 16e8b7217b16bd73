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
        guard let said = any(of: assertions) else { return }
        switch random.number(in: 0...2) {
        case 0: try tell(.verify(said.id), VerifyCategory(assertion: said.id, verifiedOn: day))
        case 1: try tell(.end(said.id, on: day), EndCategory(assertion: said.id, endedOn: day))
        default: try tell(.revoke(said.id), RevokeCategory(assertion: said.id, revokedOn: day))
        }
    }

    // MARK: Steps that may not be there yet

    mutating func liveLater(_ person: PersonID, on day: BusinessDate) throws {
        guard let kind = any(of: LaterSteps.taken),
            let step = laterStep(kind, person, on: day), let command = try later.command(step)
        else { return try move(person, on: day) }
        if case .split(_, let new, _, _) = step { households.append(new) }
        try tell(step, command)
    }

    mutating func laterStep(
        _ kind: LaterSteps.Kind, _ person: PersonID, on day: BusinessDate
    ) -> LifeStep? {
        let household = random.one(of: households)
        switch kind {
        case .unmerge:
            return any(of: merges).map { .unmerge($0, from: model.human($0), on: day) }
        case .join:
            return .join(person, LifeHome(household: household, role: .parent), on: day)
        case .leave: return .leaveHousehold(person, on: day)
        case .split:
            guard let home = model.stay(of: person, on: day)?.household else { return nil }
            let member = LifeMember(person: person, role: .head)
            return .split(home, into: random.id(), [member], on: day)
        case .mergeHouseholds:
            let other = random.one(of: households)
            return other == household ? nil : .mergeHouseholds(household, into: other, on: day)
        case .dissolve: return random.once(in: 4) ? .dissolve(household, on: day) : nil
        case .voidDeath: return any(of: deaths).map { .voidDeath($0, on: day) }
        case .correctDeath:
            let other = day.adding(days: -random.number(in: 0...400))
            return any(of: deaths).map { .correctDeath($0, to: other, on: day) }
        case .voidMove: return any(of: moves).map { .voidMove($0, of: $1, on: day) }
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
