import Foundation
import Messages
import Postgres
import ServiceKit

/// Money that somebody gave. It says one thing once, so its only fact is number 1.
struct Donation: Aggregate {
    let id: DonationID
    let fund: FundID
    let campaign: String
    let donor: DonorID?
    let territory: TerritoryCode
    let amount: Fen
    let receivedOn: BusinessDate
    let note: String?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<Donation>(
        "donation", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("fund", { $0.fund.uuid }),
            Column("campaign", { $0.campaign }), Column("donor", optional: { $0.donor?.uuid }),
            Column("territory", { $0.territory }), Column("amount_fen", { $0.amount }),
            Column("received_on", { $0.receivedOn }), Column("note", optional: { $0.note }),
        ]
    ) { row in
        Donation(
            id: DonationID(try row.next()), fund: FundID(try row.next()), campaign: try row.next(),
            donor: try row.next(optional: DonorID.self), territory: try row.next(),
            amount: try row.next(), receivedOn: try row.next(),
            note: try row.next(optional: String.self), sequence: 1)
    }
}

/// Receives donations. This is the busiest message of all: a donation is one row and one transfer,
/// and the fund is only looked at.
enum Donations {
    static func register(in router: inout Router) {
        router.on(
            ReceiveDonation.self,
            keys: {
                $1.need(Fund.self, $0.fund.uuid)
                $1.need(Donation.self, $0.donation.uuid)
            }, receive)
    }

    static func receive(_ command: ReceiveDonation, _ unit: UnitOfWork) throws -> Emission {
        let fund = try unit.require(Fund.self, command.fund.uuid, else: .unknownFund, at: "/fund")
        guard fund.kind == .donation else {
            throw Refusal(.wrongFundKind, at: "/fund", expected: "the id of a donation fund")
        }
        guard fund.state == .open else { throw Refusal(.fundClosed, at: "/fund") }
        guard fund.territory.contains(command.territory) else {
            throw Refusal(.outsideFund, at: "/territory")
        }
        try unit.requireNew(
            Donation.self, command.donation.uuid, else: .donationExists, at: "/donation")
        var donation = Donation(
            id: command.donation, fund: fund.id, campaign: command.campaign, donor: command.donor,
            territory: command.territory, amount: command.amountFen, receivedOn: command.receivedOn,
            note: command.note)
        Ledger.post(
            .donation, donation.amount, of: fund.id, on: donation.receivedOn, as: donation.key, unit
        )
        let fact = DonationReceived(
            donation: donation.id, fund: fund.id, programme: fund.programme,
            campaign: donation.campaign, territory: donation.territory, amountFen: donation.amount,
            receivedOn: donation.receivedOn)
        return try unit.save(&donation, fact)
    }

    static let migration = Migration(
        "0003_donations",
        """
        -- Without a foreign key: its transfer has one, and this is the busiest table.
        CREATE TABLE donation (
            id          uuid   PRIMARY KEY,
            fund        uuid   NOT NULL,
            campaign    text   NOT NULL,
            donor       uuid,
            territory   text   COLLATE "C" NOT NULL,
            amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
            received_on date   NOT NULL,
            note        text   CHECK (char_length(note) <= 500)
        );
        """)
}

extension RefusalCode {
    static let donationExists = RefusalCode(
        "donation_exists", "the id of a donation that was not received yet")
}
