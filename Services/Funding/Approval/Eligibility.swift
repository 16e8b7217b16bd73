import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// A rule by which families are eligible for a service or grant (rules E4 and E5), with the number of
/// its latest version. The content of all versions is kept: data, not code.
struct FamilyRuleState: Aggregate {
    let rule: FamilyRule
    var version: Int32
    var sequence: Int64

    var key: String { rule.rawValue }

    static let table = Table(
        "family_rule", key: "rule", FamilyRuleState.init,
        Field("rule", \.rule), Field("version", \.version), Field("sequence", \.sequence))
}

/// A version of a rule.
struct FamilyRuleVersion: Record {
    let rule: FamilyRule
    let version: Int32
    let validFrom: BusinessDate
    let memberMinimumAge: Int32?

    static let table = RecordTable<FamilyRuleVersion>(
        "family_rule_version",
        columns: [
            Column("rule", \.rule), Column("version", \.version), Column("valid_from", \.validFrom),
            Column("member_minimum_age", \.memberMinimumAge),
        ])
}

/// One of the categories that make a family eligible by a version of a rule.
struct FamilyRuleCategory: Record {
    let rule: FamilyRule
    let version: Int32
    let category: Messages.Category

    static let table = RecordTable<FamilyRuleCategory>(
        "family_rule_category",
        columns: [
            Column("rule", \.rule), Column("version", \.version), Column("category", \.category),
        ])
}

/// The conditions of a version of a rule.
struct FamilyTerms {
    /// A family needs one of these.
    let categories: [Messages.Category]
    /// At least one member must have this age, in completed years, inclusive.
    let memberMinimumAge: Int?

    /// Refuses a family that is not eligible on that day.
    func require(_ family: Family, on day: BusinessDate, at pointer: String) throws(Refusal) {
        guard family.categories.contains(where: categories.contains) else {
            let names = categories.map(\.rawValue).joined(separator: " or ")
            throw Refusal(
                .notEligible, at: pointer, expected: "a family recognised as \(names) on that day")
        }
        guard family.isInhabited else {
            throw Refusal(
                .notEligible, at: pointer,
                expected: "a family with a member who is alive and there on that day")
        }
        guard let age = memberMinimumAge else { return }
        guard family.births.contains(where: { $0.completedYears(at: day) >= age }) else {
            throw Refusal(
                .notEligible, at: pointer,
                expected: "a family with a member aged \(age) or over on that day")
        }
    }
}

/// The facts about a family on a day that rules check.
struct Family {
    /// The birth dates of its living members.
    let births: [BusinessDate]
    /// Categories that hold for it.
    let categories: [Messages.Category]
    /// Whether a member is alive, has not moved out of the area and was not erased.
    var isInhabited = true
}

/// Defines the rules by which families are eligible for home services and grants, and checks them.
enum Eligibility {
    static func register(in router: inout Router) {
        router.on(
            DefineEligibility.self,
            keys: { $1.need(FamilyRuleState.self, $0.rule.rawValue) }, define)
    }

    static func define(_ command: DefineEligibility, _ unit: UnitOfWork) throws -> Emission {
        var state =
            try unit.find(FamilyRuleState.self, command.rule.rawValue)
            ?? FamilyRuleState(rule: command.rule, version: 0, sequence: 0)
        let version = try Versions.requireNew(command.version, above: state.version)
        state.version = version
        unit.append(
            FamilyRuleVersion(
                rule: command.rule, version: version, validFrom: command.validFrom,
                memberMinimumAge: command.memberMinimumAge.map(Int32.init)))
        for category in command.categories {
            unit.append(
                FamilyRuleCategory(rule: command.rule, version: version, category: category))
        }
        let fact = EligibilityDefined(command)
        return try unit.save(&state, fact)
    }

    /// Refuses a household that is not eligible by the version of a rule that is in force on that day.
    ///
    /// Only for handlers registered `alone`: it queries the database, where the changes of the rest of
    /// a batch are missing. An unknown household is not eligible, so a handler first waits for the
    /// household.
    /// - Parameter pointer: where the command names the household.
    static func require(
        _ household: HouseholdID, by rule: FamilyRule, on day: BusinessDate, at pointer: String,
        _ unit: UnitOfWork
    ) throws {
        guard let terms = try terms(of: rule, on: day, unit) else {
            throw Refusal(.noRuleInForce, at: pointer)
        }
        try terms.require(try family(household, on: day, unit), on: day, at: pointer)
    }

    private static func terms(
        of rule: FamilyRule, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> FamilyTerms? {
        let rows = try unit.query(
            """
            SELECT v.member_minimum_age, c.category
            FROM family_rule_version AS v JOIN family_rule_category AS c USING (rule, version)
            WHERE v.rule = \(rule.rawValue) AND v.version = (
                SELECT max(f.version) FROM family_rule_version AS f
                WHERE f.rule = \(rule.rawValue) AND f.valid_from <= \(day))
            ORDER BY c.category
            """)
        guard let first = rows.first else { return nil }
        return FamilyTerms(
            categories: try rows.map {
                var row = $0.cursor()
                _ = try row.next(optional: Int32.self)
                return try row.next()
            },
            memberMinimumAge: try first.decode(optional: Int32.self, at: 0).map(Int.init))
    }

    /// The household with its living members on that day, and the categories that hold then.
    private static func family(
        _ household: HouseholdID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Family {
        let members = try Households.members(of: household, on: day, unit).filter {
            $0.person.lives(on: day)
        }
        return Family(
            births: members.compactMap(\.person.birthDate),
            categories: try Households.categories(of: household, on: day, unit).map(\.category),
            isInhabited: members.contains { !$0.person.isErased && $0.stay.territory != nil })
    }
}

extension RefusalCode {
    static let noRuleInForce = RefusalCode(
        "no_rule_in_force", "a date from which the rule has a version on")
}
