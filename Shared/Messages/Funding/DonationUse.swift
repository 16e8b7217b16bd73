extension Tag {
    public enum Allocation {}
    public enum Refund {}
}
public typealias AllocationID = ID<Tag.Allocation>
public typealias RefundID = ID<Tag.Refund>

/// Gives a donation a receipt: the next number of its fund in the year of `businessDate`.
public struct ReceiptDonation: Command {
    public static let type = "funding.donation.receipt.v1"

    public var donation: DonationID
    public var businessDate: BusinessDate

    public init(donation: DonationID, businessDate: BusinessDate) {
        self.donation = donation
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
    }
}

/// A donation has a receipt. The numbers of a fund and year have no gaps.
public struct DonationReceipted: Fact, HasSubject {
    public static let type = "funding.donation.receipted.v1"

    public var about: DonationSubject
    public var amountFen: Fen
    public var year: Int
    /// Number of the receipt, from 1.
    public var number: Int
    public var businessDate: BusinessDate

    public init(
        _ about: DonationSubject, amountFen: Fen, year: Int, number: Int, businessDate: BusinessDate
    ) {
        self.about = about
        self.amountFen = amountFen
        self.year = year
        self.number = number
        self.businessDate = businessDate
    }
}

/// Allocates part or all of a donation to funds and programmes.
public struct AllocateDonation: Command {
    public static let type = "funding.donation.allocate.v1"

    public var allocation: AllocationID
    public var donation: DonationID
    /// 1 to 100 lines.
    public var lines: [AllocationLine]
    public var businessDate: BusinessDate
    public var actor: Actor

    public init(
        allocation: AllocationID, donation: DonationID, lines: [AllocationLine],
        businessDate: BusinessDate, actor: Actor
    ) {
        self.allocation = allocation
        self.donation = donation
        self.lines = lines
        self.businessDate = businessDate
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.count(lines, "lines", 1...100)
        checks.each(lines, "lines") { $0.check(&$1) }
    }
}

/// The part for one fund and programme, as an amount or as a share of the donation.
public struct AllocationLine: Codable, Hashable, Sendable {
    public var fund: FundID
    /// Default: the programme of the fund.
    public var programme: Programme?
    public var amountFen: Fen?
    /// Share of the whole donation in hundredths of a percent: 10,000 is all of it.
    public var basisPoints: Int?

    public init(
        fund: FundID, programme: Programme? = nil, amountFen: Fen? = nil, basisPoints: Int? = nil
    ) {
        self.fund = fund
        self.programme = programme
        self.amountFen = amountFen
        self.basisPoints = basisPoints
    }

    func check(_ checks: inout Checks) {
        checks.number(basisPoints, "basisPoints", 1...10_000)
        if let amountFen { checks.positive(amountFen, "amountFen") }
        checks.require(
            (amountFen == nil) != (basisPoints == nil), "amountFen",
            "either amountFen or basisPoints")
    }
}

/// Part or all of a donation was allocated. The amounts of its lines add up to `amountFen`.
public struct DonationAllocated: Fact, HasSubject {
    public static let type = "funding.donation.allocated.v1"

    public var allocation: AllocationID
    public var about: DonationSubject
    public var amountFen: Fen
    public var lines: [AllocatedLine]
    /// Amount neither allocated nor refunded.
    public var leftFen: Fen
    public var businessDate: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(
        _ about: DonationSubject, allocation: AllocationID, amountFen: Fen, lines: [AllocatedLine],
        leftFen: Fen, businessDate: BusinessDate, actor: Actor? = nil
    ) {
        self.about = about
        self.allocation = allocation
        self.amountFen = amountFen
        self.lines = lines
        self.leftFen = leftFen
        self.businessDate = businessDate
        self.actor = actor
    }
}

/// The part that went to one fund and programme.
public struct AllocatedLine: Codable, Hashable, Sendable {
    public var fund: FundID
    public var programme: Programme
    /// The territory of the fund.
    public var territory: TerritoryCode
    public var amountFen: Fen

    public init(fund: FundID, programme: Programme, territory: TerritoryCode, amountFen: Fen) {
        self.fund = fund
        self.programme = programme
        self.territory = territory
        self.amountFen = amountFen
    }
}

/// Refunds part or all of the donation that is not allocated.
public struct RefundDonation: Command {
    public static let type = "funding.donation.refund.v1"

    public var refund: RefundID
    public var donation: DonationID
    public var amountFen: Fen
    public var reason: String
    public var businessDate: BusinessDate
    public var actor: Actor

    public init(
        refund: RefundID, donation: DonationID, amountFen: Fen, reason: String,
        businessDate: BusinessDate, actor: Actor
    ) {
        self.refund = refund
        self.donation = donation
        self.amountFen = amountFen
        self.reason = reason
        self.businessDate = businessDate
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.positive(amountFen, "amountFen")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// Part or all of a donation was refunded.
public struct DonationRefunded: Fact, HasSubject {
    public static let type = "funding.donation.refunded.v1"

    public var refund: RefundID
    public var about: DonationSubject
    public var amountFen: Fen
    /// Amount neither allocated nor refunded.
    public var leftFen: Fen
    public var businessDate: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(
        _ about: DonationSubject, refund: RefundID, amountFen: Fen, leftFen: Fen,
        businessDate: BusinessDate, actor: Actor? = nil
    ) {
        self.about = about
        self.refund = refund
        self.amountFen = amountFen
        self.leftFen = leftFen
        self.businessDate = businessDate
        self.actor = actor
    }
}

/// Binds the donations of a campaign to a territory, and to a programme if one is named.
public struct RestrictCampaign: Command, Territorial, Placed, Flattened {
    public static let type = "funding.campaign.restrict.v1"

    public var campaign: String
    public var territory: TerritoryCode
    public var programme: Programme?
    public var businessDate: BusinessDate

    public var placement: Placement { Placement(territory, on: businessDate) }

    public init(
        campaign: String, territory: TerritoryCode, programme: Programme? = nil,
        businessDate: BusinessDate
    ) {
        self.campaign = campaign
        self.territory = territory
        self.programme = programme
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.text(campaign, "campaign", TextLimit.key)
    }
}

/// Donations of a campaign are only allocated to funds in that territory and to that programme.
public struct CampaignRestricted: Fact, HasSubject {
    public static let type = "funding.campaign.restricted.v1"

    public var about: RestrictCampaign

    public init(_ about: RestrictCampaign) {
        self.about = about
    }
}
