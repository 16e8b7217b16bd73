import Foundation
import Messages
import Postgres
import ServiceKit

/// Money that a donor gave. Its only fact is number 1; later facts are counted by `DonationUse`.
struct Donation: Aggregate {
    let id: DonationID
    let fund: FundID
    let campaign: String
    let donor: DonorID?
    let territory: TerritoryCode
    let amount: Fen
    let receivedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "donation", key: "id", Donation.init,
        Field("id", \.id), Field("fund", \.fund), Field("campaign", \.campaign),
        Field("donor", \.donor), Field("territory", \.territory), Field("amount_fen", \.amount),
        Field("received_on", \.receivedOn), Field(always: 1))
}

/// Receives donations. This is the busiest message of all: it adds one row and one transfer, and only
/// reads the fund and the campaign.
enum Donations {
    static func register(in router: inout Router) {
        router.on(
            ReceiveDonation.self,
            keys: {
                $1.need(Fund.self, $0.fund.uuid)
                $1.need(Donation.self, $0.donation.uuid)
                $1.need(Campaign.self, $0.campaign)
            }, receive)
    }

    static func receive(_ command: ReceiveDonation, _ unit: UnitOfWork) throws -> Emission {
        let fund = try unit.require(Fund.self, command.fund.uuid, else: .unknownFund, at: "/fund")
        try fund.require(.donation, for: command.territory, at: "/territory", unit)
        try fund.requireOpened(by: command.receivedOn, at: "/receivedOn")
        // A donor may live anywhere. A campaign that collects for one office is that office's.
        if let campaign = try unit.find(Campaign.self, command.campaign) {
            try unit.requireScope(
                of: campaign.territory, serving: command.territory, at: "/campaign")
        }
        try unit.requireNew(
            Donation.self, command.donation.uuid, else: .donationExists, at: "/donation")
        var donation = Donation(
            id: command.donation, fund: fund.id, campaign: command.campaign, donor: command.donor,
            territory: command.territory, amount: command.amountFen, receivedOn: command.receivedOn)
        unit.keep(command.note, "note", of: donation.key, about: command.donor?.uuid)
        Ledger.post(
            .donation, donation.amount, of: fund.id, on: donation.receivedOn, as: donation.key, unit
        )
        let fact = DonationReceived(
            donation.subject(of: fund), amountFen: donation.amount, receivedOn: donation.receivedOn)
        return try unit.save(&donation, fact)
    }
}

extension Donation {
    func subject(of fund: Fund) -> DonationSubject {
        DonationSubject(
            donation: id, fund: fund.id, programme: fund.programme, campaign: campaign,
            territory: territory)
    }
}

extension RefusalCode {
    static let donationExists = RefusalCode(
        "donation_exists", "the id of a donation that was not received yet")
}
