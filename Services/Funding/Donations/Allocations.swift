import Foundation
import Messages
import Postgres
import ServiceKit

/// The territory and programme for which a campaign collects. Set once, because donors gave for them.
struct Campaign: Aggregate {
    let name: String
    let territory: TerritoryCode
    let programme: Programme?
    var sequence: Int64 = 0

    var key: String { name }

    static let table = Table(
        "campaign", key: "name", lock: .share, Campaign.init,
        Field("name", \.name), Field("territory", \.territory), Field("programme", \.programme),
        Field("sequence", \.sequence))

    /// Refuses to allocate a donation of the campaign to another territory or programme.
    func require(_ fund: Fund, _ programme: Programme, at pointer: String) throws(Refusal) {
        guard territory.contains(fund.territory) else {
            throw Refusal(
                .campaignRestricted, at: "\(pointer)/fund",
                expected: "the id of a fund for a territory in \(territory)")
        }
        if let only = self.programme, only != programme {
            throw Refusal(
                .campaignRestricted, at: "\(pointer)/programme", expected: "the programme \(only)")
        }
    }
}

/// An allocation of a donation. The row makes sure that its id counts once.
struct Allocation: Row {
    let id: AllocationID
    let donation: DonationID
    let businessDate: BusinessDate
    let staff: StaffID

    var key: UUID { id.uuid }

    static let table = Table(
        "allocation", key: "id", Allocation.init,
        Field("id", \.id), Field("donation", \.donation), Field("business_date", \.businessDate),
        Field("staff", \.staff))
}

/// The part of a donation that went to one fund and programme. It is two transfers: out of the fund
/// that received the donation, and into the other one.
struct AllocationShare: Row {
    /// The transfer out.
    let id: UUID
    /// The transfer in.
    let endowment: UUID
    let allocation: AllocationID
    let donation: DonationID
    let fund: FundID
    let programme: Programme
    let amount: Fen
    /// The business date of its reversal.
    var reversedOn: BusinessDate?

    var key: UUID { id }

    static let table = Table(
        "allocation_share", key: "id", AllocationShare.init,
        Field("id", \.id), Field("endowment", \.endowment), Field("allocation", \.allocation),
        Field("donation", \.donation), Field("fund", \.fund), Field("programme", \.programme),
        Field("amount_fen", \.amount), Field("reversed_on", \.reversedOn))
}

/// Allocates donations to the funds and programmes that they are for.
enum Allocations {
    static func register(in router: inout Router) {
        router.on(
            RestrictCampaign.self, keys: { $1.need(Campaign.self, $0.campaign) }, restrict)
        router.on(
            AllocateDonation.self,
            keys: {
                $1.need(Donation.self, $0.donation.uuid)
                $1.need(DonationUse.self, $0.donation.uuid)
                $1.need(Allocation.self, $0.allocation.uuid)
            }, alone: true, allocate)
    }

    static func restrict(_ command: RestrictCampaign, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Campaign.self, command.campaign, else: .campaignExists, at: "/campaign")
        var campaign = Campaign(
            name: command.campaign, territory: command.territory, programme: command.programme)
        let fact = CampaignRestricted(command)
        return try unit.save(&campaign, fact)
    }

    static func allocate(_ command: AllocateDonation, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Allocation.self, command.allocation.uuid, else: .allocationExists, at: "/allocation")
        let day = command.businessDate
        let (donation, fund) = try DonationUses.find(command.donation, on: day, unit)
        try Authority.require(
            command.actor, [.district], over: fund.territory,
            on: day, of: command.allocation.uuid, unit)
        var use = try DonationUse.find(donation, unit)
        let shares = try divide(command, donation, use, unit)
        try DonationUses.requireLeft(
            shares.reduce(.zero) { $0 + $1.amount }, of: donation, on: day, at: "/lines", unit)
        let away = shares.filter { $0.fund.id != fund.id }.reduce(Fen.zero) { $0 + $1.amount }
        try Ledger.requireCash(away, of: fund.id, from: day, at: "/businessDate", unit)
        try unit.store(
            Allocation(
                id: command.allocation, donation: donation.id, businessDate: day,
                staff: command.actor.staff))
        for (index, share) in shares.enumerated() {
            try post(share, number: index, command, from: fund, unit)
        }
        let total = shares.reduce(Fen.zero) { $0 + $1.amount }
        use.allocated = use.allocated + total
        let fact = DonationAllocated(
            donation.subject(of: fund), allocation: command.allocation, amountFen: total,
            lines: shares.map {
                AllocatedLine(
                    fund: $0.fund.id, programme: $0.programme, territory: $0.fund.territory,
                    amountFen: $0.amount)
            }, leftFen: use.left, businessDate: day, actor: command.actor)
        return try unit.save(&use, fact)
    }

    private static func post(
        _ share: Share, number: Int, _ command: AllocateDonation, from fund: Fund,
        _ unit: UnitOfWork
    ) throws {
        let (out, into) = (unit.id(of: "allocation \(number)"), unit.id(of: "endowment \(number)"))
        Ledger.post(.allocation, share.amount, of: fund.id, on: command.businessDate, as: out, unit)
        Ledger.post(
            .endowment, share.amount, of: share.fund.id, on: command.businessDate, as: into, unit)
        try unit.store(
            AllocationShare(
                id: out, endowment: into, allocation: command.allocation,
                donation: command.donation, fund: share.fund.id, programme: share.programme,
                amount: share.amount))
    }
}

// MARK: Shares

extension Allocations {
    private struct Share {
        let fund: Fund
        let programme: Programme
        let amount: Fen
    }

    private static func divide(
        _ command: AllocateDonation, _ donation: Donation, _ use: DonationUse, _ unit: UnitOfWork
    ) throws -> [Share] {
        let campaign = try unit.find(Campaign.self, donation.campaign)
        // It may have been restricted to another office's territory since.
        if let campaign {
            try unit.requireScope(
                of: campaign.territory, serving: donation.territory, at: "/donation")
        }
        let amounts = AllocationSplit.amounts(command.lines, of: donation.amount)
        guard amounts.reduce(.zero, +) <= use.left else {
            throw Refusal(
                .moreThanLeft, at: "/lines",
                expected: "at most \(use.left.rawValue) fen together, which are left of it")
        }
        return try command.lines.enumerated().map { index, line in
            let pointer = "/lines/\(index)"
            let fund = try unit.require(
                Fund.self, line.fund.uuid, else: .unknownFund, at: "\(pointer)/fund")
            let share = Share(
                fund: fund, programme: line.programme ?? fund.programme, amount: amounts[index])
            try unit.requireScope(fund.territory, at: "\(pointer)/fund")
            try require(share, at: pointer)
            try fund.requireOpened(by: command.businessDate, at: "/businessDate")
            try campaign?.require(fund, share.programme, at: pointer)
            return share
        }
    }

    private static func require(_ share: Share, at pointer: String) throws(Refusal) {
        let fund = share.fund
        try fund.requireOpen(at: "\(pointer)/fund")
        let isForOne = fund.kind == .revolving || fund.kind == .insurance
        if isForOne, share.programme != fund.programme {
            throw Refusal(
                .programmeMismatch, at: "\(pointer)/programme",
                expected: "\(fund.programme), the programme of the fund")
        }
        guard share.amount > .zero else { throw Refusal(.nothingToAllocate, at: pointer) }
    }
}

extension RefusalCode {
    static let campaignExists = RefusalCode(
        "campaign_exists", "a campaign that is not restricted yet")
    static let campaignRestricted = RefusalCode(
        "campaign_restricted", "what the campaign has collected for")
    static let allocationExists = RefusalCode(
        "allocation_exists", "the id of an allocation that was not made yet")
    static let programmeMismatch = RefusalCode("programme_mismatch", "the programme of the fund")
    static let nothingToAllocate = RefusalCode(
        "nothing_to_allocate", "a share of at least one fen")
}
