import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Families and persons by category, on a real database")
struct ReportingRecognitionTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let mother = PersonID(UUID())
    private let day = ReportingFacts.date

    init() throws { bench = try ServiceBench(Reporting.definition) }

    @Test("A family with two categories counts in each of them, and once as registered")
    func twoCategories() throws {
        try register(stock: [
            change(.onlyChild, households: 1, persons: 0),
            change(.bereaved, households: 1, persons: 2),
            change(.bereaved, households: 0, persons: -1, "2020-05-01"),
        ])
        #expect(try figure("households_registered") == 1)
        #expect(try figure("persons_registered") == 1)
        #expect(try figure("only_child_households") == 1)
        #expect(try figure("only_child_persons") == 0)
        #expect(try figure("bereaved_households") == 1)
        #expect(try figure("bereaved_persons", "2019") == 2)
        #expect(try figure("bereaved_persons") == 1)
        #expect(try figure("low_income_households") == nil)
    }

    @Test("Every category has figures of its own", arguments: Messages.Category.allCases)
    func ofItsOwn(category: Messages.Category) throws {
        try register(stock: [change(category, households: 1, persons: 3)])
        #expect(try figure("\(category.rawValue)_households") == 1)
        #expect(try figure("\(category.rawValue)_persons") == 3)
        let others = Set(Source.allCases.filter { $0.rawValue.hasPrefix("recognition_") })
        #expect(others.count == Messages.Category.allCases.count)
        #expect(others.contains(Source(recognising: category)))
    }

    @Test(
        "Verified, ended and revoked categories change stocks, in any order and once",
        arguments: 0..<6)
    func steps(order: Int) throws {
        let assertion = AssertionID(UUID())
        let about = CategorySubject(
            assertion: assertion, household: household, subject: mother.uuid,
            territory: ReportingFacts.community, category: .bereaved, validFrom: day("2019-01-01"))
        let facts: [(any Fact, Int64)] = [
            (
                CategoryVerified(
                    about, verifiedOn: day("2019-02-01"),
                    stock: [change(.bereaved, households: 1, persons: 1, "2019-02-01")]), 2
            ),
            (
                CategoryEnded(
                    about, endedOn: day("2020-03-01"),
                    stock: [change(.bereaved, households: -1, persons: -1, "2020-03-01")]), 3
            ),
            (
                CategoryRevoked(
                    about, revokedOn: day("2020-04-01"),
                    stock: [
                        change(.bereaved, households: -1, persons: -1, "2019-02-01"),
                        change(.bereaved, households: 1, persons: 1, "2020-03-01"),
                    ]), 4
            ),
        ]
        let rest = facts.indices.filter { $0 != order % 3 }
        for index in [order % 3] + (order < 3 ? rest : rest.reversed()) + [order % 3] {
            try bench.take(facts[index].0, subject: assertion.uuid, sequence: facts[index].1)
        }
        #expect(try figure("bereaved_households", "2019-02") == 0)
        #expect(try figure("bereaved_persons") == 0)
        #expect(try figure("households_registered") == nil)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("Below the district few families of a category are withheld as few registered ones are")
    func protection() throws {
        try PublicPlan.families(inCommunities: []).apply(bench.connection)
        try Epochs.begin(bench.connection, now: .now())
        var facts = ReportingFacts(seed: 3)
        for (place, count) in [3, 8, 20].enumerated() {
            for _ in 0..<count {
                var fact = facts.household(
                    UUID(), members: 1, in: ReportingFacts.code("35020300\(place + 1)001"),
                    on: day("2019-06-01"))
                fact.stock = [
                    StockChange(
                        territory: fact.territory, day: fact.registeredOn, households: 1,
                        persons: 0, category: .bereaved)
                ]
                try bench.take(fact, subject: fact.household.uuid, sequence: 1)
            }
        }
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.write(
            bench, now: try #require(Timestamp("2021-06-01T02:00:00Z")), everything: false)
        for measure in ["bereaved_households", "households_registered"] {
            #expect(try published(measure, "350203") == "31-")
            #expect(try published(measure, "350203001") == "3p")
            let others = try ["350203002", "350203003"].map { try published(measure, $0) }
            #expect(
                [["8c", "20-"], ["8-", "20c"]].contains(others), "31 less two tells of three")
        }
        #expect(try published("households_registered", "350203001001") == "3p")
        #expect(try published("bereaved_households", "350203001001") == nil, "is not in the plan")
    }

    // MARK: Members

    @Test(
        "A membership counts as the newest version of its record has it", arguments: [false, true])
    func membership(reversed: Bool) throws {
        var record = MembershipRecord(
            member: MemberID(UUID()), version: 1, person: mother, role: .volunteer,
            territory: ReportingFacts.community)
        let about = MemberSubject(
            member: record.member, person: mother, role: .volunteer,
            territory: ReportingFacts.community)
        func left(_ version: Int64, _ enrolledOn: String, _ leftOn: String?) -> MemberLeft {
            (record.version, record.enrolledOn) = (version, day(enrolledOn))
            record.leftOn = leftOn.map(day)
            return MemberLeft(
                about, ending: .left, enrolledOn: day(enrolledOn), leftOn: day("2020-01-01"),
                records: PeopleRecords(memberships: [record]))
        }
        let facts = [
            left(2, "2019-01-10", nil), left(3, "2019-01-10", "2019-09-01"),
            left(5, "2019-03-10", "2019-12-01"),
        ]
        for fact in reversed ? facts.reversed() : facts {
            let version = fact.records?.memberships?.first?.version ?? 0
            try bench.take(fact, subject: record.member.uuid, sequence: version)
        }
        #expect(try figure("members_active", "2019-01") == nil)
        #expect(try figure("members_active", "2019-03") == 1)
        #expect(try figure("members_active", "2019-09") == nil)
        #expect(try figure("members_active", "2019-12") == 0)
        // Whatever fact brings the record.
        (record.version, record.isVoid) = (6, true)
        try bench.take(
            PersonDied(
                person: mother, territory: ReportingFacts.community, diedOn: day("2020-01-01"),
                records: PeopleRecords(memberships: [record])), subject: mother.uuid, sequence: 2)
        #expect(try figure("members_active") == nil)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    // MARK: Help

    private func change(
        _ category: Messages.Category, households: Int, persons: Int, _ date: String = "2019-06-01"
    ) -> StockChange {
        StockChange(
            territory: ReportingFacts.community, day: day(date), households: households,
            persons: persons, category: category)
    }

    private func register(stock: [StockChange]) throws {
        let fact = HouseholdRegistered(
            household: household, territory: ReportingFacts.community,
            registeredOn: day("2019-06-01"),
            members: [
                MemberFact(person: mother, role: .head, birthDate: day("1960-01-01"), sex: .female)
            ], categories: [], stock: stock)
        try bench.take(fact, subject: household.uuid, sequence: 1)
    }

    private func figure(_ measure: String, _ period: String = "all") throws -> Int64? {
        try bench.connection.run(
            """
            SELECT value FROM cell_value
            WHERE measure = \(measure) AND period = \(period) AND territory = '350203'
              AND dimension = ''
            """
        ).first?.decode(Int64.self, at: 0)
    }

    /// The stored figure of 2019, and its letter: `3p` is hidden.
    private func published(_ measure: String, _ territory: String) throws -> String? {
        try bench.connection.run(
            """
            SELECT figures[m.place] || coalesce(nullif(substr(hiding, m.place, 1), ''), '-')
            FROM summary CROSS JOIN LATERAL (
                SELECT array_position(measures, \(measure)) AS place) m
            WHERE territory = \(territory) AND span = 'year' AND start = '2019-01-01'
              AND superseded_by IS NULL AND dataset = 'families' AND m.place IS NOT NULL
            """
        ).first?.decode(String.self, at: 0)
    }
}
