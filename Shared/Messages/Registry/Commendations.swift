/// Commends a person on an occasion, such as the member day of 29 May.
public struct AwardCommendation: Command, Territorial {
    public static let type = "registry.commendation.award.v1"

    public var commendation: CommendationID
    public var recipient: PersonID
    public var territory: TerritoryCode
    public var occasion: String
    public var awardedOn: BusinessDate

    public init(
        commendation: CommendationID, recipient: PersonID, territory: TerritoryCode,
        occasion: String, awardedOn: BusinessDate
    ) {
        self.commendation = commendation
        self.recipient = recipient
        self.territory = territory
        self.occasion = occasion
        self.awardedOn = awardedOn
    }

    public func check(_ checks: inout Checks) {
        checks.text(occasion, "occasion", TextLimit.name)
    }
}

/// A person is commended.
public struct CommendationAwarded: Fact {
    public static let type = "registry.commendation.awarded.v1"

    public var commendation: CommendationID
    public var recipient: PersonID
    public var territory: TerritoryCode
    public var occasion: String
    public var awardedOn: BusinessDate

    public init(
        commendation: CommendationID, recipient: PersonID, territory: TerritoryCode,
        occasion: String, awardedOn: BusinessDate
    ) {
        self.commendation = commendation
        self.recipient = recipient
        self.territory = territory
        self.occasion = occasion
        self.awardedOn = awardedOn
    }
}

/// Takes a commendation back.
public struct WithdrawCommendation: Command {
    public static let type = "registry.commendation.withdraw.v1"

    public var commendation: CommendationID
    public var withdrawnOn: BusinessDate

    public init(commendation: CommendationID, withdrawnOn: BusinessDate) {
        self.commendation = commendation
        self.withdrawnOn = withdrawnOn
    }
}

/// A commendation no longer counts.
public struct CommendationWithdrawn: Fact {
    public static let type = "registry.commendation.withdrawn.v1"

    public var commendation: CommendationID
    public var recipient: PersonID
    public var territory: TerritoryCode
    public var occasion: String
    public var awardedOn: BusinessDate
    public var withdrawnOn: BusinessDate

    public init(
        commendation: CommendationID, recipient: PersonID, territory: TerritoryCode,
        occasion: String, awardedOn: BusinessDate, withdrawnOn: BusinessDate
    ) {
        self.commendation = commendation
        self.recipient = recipient
        self.territory = territory
        self.occasion = occasion
        self.awardedOn = awardedOn
        self.withdrawnOn = withdrawnOn
    }
}
