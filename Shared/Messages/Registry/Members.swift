/// What a person is in a branch of the association.
public enum MemberRole: String, WireEnum {
    case member
    /// 小组长.
    case groupLeader = "group_leader"
    case volunteer, staff, officer

    /// Whether the role acts for the association with an authority.
    public var isOffice: Bool { self == .staff || self == .officer }
}

/// The levels that manage things together; the level of an office is that of its branch.
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

/// Asks to be taken into a branch; `EnrolMember` with the same id takes the person in.
public struct ApplyForMembership: Command, Territorial {
    public static let type = "registry.member.apply.v1"

    public var member: MemberID
    public var person: PersonID
    public var role: MemberRole
    /// The branch's.
    public var territory: TerritoryCode
    /// For staff and officers, and nobody else.
    public var level: AuthorityLevel?
    public var appliedOn: BusinessDate

    public init(
        member: MemberID, person: PersonID, role: MemberRole, territory: TerritoryCode,
        level: AuthorityLevel? = nil, appliedOn: BusinessDate
    ) {
        self.member = member
        self.person = person
        self.role = role
        self.territory = territory
        self.level = level
        self.appliedOn = appliedOn
    }
}

/// A person asks to be taken into a branch, and is not active there yet.
public struct MembershipApplied: Fact {
    public static let type = "registry.member.applied.v1"

    public var member: MemberID
    public var person: PersonID
    public var role: MemberRole
    public var territory: TerritoryCode
    public var level: AuthorityLevel?
    public var appliedOn: BusinessDate

    public init(
        member: MemberID, person: PersonID, role: MemberRole, territory: TerritoryCode,
        level: AuthorityLevel? = nil, appliedOn: BusinessDate
    ) {
        self.member = member
        self.person = person
        self.role = role
        self.territory = territory
        self.level = level
        self.appliedOn = appliedOn
    }
}

/// Takes a person into a branch as a member, volunteer, staff member or officer; one who has applied, under the
/// id of the application and as it said.
public struct EnrolMember: Command, Territorial {
    public static let type = "registry.member.enrol.v1"

    public var member: MemberID
    public var person: PersonID
    public var role: MemberRole
    /// The branch's.
    public var territory: TerritoryCode
    /// For staff and officers, and nobody else.
    public var level: AuthorityLevel?
    public var enrolledOn: BusinessDate

    public init(
        member: MemberID, person: PersonID, role: MemberRole, territory: TerritoryCode,
        level: AuthorityLevel? = nil, enrolledOn: BusinessDate
    ) {
        self.member = member
        self.person = person
        self.role = role
        self.territory = territory
        self.level = level
        self.enrolledOn = enrolledOn
    }
}

/// A person is active in a branch.
public struct MemberEnrolled: Fact {
    public static let type = "registry.member.enrolled.v1"

    public var member: MemberID
    public var person: PersonID
    public var role: MemberRole
    public var territory: TerritoryCode
    public var level: AuthorityLevel?
    public var enrolledOn: BusinessDate

    public init(
        member: MemberID, person: PersonID, role: MemberRole, territory: TerritoryCode,
        level: AuthorityLevel? = nil, enrolledOn: BusinessDate
    ) {
        self.member = member
        self.person = person
        self.role = role
        self.territory = territory
        self.level = level
        self.enrolledOn = enrolledOn
    }
}

/// Ends what a person is in a branch.
public struct LeaveMember: Command {
    public static let type = "registry.member.leave.v1"

    public var member: MemberID
    /// `left` unless it says otherwise.
    public var ending: MemberEnding?
    /// The first day on which it no longer holds.
    public var leftOn: BusinessDate

    public init(member: MemberID, ending: MemberEnding? = nil, leftOn: BusinessDate) {
        self.member = member
        self.ending = ending
        self.leftOn = leftOn
    }
}

/// A person is no longer active in a branch.
public struct MemberLeft: Fact {
    public static let type = "registry.member.left.v1"

    public var member: MemberID
    public var person: PersonID
    public var role: MemberRole
    public var territory: TerritoryCode
    public var level: AuthorityLevel?
    public var ending: MemberEnding
    public var enrolledOn: BusinessDate
    public var leftOn: BusinessDate

    public init(
        member: MemberID, person: PersonID, role: MemberRole, territory: TerritoryCode,
        level: AuthorityLevel? = nil, ending: MemberEnding, enrolledOn: BusinessDate,
        leftOn: BusinessDate
    ) {
        self.member = member
        self.person = person
        self.role = role
        self.territory = territory
        self.level = level
        self.ending = ending
        self.enrolledOn = enrolledOn
        self.leftOn = leftOn
    }
}
