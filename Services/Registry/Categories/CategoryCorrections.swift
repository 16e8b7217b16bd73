import Messages
import ServiceKit

/// Puts right when an assertion holds.
enum CategoryCorrections {
    static func correct(_ command: CorrectCategory, _ unit: UnitOfWork) throws -> Emission {
        let held = try Categories.require(command.assertion, unit)
        let territory = try Categories.requireNotRevoked(held, unit)
        try Actors.require(command.actor, over: territory, on: unit.days.today, unit)
        try Actors.requireOther(
            than: { holder in
                holder.subjects.contains(held.subject) || holder.household?.uuid == held.subject
            }, command.actor, unit)
        var assertion = held
        (assertion.validFrom, assertion.validTo) = (command.validFrom, command.validTo)
        assertion.state = state(of: held, endedOn: command.endedOn)
        assertion.union = nil
        guard assertion.record != held.record else {
            throw Refusal(.nothingToCorrect, at: "/assertion")
        }
        try requireFitting(assertion, insteadOf: held, unit)
        try Categories.keep(command.reason, about: assertion, unit)
        let change = try Categories.settle(assertion, on: unit.days.today, unit)
        return try unit.emit(
            CategoryCorrected(
                assertion.subject(in: territory), validTo: assertion.validTo,
                endedOn: assertion.endedOn, correctedOn: unit.days.today, actor: command.actor,
                stock: change.stock.changes,
                records: change.records), of: CategoryAssertion.self, assertion.key)
    }

    private static func state(
        of held: CategoryAssertion, endedOn: BusinessDate?
    ) -> CategoryAssertion.State {
        if let endedOn { return .ended(on: endedOn, verifiedOn: held.verifiedOn) }
        return held.verifiedOn.map { .verified(on: $0) } ?? .proposed
    }

    /// Refuses a time in which another assertion puts its subject into the category already, one that begins after the end of the
    /// household that is its subject, and one that contradicts what is registered, if the time of before did not.
    private static func requireFitting(
        _ assertion: CategoryAssertion, insteadOf held: CategoryAssertion, _ unit: UnitOfWork
    ) throws {
        let isOfHousehold = assertion.subject == assertion.household.uuid
        let household = try Households.named(assertion.household, unit)
        let person = isOfHousehold ? nil : try Persons.find(PersonID(assertion.subject), unit)
        if isOfHousehold {
            try household.requireNotGone(on: assertion.validFrom, at: "/validFrom")
        }
        let ids =
            try isOfHousehold
            ? household.assertions : person.map { try Categories.about($0, unit) } ?? []
        let others = try unit.find(CategoryAssertion.self, all: ids.map(\.uuid))
            .filter { $0.id != assertion.id }
        guard !others.contains(where: { $0.overlaps(assertion) }) else {
            throw Refusal(.categoryOverlaps, at: "/validFrom")
        }
        func contradiction(_ assertion: CategoryAssertion) throws -> Refusal? {
            try Categories.contradiction(
                assertion, to: others, about: person,
                of: { try People(of: [], households: [household.id], unit).persons },
                at: "/validFrom")
        }
        if let refusal = try contradiction(assertion), try contradiction(held) == nil {
            throw refusal
        }
    }
}
