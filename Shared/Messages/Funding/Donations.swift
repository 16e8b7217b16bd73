extension Tag {
    public enum Donation {}
    public enum Donor {}
}
public typealias DonationID = ID<Tag.Donation>
public typealias DonorID = ID<Tag.Donor>

/// Records a donation to a fund.
public struct ReceiveDonation: Command, Territorial, Placed {
    public static let type = "funding.donation.receive.v1"

    public var donation: DonationID
    public var fund: FundID
    /// Such as `one-yuan-2020`.
    public var campaign: String
    public var donor: DonorID?
    public var territory: TerritoryCode
    public var amountFen: Fen
    public var receivedOn: BusinessDate
    /// At most 500 characters; stays in funding.
    public var note: String?

    public var placement: Placement { Placement(territory, on: receivedOn) }

    public init(
        donation: DonationID, fund: FundID, campaign: String, donor: DonorID? = nil,
        territory: TerritoryCode, amountFen: Fen, receivedOn: BusinessDate, note: String? = nil
    ) {
        self.donation = donation
        self.fund = fund
        self.campaign = campaign
        self.donor = donor
        self.territory = territory
        self.amountFen = amountFen
        self.receivedOn = receivedOn
        self.note = note
    }

    public func check(_ checks: inout Checks) {
        checks.happened(receivedOn, "receivedOn")
        checks.text(campaign, "campaign", TextLimit.key)
        checks.positive(amountFen, "amountFen")
        checks.text(note, "note", TextLimit.note)
    }
}

/// The donation that a fact is about.
public struct DonationSubject: Flattened {
    public var donation: DonationID
    /// The fund that received the donation.
    public var fund: FundID
    /// The programme of that fund.
    public var programme: Programme
    public var campaign: String
    public var territory: TerritoryCode

    public init(
        donation: DonationID, fund: FundID, programme: Programme, campaign: String,
        territory: TerritoryCode
    ) {
        self.donation = donation
        self.fund = fund
        self.programme = programme
        self.campaign = campaign
        self.territory = territory
    }
}

/// A donation was received.
public struct DonationReceived: Fact, HasSubject {
    public static let type = "funding.donation.received.v1"

    public var about: DonationSubject
    public var amountFen: Fen
    public var receivedOn: BusinessDate

    public init(_ about: DonationSubject, amountFen: Fen, receivedOn: BusinessDate) {
        self.about = about
        self.amountFen = amountFen
        self.receivedOn = receivedOn
    }
}
