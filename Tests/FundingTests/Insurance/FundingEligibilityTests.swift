import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import ServiceKit

/// Rules E4 and E5 as functions of a family and a day.
@Suite struct FundingFamilyTermsTests {
    typealias Samples = FundingSamples

    static let homeService = FamilyTerms(
        categories: [.bereaved, .disabledChild], memberMinimumAge: 60)

    private func refusal(
        of births: [String], as category: Messages.Category = .bereaved,
        _ terms: FamilyTerms = homeService, on day: String
    ) throws -> Refusal? {
        let family = Family(
            births: try births.map(Samples.date), categories: [category])
        return Self.refusal(of: family, terms, on: try Samples.date(day))
    }

    private static func refusal(
        of family: Family, _ terms: FamilyTerms, on day: BusinessDate
    ) -> Refusal? {
        Support.refusal { () throws(Refusal) in
            try terms.require(family, on: day, at: "/household")
        }
    }

    @Test(
        "A home service asks for a member of 60 completed years on the day of the order",
        arguments: [
            // 59 for one more day, 60 today, 61.
            ("1960-05-27", "2020-05-26", false), ("1960-05-26", "2020-05-26", true),
            ("1959-05-26", "2020-05-26", true),
            // Born on 29 February: 60 on 29 February 2020; 59 until 1 March in a common year.
            ("1960-02-29", "2020-02-28", false), ("1960-02-29", "2020-02-29", true),
            ("1964-02-29", "2024-02-29", true), ("1958-02-28", "2018-02-28", true),
            ("1956-02-29", "2015-02-28", false), ("1956-02-29", "2016-02-29", true),
        ])
    func age(_ birth: String, _ day: String, _ isEligible: Bool) throws {
        let refusal = try refusal(of: [birth, "2000-01-01"], on: day)
        #expect((refusal == nil) == isEligible)
        if !isEligible {
            #expect(refusal?.code == "not_eligible")
            #expect(refusal?.pointer == "/data/household")
            #expect(
                refusal?.expected == "a family with a member aged 60 or over on that day")
        }
    }

    @Test("Someone born on 29 February completes a year on 1 March in common years")
    func leapDay() throws {
        let terms = FamilyTerms(categories: [.bereaved], memberMinimumAge: 59)
        #expect(try refusal(of: ["1960-02-29"], terms, on: "2019-02-28") != nil)
        #expect(try refusal(of: ["1960-02-29"], terms, on: "2019-03-01") == nil)
    }

    @Test("A family without anybody of that age, or without anybody, is not eligible")
    func nobody() throws {
        #expect(try refusal(of: ["1970-01-01", "1990-01-01"], on: "2020-05-26") != nil)
        #expect(try refusal(of: [], on: "2020-05-26") != nil)
    }

    @Test(
        "Each rule counts its categories and no others", arguments: Messages.Category.allCases)
    func categories(_ category: Messages.Category) throws {
        let condolence = FamilyTerms(
            categories: [.bereaved, .disabledChild], memberMinimumAge: nil)
        let tuition = FamilyTerms(categories: [.hardshipGirl], memberMinimumAge: nil)
        let day = "2020-05-26"
        let isSpecial = category == .bereaved || category == .disabledChild
        #expect((try refusal(of: [], as: category, condolence, on: day) == nil) == isSpecial)
        #expect(
            (try refusal(of: [], as: category, tuition, on: day) == nil)
                == (category == .hardshipGirl))
    }

}

/// The versions of the rules, and what they say of the families that are known.
@Suite struct FundingEligibilityTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    private func define(
        _ rule: FamilyRule, version: Int, from day: String,
        _ categories: [Messages.Category] = [.bereaved], age: Int? = nil
    ) throws -> DefineEligibility {
        DefineEligibility(
            rule: rule, version: version, validFrom: try Samples.date(day),
            categories: categories, memberMinimumAge: age)
    }

    /// A family of one person with a category of the household.
    private func register(
        born: String, as category: Messages.Category
    ) throws -> TestHousehold {
        let family = TestHousehold(
            territory: try Samples.territory(Samples.community),
            members: [.init(role: .head, birth: try Samples.date(born))],
            recognitions: [.init(category: category, from: try Samples.date("2015-01-01"))])
        try world.register([family])
        return family
    }

    /// The code of the refusal; nil if the family is eligible.
    private func code(
        of family: TestHousehold, by rule: FamilyRule, on day: String
    ) throws -> String? {
        do {
            try Eligibility.require(
                family.id, by: rule, on: try Samples.date(day), at: "/household", unit())
            return nil
        } catch let refusal as Refusal {
            return refusal.code
        }
    }

    private func unit() throws -> UnitOfWork {
        UnitOfWork(
            source: DatabaseSource(world.bench.connection), now: .now(),
            message: Header(id: UUID(), source: "", type: "", time: .now()))
    }

    @Test("The reference rules are for special families, and for families with a girl in hardship")
    func seeded() throws {
        let special = try register(born: "1960-05-26", as: .bereaved)
        let girl = try register(born: "1960-05-26", as: .hardshipGirl)
        #expect(try code(of: special, by: .homeService, on: "2020-05-26") == nil)
        #expect(try code(of: special, by: .homeService, on: "2020-05-25") == "not_eligible")
        #expect(try code(of: special, by: .condolence, on: "2020-05-25") == nil)
        #expect(try code(of: special, by: .tuition, on: "2020-05-26") == "not_eligible")
        #expect(try code(of: girl, by: .tuition, on: "2020-05-26") == nil)
        #expect(try code(of: girl, by: .condolence, on: "2020-05-26") == "not_eligible")
    }

    @Test(
        "The reference rule for loans lends 10,000 to 30,000 yuan to mothers",
        arguments: [
            (Fen.yuan(9_999), false), (Fen(999_999), false), (.yuan(10_000), true),
            (.yuan(30_000), true), (Fen(3_000_001), false), (.yuan(30_001), false),
        ])
    func loans(_ principal: Fen, _ isLent: Bool) throws {
        let fund = try world.openFund()
        let refusal = try world.refusal(
            try Samples.apply(for: principal, by: try world.mother(), to: fund))
        #expect(refusal == (isLent ? nil : "principal_out_of_bounds /data/principalFen"))
    }

    @Test("A new version counts from its day on, and earlier days keep theirs")
    func versions() throws {
        let family = try register(born: "1960-05-26", as: .bereaved)
        try world.accept(
            try define(.homeService, version: 2, from: "2021-01-01", [.bereaved], age: 65))
        #expect(try code(of: family, by: .homeService, on: "2020-12-31") == nil)
        #expect(try code(of: family, by: .homeService, on: "2021-01-01") == "not_eligible")
        #expect(try code(of: family, by: .homeService, on: "2025-05-26") == nil)
        let facts = world.bench.facts.filter { $0.payload is EligibilityDefined }
        #expect(facts.map(\.header.subject) == ["home_service"])
        #expect(facts.map(\.header.sequence) == [1])
    }

    @Test("Versions only go up, and none is ever changed")
    func onlyUp() throws {
        let command = try define(.tuition, version: 1, from: "2021-01-01")
        #expect(try world.refusal(command) == "version_exists /data/version")
        try world.accept(try define(.tuition, version: 3, from: "2021-01-01"))
        let between = try define(.tuition, version: 2, from: "2021-01-01")
        #expect(try world.refusal(between) == "version_exists /data/version")
        let change = world.violation("UPDATE family_rule_version SET member_minimum_age = 1")
        #expect(change?.constraint == "family_rule_version_append_only")
    }

    @Test("The same definition again is answered as the first time")
    func duplicate() throws {
        let (id, command) = (UUID(), try define(.tuition, version: 2, from: "2021-01-01"))
        let now = Timestamp.now()
        #expect(try world.bench.decide(command, id: id, time: now).status == "accepted")
        #expect(try world.bench.decide(command, id: id, time: now).status == "duplicate")
        #expect(world.facts(EligibilityDefined.self).count == 1)
    }
}
