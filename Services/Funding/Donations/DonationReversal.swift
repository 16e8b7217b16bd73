import Foundation
import Messages
import Postgres
import ServiceKit

/// Undoes donations, refunds and allocations.
extension ReversalEffect {
    static func undoDonation(
        _ posting: Posting, _ command: ReverseTransfer, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> ReversalEffect {
        guard let donation = try unit.find(Donation.self, posting.id) else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        var use = try DonationUse.find(donation, unit)
        guard use.allocated == .zero, use.refunded == .zero else {
            throw Refusal(.laterFirst, at: "/transfer")
        }
        try CaseDays.requireLatest(
            command.businessDate, after: latest(of: donation), at: "/businessDate", unit)
        use.reversedOn = command.businessDate
        try unit.store(use)
        return ReversalEffect(
            postings: [posting], subject: donation.key, record: donation.key,
            programme: fund.programme, territory: donation.territory,
            about: donation.donor?.uuid)
    }

    /// The latest day on which a part of the donation was used or a use of it taken back.
    private static func latest(of donation: Donation) -> Statement {
        """
        WITH made AS (
            SELECT id FROM refund WHERE donation = \(donation.key)
            UNION ALL SELECT id FROM allocation_share WHERE donation = \(donation.key))
        SELECT max(d.day) FROM (
            SELECT t.business_date FROM made AS m JOIN transfer AS t ON t.id = m.id
            UNION ALL
            SELECT r.business_date FROM made AS m JOIN reversal AS r ON r.transfer = m.id
        ) AS d (day)
        """
    }

    static func undoRefund(
        _ posting: Posting, _ command: ReverseTransfer, _ fund: Fund, _ unit: UnitOfWork
    ) throws -> ReversalEffect {
        guard var refund = try unit.find(Refund.self, posting.id),
            let donation = try unit.find(Donation.self, refund.donation.uuid)
        else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        var use = try DonationUse.find(donation, unit)
        use.refunded = use.refunded - refund.amount
        refund.reversedOn = command.businessDate
        try unit.store(use)
        try unit.store(refund)
        return ReversalEffect(
            postings: [posting], subject: donation.key, record: refund.key,
            programme: fund.programme, territory: donation.territory,
            about: donation.donor?.uuid)
    }

    /// Reverses both transfers of a share: out of the one fund and into the other.
    static func undoAllocation(
        _ posting: Posting, _ command: ReverseTransfer, _ unit: UnitOfWork
    ) throws -> ReversalEffect {
        let shares = try unit.query(
            """
            SELECT id, CASE id WHEN \(posting.id) THEN endowment ELSE id END FROM allocation_share
            WHERE id = \(posting.id) OR endowment = \(posting.id)
            """)
        guard let row = shares.first,
            var share = try unit.find(AllocationShare.self, row.decode(UUID.self, at: 0)),
            let other = try Posting.find(row.decode(UUID.self, at: 1), unit),
            let donation = try unit.find(Donation.self, share.donation.uuid),
            let target = try unit.find(Fund.self, share.fund.uuid)
        else {
            throw Refusal(.notReversible, at: "/transfer")
        }
        var use = try DonationUse.find(donation, unit)
        use.allocated = use.allocated - share.amount
        share.reversedOn = command.businessDate
        try unit.store(use)
        try unit.store(share)
        return ReversalEffect(
            postings: [posting, other], subject: donation.key,
            record: share.allocation.uuid, programme: share.programme,
            territory: target.territory, about: donation.donor?.uuid)
    }
}
