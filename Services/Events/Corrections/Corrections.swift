import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// The rules of all corrections: who may decide one, and where its reason is kept.
///
/// The journal keeps the record as it was before, because each correction is a further fact of the same record. Its day is that of the
/// decision. It may be before that of another correction: the order is that of the facts.
enum Corrections {
    static func keys(_ command: some Correcting, _ keys: inout Keys) {
        keys(command.correction.actor)
    }

    /// Keeps the reason, and says who has corrected what.
    /// - Parameters:
    ///   - territories: those of the record, before and after.
    ///   - persons: whose record it is, before and after.
    ///   - about: the persons and households whom the reason may name.
    static func mark(
        _ command: some Correcting, over territories: [TerritoryCode],
        of persons: [PersonID] = [], about: Set<UUID> = [], _ unit: UnitOfWork
    ) throws -> CorrectionMark {
        let correction = command.correction
        for territory in territories {
            try requireActor(
                correction.actor, over: territory, of: persons, on: correction.correctedOn, unit)
        }
        try unit.keepReason(correction.reason, about: about)
        return CorrectionMark(
            correctedOn: correction.correctedOn, correctedBy: unit.publisher,
            actor: correction.actor)
    }

    /// Refuses an actor who does not hold an office of a branch that contains the territory, or for whose branch the publisher may
    /// not speak, and one whose own record it is.
    static func requireActor(
        _ actor: Actor, over territory: TerritoryCode, of persons: [PersonID] = [],
        on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        let pointer = "/actor/territory"
        try unit.requireScope(actor.territory, at: pointer)
        guard try unit.standing(territory).allSatisfy(actor.territory.contains) else {
            throw Refusal(
                .outsideTerritory, at: pointer,
                expected: "the code of a territory that contains \(territory)")
        }
        let office = try Offices.held(by: actor, on: day, unit)
        try Offices.requireOther(office, than: persons, unit)
    }
}

extension Keys {
    /// The rows that say whether somebody may act.
    mutating func callAsFunction(_ actor: Actor) { need(Membership.self, actor.staff.uuid) }
}

extension RefusalCode {
    static let nothingChanges = RefusalCode(
        "nothing_changes", "something else than what is recorded")
    static let alreadyVoid = RefusalCode("already_void", "a record that is not void")
    static let outsideTerritory = RefusalCode(
        "outside_territory", "a territory that contains that of the record")
}
