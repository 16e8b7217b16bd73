import Foundation
import Messages
import Postgres
import ServiceKit

/// A commendation of a person on an occasion.
struct Commendation: Aggregate {
    let id: CommendationID
    let recipient: PersonID
    let territory: TerritoryCode
    let occasion: String
    let awardedOn: BusinessDate
    var withdrawnOn: BusinessDate?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "commendation", key: "id", Commendation.init,
        Field("id", \.id), Field("recipient", \.recipient), Field("territory", \.territory),
        Field("occasion", \.occasion), Field("awarded_on", \.awardedOn),
        Field("withdrawn_on", \.withdrawnOn), Field("sequence", \.sequence))
}

/// Awards commendations to registered persons, and withdraws them.
enum Commendations {
    static func register(in router: inout Router) {
        router.on(
            AwardCommendation.self,
            keys: {
                $1.need(Commendation.self, $0.commendation.uuid)
                $1.need(Person.self, $0.recipient.uuid)
                $1.need(Territory.self, $0.territory)
            }, award)
        router.on(
            WithdrawCommendation.self,
            keys: { $1.need(Commendation.self, $0.commendation.uuid) }, withdraw)
    }

    static func award(_ command: AwardCommendation, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Commendation.self, command.commendation.uuid, else: .commendationExists,
            at: "/commendation")
        try Territories.requireInForce(command.territory, on: command.awardedOn, unit)
        let recipient = try Persons.require(command.recipient, at: "/recipient", unit)
        try unit.requireScope(recipient, on: command.awardedOn, at: "/recipient")
        try recipient.requireNotErased(at: "/recipient")
        unit.claim(command.commendation.uuid, as: .commendation)
        var commendation = Commendation(
            id: command.commendation, recipient: recipient.id, territory: command.territory,
            occasion: command.occasion, awardedOn: command.awardedOn)
        return try unit.save(
            &commendation,
            CommendationAwarded(commendation.subject))
    }

    static func withdraw(_ command: WithdrawCommendation, _ unit: UnitOfWork) throws -> Emission {
        var commendation = try unit.require(
            Commendation.self, command.commendation.uuid, else: .unknownCommendation,
            at: "/commendation")
        try unit.requireScope(commendation.territory, at: "/commendation")
        guard commendation.withdrawnOn == nil else {
            throw Refusal(.commendationWithdrawn, at: "/commendation")
        }
        try command.withdrawnOn.require(
            from: commendation.awardedOn, else: .withdrawnBeforeAward, at: "/withdrawnOn")
        commendation.withdrawnOn = command.withdrawnOn
        return try unit.save(
            &commendation,
            CommendationWithdrawn(commendation.subject, withdrawnOn: command.withdrawnOn))
    }
}

extension Commendation {
    fileprivate var subject: CommendationSubject {
        CommendationSubject(
            commendation: id, recipient: recipient, territory: territory, occasion: occasion,
            awardedOn: awardedOn)
    }
}

extension RefusalCode {
    static let commendationExists = RefusalCode(
        "commendation_exists", "the id of a commendation that was not awarded yet")
    static let unknownCommendation = RefusalCode(
        "unknown_commendation", "the id of a commendation that was awarded")
    static let commendationWithdrawn = RefusalCode(
        "commendation_withdrawn", "a commendation that was not withdrawn yet")
    static let withdrawnBeforeAward = RefusalCode(
        "withdrawn_before_award", "a date on or after the award")
}
