import Foundation
import Messages
import Postgres
import ServiceKit

/// That a person was commended on an occasion.
struct Commendation: Aggregate {
    let id: CommendationID
    let recipient: PersonID
    let territory: TerritoryCode
    let occasion: String
    let awardedOn: BusinessDate
    var withdrawnOn: BusinessDate?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<Commendation>(
        "commendation", key: "id",
        columns: [
            Column("id", { $0.id }), Column("recipient", { $0.recipient }),
            Column("territory", { $0.territory }), Column("occasion", { $0.occasion }),
            Column("awarded_on", { $0.awardedOn }),
            Column("withdrawn_on", optional: { $0.withdrawnOn }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Commendation(
            id: try row.next(CommendationID.self), recipient: try row.next(PersonID.self),
            territory: try row.next(TerritoryCode.self), occasion: try row.next(String.self),
            awardedOn: try row.next(BusinessDate.self),
            withdrawnOn: try row.next(optional: BusinessDate.self),
            sequence: try row.next(Int64.self))
    }
}

/// Commends registered persons, and takes commendations back.
enum Commendations {
    static func keys(_ command: AwardCommendation, _ keys: inout Keys) {
        keys.need(Commendation.self, command.commendation.uuid)
        keys.need(Person.self, command.recipient.uuid)
        keys.need(Territory.self, command.territory)
    }

    static func award(_ command: AwardCommendation, _ unit: UnitOfWork) throws -> Outcome {
        guard try unit.find(Commendation.self, command.commendation.uuid) == nil else {
            return .rejected(.commendationExists, at: "/commendation")
        }
        if let refusal = try Territories.refusal(command.territory, on: command.awardedOn, unit) {
            return .refused(refusal)
        }
        guard let recipient = try Persons.find(command.recipient, unit) else {
            return .waiting(for: command.recipient.uuid, else: .unknownPerson, at: "/recipient")
        }
        guard !recipient.state.isErased else { return .rejected(.personErased, at: "/recipient") }
        var commendation = Commendation(
            id: command.commendation, recipient: recipient.id, territory: command.territory,
            occasion: command.occasion, awardedOn: command.awardedOn)
        try unit.save(&commendation)
        return .accepted(
            CommendationAwarded(
                commendation: commendation.id, recipient: commendation.recipient,
                territory: commendation.territory, occasion: commendation.occasion,
                awardedOn: commendation.awardedOn),
            of: commendation)
    }

    static func withdraw(_ command: WithdrawCommendation, _ unit: UnitOfWork) throws -> Outcome {
        let id = command.commendation.uuid
        guard var commendation = try unit.find(Commendation.self, id) else {
            return .waiting(for: id, else: .unknownCommendation, at: "/commendation")
        }
        guard try Territories.covers(commendation.territory, unit) else {
            return .rejected(.outOfScope, at: "/commendation")
        }
        guard commendation.withdrawnOn == nil else {
            return .rejected(.commendationWithdrawn, at: "/commendation")
        }
        guard command.withdrawnOn >= commendation.awardedOn else {
            return .rejected(
                .withdrawnBeforeAward, at: "/withdrawnOn",
                expected: "a date from \(commendation.awardedOn) on")
        }
        commendation.withdrawnOn = command.withdrawnOn
        try unit.save(&commendation)
        return .accepted(
            CommendationWithdrawn(
                commendation: commendation.id, recipient: commendation.recipient,
                territory: commendation.territory, occasion: commendation.occasion,
                awardedOn: commendation.awardedOn, withdrawnOn: command.withdrawnOn),
            of: commendation)
    }

    static let withdrawalMigration = Migration(
        "0011_commendation_withdrawal",
        "ALTER TABLE commendation ADD withdrawn_on date CHECK (withdrawn_on >= awarded_on)")

    static let migration = Migration(
        "0006_commendations",
        """
        CREATE TABLE commendation (
            id         uuid   PRIMARY KEY,
            recipient  uuid   NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            territory  text   NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
            occasion   text   NOT NULL,
            awarded_on date   NOT NULL,
            sequence   bigint NOT NULL CHECK (sequence > 0)
        );
        """)
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
