/// What a family can be eligible for by a rule of its own; insurance and loans have theirs in their
/// product and programme.
public enum FamilyRule: String, WireEnum {
    /// Rule E4, 暖心家政.
    case homeService = "home_service"
    /// Rule E5, 慰问.
    case condolence
    /// Rule E5, 助学.
    case tuition
}

/// Sets a new version of a rule, which counts from a day on.
public struct DefineEligibility: Command {
    public static let type = "funding.eligibility.define.v1"

    public var rule: FamilyRule
    public var version: Int
    public var validFrom: BusinessDate
    /// The household or a member must be recognised as one of these.
    public var categories: [Category]
    /// Some member must have completed so many years.
    public var memberMinimumAge: Int?

    public init(
        rule: FamilyRule, version: Int, validFrom: BusinessDate, categories: [Category],
        memberMinimumAge: Int? = nil
    ) {
        self.rule = rule
        self.version = version
        self.validFrom = validFrom
        self.categories = categories
        self.memberMinimumAge = memberMinimumAge
    }

    public func check(_ checks: inout Checks) {
        checks.number(version, "version", 1...1_000_000)
        checks.count(categories, "categories", 1...Category.allCases.count)
        checks.require(
            Set(categories).count == categories.count, "categories", "each category once")
        checks.number(memberMinimumAge, "memberMinimumAge", 0...150)
    }
}

/// A version of a rule is set.
public struct EligibilityDefined: Fact {
    public static let type = "funding.eligibility.defined.v1"

    public var rule: FamilyRule
    public var version: Int
    public var validFrom: BusinessDate
    public var categories: [Category]
    public var memberMinimumAge: Int?

    public init(
        rule: FamilyRule, version: Int, validFrom: BusinessDate, categories: [Category],
        memberMinimumAge: Int? = nil
    ) {
        self.rule = rule
        self.version = version
        self.validFrom = validFrom
        self.categories = categories
        self.memberMinimumAge = memberMinimumAge
    }
}
