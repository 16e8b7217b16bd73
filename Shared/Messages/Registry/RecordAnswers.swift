public import FoundationEssentials

/// State of a membership.
public enum MembershipState: String, WireEnum {
    case applied, active, lapsed, left
    /// It never was.
    case void
}

/// A membership and its dates.
public struct MembershipAnswer: Codable, Hashable, Sendable {
    public var member: MemberID
    public var role: MemberRole
    public var territory: TerritoryCode
    public var level: AuthorityLevel?
    public var state: MembershipState
    public var appliedOn: BusinessDate?
    public var enrolledOn: BusinessDate?
    /// The first day on which it no longer holds.
    public var leftOn: BusinessDate?

    public init(
        member: MemberID, role: MemberRole, territory: TerritoryCode, level: AuthorityLevel? = nil,
        state: MembershipState, appliedOn: BusinessDate? = nil, enrolledOn: BusinessDate? = nil,
        leftOn: BusinessDate? = nil
    ) {
        self.member = member
        self.role = role
        self.territory = territory
        self.level = level
        self.state = state
        self.appliedOn = appliedOn
        self.enrolledOn = enrolledOn
        self.leftOn = leftOn
    }
}

/// One page of a person's memberships.
public struct MembershipsAnswer: Codable, Hashable, Sendable {
    /// The id in force: of merged registrations, the survivor's.
    public var person: PersonID
    public var memberships: [MembershipAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: MemberID?

    public init(person: PersonID, memberships: [MembershipAnswer], next: MemberID? = nil) {
        self.person = person
        self.memberships = memberships
        self.next = next
    }
}

/// One page of categories.
public struct CategoriesAnswer: Codable, Hashable, Sendable {
    public var categories: [CategoryAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: AssertionID?

    public init(categories: [CategoryAnswer], next: AssertionID? = nil) {
        self.categories = categories
        self.next = next
    }
}

/// A decision about consent, as it was recorded.
public struct ConsentAnswer: Codable, Hashable, Sendable {
    /// The command that recorded it.
    public var message: UUID
    public var purpose: ConsentPurpose
    public var decision: ConsentDecision
    public var decidedOn: BusinessDate
    /// True if the command took such a decision back, because it had been recorded by mistake.
    public var takesBack: Bool?

    public init(
        message: UUID, purpose: ConsentPurpose, decision: ConsentDecision,
        decidedOn: BusinessDate, takesBack: Bool? = nil
    ) {
        self.message = message
        self.purpose = purpose
        self.decision = decision
        self.decidedOn = decidedOn
        self.takesBack = takesBack
    }
}

/// One page of a person's decisions about consent, by their dates.
public struct ConsentsAnswer: Codable, Hashable, Sendable {
    /// The id in force: of merged registrations, the survivor's.
    public var person: PersonID
    /// The purposes to which the person agrees now.
    public var given: [ConsentPurpose]
    public var decisions: [ConsentAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: UUID?

    public init(
        person: PersonID, given: [ConsentPurpose], decisions: [ConsentAnswer], next: UUID? = nil
    ) {
        self.person = person
        self.given = given
        self.decisions = decisions
        self.next = next
    }
}

/// A site. Its council is named by ids.
public struct SiteAnswer: Codable, Hashable, Sendable {
    public var site: SiteID
    public var kind: SiteKind
    public var territory: TerritoryCode
    public var nameZh: String
    public var nameEn: String
    public var openedOn: BusinessDate
    /// The first day on which it is closed.
    public var closedOn: BusinessDate?
    /// The date of the last appointment.
    public var councilOn: BusinessDate?
    public var council: [PersonID]

    public init(
        site: SiteID, kind: SiteKind, territory: TerritoryCode, nameZh: String, nameEn: String,
        openedOn: BusinessDate, closedOn: BusinessDate? = nil, councilOn: BusinessDate? = nil,
        council: [PersonID]
    ) {
        self.site = site
        self.kind = kind
        self.territory = territory
        self.nameZh = nameZh
        self.nameEn = nameEn
        self.openedOn = openedOn
        self.closedOn = closedOn
        self.councilOn = councilOn
        self.council = council
    }
}

/// One page of sites, by their ids.
public struct SitesAnswer: Codable, Hashable, Sendable {
    public var sites: [SiteAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: SiteID?

    public init(sites: [SiteAnswer], next: SiteID? = nil) {
        self.sites = sites
        self.next = next
    }
}

/// What a publisher was granted.
public struct PublisherAnswer: Codable, Hashable, Sendable {
    public var publisher: String
    public var types: [String]
    /// The territories of the grant that have to do with the one that was asked for.
    public var territories: [TerritoryCode]

    public init(publisher: String, types: [String], territories: [TerritoryCode]) {
        self.publisher = publisher
        self.types = types
        self.territories = territories
    }
}

/// One page of grants, by the publishers' names.
public struct PublishersAnswer: Codable, Hashable, Sendable {
    public var publishers: [PublisherAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: String?

    public init(publishers: [PublisherAnswer], next: String? = nil) {
        self.publishers = publishers
        self.next = next
    }
}

/// One answer that was about the person or household.
public struct ReadAnswer: Codable, Hashable, Sendable {
    public var publisher: String
    /// The type of the query.
    public var type: String
    /// The id of the query.
    public var message: UUID
    public var readAt: Timestamp

    public init(publisher: String, type: String, message: UUID, readAt: Timestamp) {
        self.publisher = publisher
        self.type = type
        self.message = message
        self.readAt = readAt
    }
}

/// One page of reads, the oldest first.
public struct ReadsAnswer: Codable, Hashable, Sendable {
    public var reads: [ReadAnswer]
    /// `after` of the next page; nil on the last page.
    public var next: UUID?

    public init(reads: [ReadAnswer], next: UUID? = nil) {
        self.reads = reads
        self.next = next
    }
}
