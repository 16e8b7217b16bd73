extension Tag { public enum Commendation {} }
public typealias CommendationID = ID<Tag.Commendation>

/// The commendation that a message is about.
public struct CommendationSubject: Flattened {
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

/// Commends a person on an occasion, such as the member day of 29 May.
public struct AwardCommendation: Command, Territorial, HasSubject {
    public static let type = "registry.commendation.award.v1"

    public var about: CommendationSubject

    public var territory: TerritoryCode { about.territory }

    public init(_ about: CommendationSubject) {
        self.about = about
    }

    public func check(_ checks: inout Checks) {
        checks.happened(about.awardedOn, "awardedOn")
        checks.text(about.occasion, "occasion", TextLimit.name)
    }
}

/// A person is commended.
public struct CommendationAwarded: Fact, HasSubject {
    public static let type = "registry.commendation.awarded.v1"

    public var about: CommendationSubject

    public init(_ about: CommendationSubject) {
        self.about = about
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

    public func check(_ checks: inout Checks) {
        checks.happened(withdrawnOn, "withdrawnOn")
    }
}

/// A commendation no longer counts.
public struct CommendationWithdrawn: Fact, HasSubject {
    public static let type = "registry.commendation.withdrawn.v1"

    public var about: CommendationSubject
    public var withdrawnOn: BusinessDate

    public init(_ about: CommendationSubject, withdrawnOn: BusinessDate) {
        self.about = about
        self.withdrawnOn = withdrawnOn
    }
}
