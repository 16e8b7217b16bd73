import Foundation
import Messages
import Postgres
import ServiceKit

/// What the donations of a campaign may be used for. Said once: donors have given for it.
struct Campaign: Aggregate {
    let name: String
    let territory: TerritoryCode
    let programme: Programme?
    var sequence: Int64 = 0

    var key: String { name }

    static let table = Table<Campaign>(
        "campaign", key: "name", lock: .share,
        columns: [
            Column("name", { $0.name }), Column("territory", { $0.territory }),
            Column("programme", optional: { $0.programme }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Campaign(
            name: try row.next(), territory: try row.next(),
            programme: try row.next(optional: Programme.self), sequence: try row.next())
    }

    /// Refuses to give what it collected to what it did not collect for.
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

/// An allocation, so that its id counts once.
struct Allocation: Row {
    let id: AllocationID
    let donation: DonationID
    let businessDate: BusinessDate
    let staff: StaffID

    var key: UUID { id.uuid }

    static let table = Table<Allocation>(
        "allocation", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("donation", { $0.donation.uuid }),
            Column("business_date", { $0.businessDate }), Column("staff", { $0.staff.uuid }),
        ]
    ) { row in
        Allocation(
            id: AllocationID(try row.next()), donation: DonationID(try row.next()),
            businessDate: try row.next(), staff: StaffID(try row.next()))
    }
}

/// What went to one fund and programme: two transfers, out of the fund that received the donation
/// and into that one.
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
    /// When it was found to be wrong and was taken back.
    var reversedOn: BusinessDate?

    var key: UUID { id }

    static let table = Table<AllocationShare>(
        "allocation_share", key: "id",
        columns: [
            Column("id", { $0.id }), Column("endowment", { $0.endowment }),
            Column("allocation", { $0.allocation.uuid }),
            Column("donation", { $0.donation.uuid }), Column("fund", { $0.fund.uuid }),
            Column("programme", { $0.programme }), Column("amount_fen", { $0.amount }),
            Column("reversed_on", optional: { $0.reversedOn }),
        ]
    ) { row in
        AllocationShare(
            id: try row.next(), endowment: try row.next(), allocation: AllocationID(try row.next()),
            donation: DonationID(try row.next()), fund: FundID(try row.next()),
            programme: try row.next(), amount: try row.next(),
            reversedOn: try row.next(optional: BusinessDate.self))
    }
}

/// Hands donations on to the funds and programmes that they are for.
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
        let fact = CampaignRestricted(
            campaign: campaign.name, territory: campaign.territory, programme: campaign.programme,
            businessDate: command.businessDate)
        return try unit.save(&campaign, fact)
    }

    static func allocate(_ command: AllocateDonation, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Allocation.self, command.allocation.uuid, else: .allocationExists, at: "/allocation")
        let day = command.businessDate
        let (donation, fund) = try DonationUses.find(command.donation, on: day, unit)
        try Authority.require(command.actor, [.district], over: fund.territory, unit)
        var use = try DonationUse.find(donation, unit)
        let shares = try divide(command, donation, use, unit)
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
            allocation: command.allocation, donation: donation.id, fund: fund.id,
            programme: fund.programme, campaign: donation.campaign, territory: donation.territory,
            amountFen: total,
            lines: shares.map {
                AllocatedLine(
                    fund: $0.fund.id, programme: $0.programme, territory: $0.fund.territory,
                    amountFen: $0.amount)
            }, leftFen: use.left, businessDate: day)
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

// MARK: Who gets what

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
            try campaign?.require(fund, share.programme, at: pointer)
            return share
        }
    }

    private static func require(_ share: Share, at pointer: String) throws(Refusal) {
        let fund = share.fund
        guard fund.state == .open else { throw Refusal(.fundClosed, at: "\(pointer)/fund") }
        let isForOne = fund.kind == .revolving || fund.kind == .insurance
        if isForOne, share.programme != fund.programme {
            throw Refusal(
                .programmeMismatch, at: "\(pointer)/programme",
                expected: "\(fund.programme), the programme of the fund")
        }
        guard share.amount > .zero else { throw Refusal(.nothingToAllocate, at: pointer) }
    }

    static let migration = Migration(
        "0034_allocations",
        """
        INSERT INTO transfer_kind (kind, debit, credit) VALUES
            ('allocation', 'allocated', 'cash'),
            ('endowment',  'cash',      'capital');

        CREATE TABLE campaign (
            name      text   PRIMARY KEY,
            territory text   COLLATE "C" NOT NULL,
            programme text,
            sequence  bigint NOT NULL CHECK (sequence > 0)
        );

        CREATE TABLE allocation (
            id            uuid PRIMARY KEY,
            donation      uuid NOT NULL REFERENCES donation DEFERRABLE INITIALLY DEFERRED,
            business_date date NOT NULL,
            staff         uuid NOT NULL
        );

        CREATE TABLE allocation_share (
            id          uuid   PRIMARY KEY REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
            endowment   uuid   NOT NULL UNIQUE
                        REFERENCES transfer DEFERRABLE INITIALLY DEFERRED,
            allocation  uuid   NOT NULL REFERENCES allocation DEFERRABLE INITIALLY DEFERRED,
            donation    uuid   NOT NULL,
            fund        uuid   NOT NULL,
            programme   text   NOT NULL,
            amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
            reversed_on date
        );

        CREATE OR REPLACE VIEW ledger_check_giving AS
        SELECT b.fund, 'donation income is not what the donations say' AS problem
        FROM account_balance AS b
        WHERE b.account = 'donation_income' AND -b.fen <>
            (SELECT coalesce(sum(d.amount_fen), 0) FROM donation AS d WHERE d.fund = b.fund)
            - (SELECT coalesce(sum(u.refunded_fen
                   + CASE WHEN u.reversed_on IS NULL THEN 0 ELSE u.amount_fen END), 0)
               FROM donation_use AS u WHERE u.fund = b.fund)
        UNION ALL
        SELECT b.fund, 'what was handed on is not what the donations say'
        FROM account_balance AS b
        WHERE b.account = 'allocated' AND b.fen <> (
            SELECT coalesce(sum(u.allocated_fen), 0) FROM donation_use AS u WHERE u.fund = b.fund)
        UNION ALL
        SELECT u.fund, 'a donation is not what its allocations and refunds say'
        FROM donation_use AS u
        LEFT JOIN (
            SELECT donation, sum(amount_fen) AS fen FROM allocation_share
            WHERE reversed_on IS NULL GROUP BY donation) AS s ON s.donation = u.id
        LEFT JOIN (
            SELECT donation, sum(amount_fen) AS fen FROM refund
            WHERE reversed_on IS NULL GROUP BY donation) AS r ON r.donation = u.id
        WHERE (u.allocated_fen, u.refunded_fen)
            IS DISTINCT FROM (coalesce(s.fen, 0), coalesce(r.fen, 0))
        UNION ALL
        SELECT b.fund, 'the receipts of a year have a gap'
        FROM receipt_book AS b
        LEFT JOIN (
            SELECT fund, receipt_year, count(*) AS count, max(receipt_number) AS last
            FROM donation_use WHERE receipt_number IS NOT NULL
            GROUP BY fund, receipt_year) AS u ON u.fund = b.fund AND u.receipt_year = b.year
        WHERE (b.last_number, b.last_number) IS DISTINCT FROM (u.count, u.last);
        """)
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
