extension Tag { public enum Product {} }
public typealias ProductID = ID<Tag.Product>

public enum ProductKind: String, WireEnum {
    /// 意外伤害险.
    case accident
    /// 住院护理津贴险, on top of the accident insurance.
    case nursing
}

/// The unit that a product insures.
public enum InsuredKind: String, WireEnum {
    case household, person
}

/// Basis on which a household or person is insured. If several apply, the first in this order
/// counts.
public enum Basis: String, WireEnum {
    case specialFamily = "special_family"
    case lowSecurity = "low_security"
    case lowIncome = "low_income"
    case onlyChildParents = "only_child_parents"
    /// A bereaved person of the age that the rule requires.
    case bereaved

    /// The unit that is insured on this basis.
    public var insured: InsuredKind { self == .bereaved ? .person : .household }
}

/// Parents of an only child who must have the age that a rule requires.
public enum ParentRule: String, WireEnum {
    case any, all
}

/// Defines an insurance product, or a new version of its rule.
public struct DefineProduct: Command, Flattened {
    public static let type = "funding.product.define.v1"

    public var product: ProductID
    public var kind: ProductKind
    public var programme: Programme
    public var nameZh: String
    public var nameEn: String
    public var ruleVersion: Int
    public var rule: EligibilityRule
    /// At most one premium for each basis. A basis without a premium is not insured.
    public var premiums: [Premium]
    /// Default: households.
    public var insured: InsuredKind?
    /// Upper limit of all claims on one policy together. A product without it takes no claims.
    public var sumInsuredFen: Fen?

    public init(
        product: ProductID, kind: ProductKind, programme: Programme, nameZh: String, nameEn: String,
        ruleVersion: Int, rule: EligibilityRule, premiums: [Premium], insured: InsuredKind? = nil,
        sumInsuredFen: Fen? = nil
    ) {
        self.product = product
        self.kind = kind
        self.programme = programme
        self.nameZh = nameZh
        self.nameEn = nameEn
        self.ruleVersion = ruleVersion
        self.rule = rule
        self.premiums = premiums
        self.insured = insured
        self.sumInsuredFen = sumInsuredFen
    }

    public func check(_ checks: inout Checks) {
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
        checks.number(ruleVersion, "ruleVersion", 1...1_000_000)
        checks.nested(rule, "rule") { $0.check(&$1) }
        checks.count(premiums, "premiums", 1...Basis.allCases.count)
        checks.each(premiums, "premiums") { $1.positive($0.premiumFen, "premiumFen") }
        checks.require(
            Set(premiums.map(\.basis)).count == premiums.count, "premiums", "each basis once")
        let insured = insured ?? .household
        checks.require(
            premiums.allSatisfy { $0.basis.insured == insured }, "premiums",
            "bases on which a \(insured.rawValue) is insured")
        checks.require(
            rule.bereavedMinimumAge != nil || !premiums.contains { $0.basis == .bereaved }, "rule",
            "a bereavedMinimumAge, because that basis has a premium")
        if let sumInsuredFen { checks.positive(sumInsuredFen, "sumInsuredFen") }
    }
}

/// An insurance product is defined.
public struct ProductDefined: Fact, HasSubject {
    public static let type = "funding.product.defined.v1"

    public var about: DefineProduct

    public init(_ about: DefineProduct) {
        self.about = about
    }
}

/// Ages, in completed years and inclusive, at which parents of an only child and bereaved persons
/// are insured. Ages for a basis without a premium have no effect.
public struct EligibilityRule: Codable, Hashable, Sendable {
    public var parentMinimumAge: Int
    public var parentMaximumAge: Int
    public var parentRule: ParentRule
    public var bereavedMinimumAge: Int?

    public init(
        parentMinimumAge: Int, parentMaximumAge: Int, parentRule: ParentRule,
        bereavedMinimumAge: Int? = nil
    ) {
        self.parentMinimumAge = parentMinimumAge
        self.parentMaximumAge = parentMaximumAge
        self.parentRule = parentRule
        self.bereavedMinimumAge = bereavedMinimumAge
    }

    func check(_ checks: inout Checks) {
        checks.number(parentMinimumAge, "parentMinimumAge", 0...150)
        checks.number(parentMaximumAge, "parentMaximumAge", 0...150)
        checks.require(
            parentMinimumAge <= parentMaximumAge, "parentMaximumAge",
            "an age of at least parentMinimumAge")
        checks.number(bereavedMinimumAge, "bereavedMinimumAge", 0...150)
    }
}

/// The premium of one household or person for one policy year.
public struct Premium: Codable, Hashable, Sendable {
    public var basis: Basis
    public var premiumFen: Fen

    public init(basis: Basis, premiumFen: Fen) {
        self.basis = basis
        self.premiumFen = premiumFen
    }
}
