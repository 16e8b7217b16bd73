/// Purposes with an eligibility rule of their own. Rules for insurance and loans belong to their
/// product and programme.
public enum FamilyRule: String, WireEnum {
    /// Rule E4, 暖心家政.
    case homeService = "home_service"
    /// Rule E5, 慰问.
    case condolence
    /// Rule E5, 助学.
    case tuition
}

/// Sets a new version of a rule. It applies from a day on.
public struct DefineEligibility: Command, Flattened {
    public static let type = "funding.eligibility.define.v1"

    public var rule: FamilyRule
    public var version: Int
    public var validFrom: BusinessDate
    /// The household or a member must be recognised as one of these.
    public var categories: [Category]
    /// Smallest age, in completed years, of at least one member.
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
        checks.planned(validFrom, "validFrom")
        checks.number(version, "version", 1...1_000_000)
        checks.count(categories, "categories", 1...Category.allCases.count)
        checks.require(
            Set(categories).count == categories.count, "categories", "each category once")
        checks.number(memberMinimumAge, "memberMinimumAge", 0...150)
    }
}

/// A version of a rule is set.
public struct EligibilityDefined: Fact, HasSubject {
    public static let type = "funding.eligibility.defined.v1"

    public var about: DefineEligibility

    public init(_ about: DefineEligibility) {
        self.about = about
    }
}
