import Foundation
import Messages
import Postgres
import ServiceKit

/// An insurance product, with the number of its current version. The rules of all versions are kept.
struct Product: Aggregate {
    let id: ProductID
    let kind: ProductKind
    let programme: Programme
    let insured: InsuredKind
    var nameZh: String
    var nameEn: String
    /// The current version, with which runs are frozen.
    var ruleVersion: Int32
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "product", key: "id", lock: .share, Product.init,
        Field("id", \.id), Field("kind", \.kind), Field("programme", \.programme),
        Field("insured", \.insured), Field("name_zh", \.nameZh), Field("name_en", \.nameEn),
        Field("rule_version", \.ruleVersion), Field("sequence", \.sequence))
}

/// A version of a product's rule.
struct ProductRule: Record {
    let product: ProductID
    let version: Int32
    let rule: EligibilityRule
    /// The limit of all claims on one policy.
    let sumInsured: Fen?

    static let table = RecordTable<ProductRule>(
        "product_rule",
        columns: [
            Column("product", \.product), Column("version", \.version),
            Column("parent_minimum_age", { Int32($0.rule.parentMinimumAge) }),
            Column("parent_maximum_age", { Int32($0.rule.parentMaximumAge) }),
            Column("parent_rule", \.rule.parentRule),
            Column("bereaved_minimum_age", { $0.rule.bereavedMinimumAge.map(Int32.init) }),
            Column("sum_insured_fen", \.sumInsured),
        ])
}

/// The premium of a household or person on one basis, in a version of a product's rule.
struct ProductPremium: Record {
    let product: ProductID
    let version: Int32
    let premium: Premium

    static let table = RecordTable<ProductPremium>(
        "product_premium",
        columns: [
            Column("product", \.product), Column("version", \.version),
            Column("basis", \.premium.basis), Column("premium_fen", \.premium.premiumFen),
        ])
}

/// Defines insurance products. Their rules and premiums are data, in versions.
enum Products {
    static func register(in router: inout Router) {
        router.on(DefineProduct.self, keys: { $1.need(Product.self, $0.product.uuid) }, define)
    }

    static func define(_ command: DefineProduct, _ unit: UnitOfWork) throws -> Emission {
        let insured = command.insured ?? .household
        var product =
            try unit.find(Product.self, command.product.uuid)
            ?? Product(
                id: command.product, kind: command.kind, programme: command.programme,
                insured: insured, nameZh: command.nameZh, nameEn: command.nameEn, ruleVersion: 0)
        guard product.kind == command.kind else {
            throw Refusal(.productChanged, at: "/kind", expected: product.kind.rawValue)
        }
        guard product.programme == command.programme else {
            throw Refusal(.productChanged, at: "/programme", expected: "\(product.programme)")
        }
        guard product.insured == insured else {
            throw Refusal(.productChanged, at: "/insured", expected: product.insured.rawValue)
        }
        let version = try Versions.requireNew(
            command.ruleVersion, above: product.ruleVersion, at: "/ruleVersion")
        product.nameZh = command.nameZh
        product.nameEn = command.nameEn
        product.ruleVersion = version
        unit.append(
            ProductRule(
                product: product.id, version: version, rule: command.rule,
                sumInsured: command.sumInsuredFen))
        for premium in command.premiums {
            unit.append(ProductPremium(product: product.id, version: version, premium: premium))
        }
        let fact = ProductDefined(
            DefineProduct(
                product: product.id, kind: product.kind, programme: product.programme,
                nameZh: product.nameZh, nameEn: product.nameEn, ruleVersion: command.ruleVersion,
                rule: command.rule, premiums: command.premiums, insured: product.insured,
                sumInsuredFen: command.sumInsuredFen))
        return try unit.save(&product, fact)
    }
}

extension RefusalCode {
    static let unknownProduct = RefusalCode("unknown_product", "the id of a defined product")
    static let productChanged = RefusalCode(
        "product_changed", "what the product's first version says")
}
