extension Tag { public enum Member {} }
public typealias MemberID = ID<Tag.Member>

/// Role of a person in a branch of the association.
public enum MemberRole: String, WireEnum {
    case member
    /// 小组长.
    case groupLeader = "group_leader"
    case volunteer, staff, officer

    /// Whether the role acts for the association with an authority.
    public var isOffice: Bool { self == .staff || self == .officer }
}

/// Levels of authority. The level of an office is that of its branch.
public enum AuthorityLevel: String, WireEnum {
    case community, subdistrict, district

    public var territory: TerritoryCode.Level {
        switch self {
        case .community: .community
        case .subdistrict: .subdistrict
        case .district: .district
        }
    }
}

/// How a membership ended.
public enum MemberEnding: String, WireEnum {
    case left
    /// It ran out and was not renewed.
    case lapsed
}

/// The membership that a message is about.
public struct MemberSubject: Flattened {
    public var member: MemberID
    public var person: PersonID
    public var role: MemberRole
    /// The territory of the branch.
    public var territory: TerritoryCode
    /// Required for staff and officers; absent for others.
    public var level: AuthorityLevel?

    public init(
        member: MemberID, person: PersonID, role: MemberRole, territory: TerritoryCode,
        level: AuthorityLevel? = nil
    ) {
        self.member = member
        self.person = person
        self.role = role
        self.territory = territory
        self.level = level
    }
}

/// Applies for membership in a branch. `EnrolMember` with the same id admits the person.
public struct ApplyForMembership: Command, Territorial, HasSubject {
    public static let type = "registry.member.apply.v1"

    public var about: MemberSubject
    public var appliedOn: BusinessDate

    public var territory: TerritoryCode { about.territory }

    public init(_ about: MemberSubject, appliedOn: BusinessDate) {
        self.about = about
        self.appliedOn = appliedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(appliedOn, "appliedOn")
    }
}

/// A person has applied for membership in a branch, and is not active there yet.
public struct MembershipApplied: PeopleFact, HasSubject {
    public static let type = "registry.member.applied.v1"

    public var about: MemberSubject
    public var appliedOn: BusinessDate
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        _ about: MemberSubject, appliedOn: BusinessDate, records: PeopleRecords? = nil
    ) {
        self.about = about
        self.appliedOn = appliedOn
        self.records = records
    }
}

/// Enrols a person in a branch as a member, volunteer, staff member or officer. If the person has
/// applied, the command has the id, role, territory and level of the application.
public struct EnrolMember: Command, Territorial, HasSubject {
    public static let type = "registry.member.enrol.v1"

    public var about: MemberSubject
    public var enrolledOn: BusinessDate

    public var territory: TerritoryCode { about.territory }

    public init(_ about: MemberSubject, enrolledOn: BusinessDate) {
        self.about = about
        self.enrolledOn = enrolledOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(enrolledOn, "enrolledOn")
    }
}

/// A person is active in a branch.
public struct MemberEnrolled: PeopleFact, HasSubject {
    public static let type = "registry.member.enrolled.v1"

    public var about: MemberSubject
    public var enrolledOn: BusinessDate
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        _ about: MemberSubject, enrolledOn: BusinessDate, records: PeopleRecords? = nil
    ) {
        self.about = about
        self.enrolledOn = enrolledOn
        self.records = records
    }
}

/// Ends a membership.
public struct LeaveMember: Command {
    public static let type = "registry.member.leave.v1"

    public var member: MemberID
    /// Default: `left`.
    public var ending: MemberEnding?
    /// The first day without membership.
    public var leftOn: BusinessDate

    public init(member: MemberID, ending: MemberEnding? = nil, leftOn: BusinessDate) {
        self.member = member
        self.ending = ending
        self.leftOn = leftOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(leftOn, "leftOn")
    }
}

/// A person is no longer active in a branch.
public struct MemberLeft: PeopleFact, HasSubject {
    public static let type = "registry.member.left.v1"

    public var about: MemberSubject
    public var ending: MemberEnding
    public var enrolledOn: BusinessDate
    public var leftOn: BusinessDate
    /// What registry holds of those concerned, after it. Older facts do not have it.
    public var records: PeopleRecords?

    public init(
        _ about: MemberSubject, ending: MemberEnding, enrolledOn: BusinessDate,
        leftOn: BusinessDate, records: PeopleRecords? = nil
    ) {
        self.about = about
        self.ending = ending
        self.enrolledOn = enrolledOn
        self.leftOn = leftOn
        self.records = records
    }
}
