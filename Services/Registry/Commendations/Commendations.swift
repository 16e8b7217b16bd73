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

extension Commendation {
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

    static let withdrawalMigration = Migration(
        "0011_commendation_withdrawal",
        "ALTER TABLE commendation ADD withdrawn_on date CHECK (withdrawn_on >= awarded_on)")
}

/// Commends registered persons, and takes commendations back.
enum Commendations {
    static func register(in router: inout Router) {
        router.on(AwardCommendation.self, keys: keys, award)
        router.on(
            WithdrawCommendation.self,
            keys: { $1.need(Commendation.self, $0.commendation.uuid) }, withdraw)
    }

    static func keys(_ command: AwardCommendation, _ keys: inout Keys) {
        keys.need(Commendation.self, command.commendation.uuid)
        keys.need(Person.self, command.recipient.uuid)
        keys.need(Territory.self, command.territory)
    }

    static func award(_ command: AwardCommendation, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Commendation.self, command.commendation.uuid, else: .commendationExists,
            at: "/commendation")
        try Territories.requireInForce(command.territory, on: command.awardedOn, unit)
        let recipient = try Persons.require(command.recipient, at: "/recipient", unit)
        try recipient.requireNotErased(at: "/recipient")
        var commendation = Commendation(
            id: command.commendation, recipient: recipient.id, territory: command.territory,
            occasion: command.occasion, awardedOn: command.awardedOn)
        return try unit.save(
            &commendation,
            CommendationAwarded(
                commendation: commendation.id, recipient: commendation.recipient,
                territory: commendation.territory, occasion: commendation.occasion,
                awardedOn: commendation.awardedOn))
    }

    static func withdraw(_ command: WithdrawCommendation, _ unit: UnitOfWork) throws -> Emission {
        var commendation = try unit.require(
            Commendation.self, command.commendation.uuid, else: .unknownCommendation,
            at: "/commendation")
        try Territories.requireScope(commendation.territory, at: "/commendation", unit)
        guard commendation.withdrawnOn == nil else {
            throw Refusal(.commendationWithdrawn, at: "/commendation")
        }
        try command.withdrawnOn.require(
            from: commendation.awardedOn, else: .withdrawnBeforeAward, at: "/withdrawnOn")
        commendation.withdrawnOn = command.withdrawnOn
        return try unit.save(
            &commendation,
            CommendationWithdrawn(
                commendation: commendation.id, recipient: commendation.recipient,
                territory: commendation.territory, occasion: commendation.occasion,
                awardedOn: commendation.awardedOn, withdrawnOn: command.withdrawnOn))
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
