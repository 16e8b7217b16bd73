import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite(
    "Restated figures: corrections, returns and reversals in any order, on a real database"
)
struct ReportingRestatementTests {
    let bench: ServiceBench
    var facts = ReportingFacts(seed: 1)
    let id = UUID()
    private let session = SessionID(UUID())

    init() throws { bench = try ServiceBench(Reporting.definition) }

    @Test(
        "A correction takes the child and the pair back",
        arguments: [[1, 2], [2, 1]] as [[Int64]])
    func correctedPair(order: [Int64]) throws {
        let person = PersonID(UUID())
        for version in order {
            let fact: any Fact =
                version == 1
                ? facts.paired(id, session, person, with: PersonID(UUID()))
                : facts.corrected(id, session, by: person)
            try bench.take(fact, subject: id, sequence: version)
        }
        #expect(try figure("attendance_person_times") == 1)
        #expect(try figure("attendance_persons") == 1)
        #expect(try figure("parent_child_pairs") == nil)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("A pair is two persons and two person-times; a household has more persons than names")
    func pairAndHousehold() throws {
        try bench.take(
            facts.paired(id, session, PersonID(UUID()), with: PersonID(UUID())), subject: id,
            sequence: 1)
        let other = UUID()
        try bench.take(
            facts.corrected(
                other, session, by: PersonID(UUID()), household: HouseholdID(UUID()), persons: 4),
            subject: other, sequence: 2)
        #expect(try figure("attendance_person_times") == 6)
        #expect(try figure("attendance_identified") == 3)
        #expect(try figure("attendance_persons") == 3)
        #expect(try figure("parent_child_pairs") == 1)
        #expect(try figure("household_times") == 1)
    }

    @Test(
        "A corrected headcount restates the person-times, and 0 takes them back, in any order",
        arguments: [[1, 2, 3], [3, 2, 1], [2, 1, 3]] as [[Int64]], [0, 7])
    func recounted(order: [Int64], last: Int) throws {
        try bench.take(
            facts.attended(UUID(), session, by: PersonID(UUID())), subject: UUID(), sequence: 1)
        for version in order {
            let fact: any Fact =
                switch version {
                case 1: facts.counted(id, session, 12)
                case 2: facts.recounted(id, session, from: 12, to: 30)
                default: facts.recounted(id, session, from: 30, to: last)
                }
            try bench.take(fact, subject: id, sequence: version)
        }
        #expect(try figure("attendance_person_times") == Int64(1 + last))
        #expect(try figure("attendance_identified") == 1)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("Who was registered before the household is a person once")
    mutating func knownMember() throws {
        var household = facts.household(id, members: 3)
        household.members[0].sequence = 0
        household.members[1].sequence = 2
        let alone = PersonRegistered(
            person: household.members[1].person, territory: household.territory,
            registeredOn: household.registeredOn, birthDate: ReportingFacts.reported, sex: .male)
        try take(household)
        try take(alone)
        #expect(try figure("persons_registered") == 3)
    }

    @Test("A void attendance counts nothing")
    func voidAttendance() throws {
        let person = PersonID(UUID())
        try bench.take(facts.attended(id, session, by: person), subject: id, sequence: 1)
        try bench.take(
            facts.corrected(id, session, by: person, void: true), subject: id, sequence: 2)
        #expect(try figure("attendance_person_times") == nil)
    }

    @Test(
        "Returned goods restate the day of the issue, whichever comes first",
        arguments: [[1, 2], [2, 1]] as [[Int64]])
    func returnedGoods(order: [Int64]) throws {
        let day = ReportingFacts.date("2020-02-10")
        for version in order {
            let fact: any Fact =
                version == 1
                ? facts.issued(id, pieces: 20, on: day) : facts.returned(id, left: 5)
            try bench.take(fact, subject: id, sequence: version)
        }
        #expect(try figure("goods_issued", "2020-02") == 5)
        #expect(try figure("goods_issued") == 5)
        #expect(try figure("families_supplied") == 1)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test(
        "Returned materials restate the day of the distribution, in any order",
        arguments: [[1, 2, 3], [3, 2, 1], [2, 1, 3]] as [[Int64]], [0, 5])
    func returnedMaterials(order: [Int64], left: Int) throws {
        let day = ReportingFacts.date("2020-02-10")
        for version in order {
            let fact: any Fact =
                switch version {
                case 1: facts.handedOut(id, copies: 20, on: day)
                case 2: facts.cameBack(id, left: 12, on: day)
                default: facts.cameBack(id, left: left, on: day)
                }
            try bench.take(fact, subject: id, sequence: version)
        }
        let expected = left == 0 ? nil : Int64(left)
        #expect(try figure("materials_distributed", "2020-02") == expected)
        #expect(try figure("materials_distributed", "2020-05") == nil)
        #expect(try figure("materials_distributed") == expected)
        #expect(try figure("materials_distributed", dimension: "leaflet") == expected)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("Materials that come back from a session that was cancelled stay uncounted")
    func returnedOfCancelled() throws {
        try bench.take(
            facts.handedOut(id, copies: 20, at: session), subject: id, sequence: 1)
        try bench.take(facts.cancellation(of: session), subject: session.uuid, sequence: 2)
        try bench.take(
            facts.cameBack(id, left: 5, at: session), subject: id, sequence: 2)
        #expect(try figure("materials_distributed") == nil)
    }

    @Test("A withdrawn commendation counts nothing")
    mutating func withdrawn() throws {
        let award = facts.commendation(id, to: PersonID(UUID()))
        try bench.take(facts.withdrawn(award), subject: id, sequence: 2)
        try bench.take(award, subject: id, sequence: 1)
        #expect(try figure("commendations") == nil)
    }

    @Test(
        "A reversed disbursement counts nothing, whichever comes first", arguments: [false, true])
    mutating func reversed(reversalFirst: Bool) throws {
        let cause = UUID()
        let lent = facts.disbursed(id, to: PersonID(UUID()), yuan: 10_000)
        let reversal = facts.reversed(.disbursement, of: id, by: cause, yuan: 10_000)
        if reversalFirst { try bench.take(reversal, subject: UUID(), sequence: 1) }
        try take(lent, sequence: 5, cause: cause)
        if !reversalFirst { try bench.take(reversal, subject: UUID(), sequence: 1) }
        #expect(try figure("capital_lent_fen") == nil)
        #expect(try figure("borrowers") == nil)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("A loan that is paid out again after a reversal counts once", arguments: [0, 1, 2])
    mutating func paidOutAgain(first: Int) throws {
        let (before, after) = (UUID(), UUID())
        let lent = facts.disbursed(id, to: PersonID(UUID()), yuan: 10_000)
        let reversal = facts.reversed(.disbursement, of: id, by: before, yuan: 10_000)
        let steps: [(ReportingRestatementTests) throws -> Void] = [
            { try $0.take(lent, sequence: 5, cause: before) },
            { try $0.bench.take(reversal, subject: UUID(), sequence: 1) },
            { try $0.take(lent, sequence: 7, cause: after) },
        ]
        for step in steps[first...] + steps[..<first].reversed() { try step(self) }
        #expect(try figure("capital_lent_fen") == 1_000_000)
        #expect(try figure("loans_disbursed") == 1)
    }

    @Test("Readings of an audience are a stock: the newest counts, a late one restates the next")
    func reach() throws {
        let (first, middle, last) = (UUID(), UUID(), UUID())
        let day = ReportingFacts.date
        try bench.take(
            facts.reached(first, change: 8_200, on: day("2019-06-30")), subject: first, sequence: 1)
        try bench.take(
            facts.reached(last, change: 5_060, on: day("2020-05-20")), subject: last, sequence: 1)
        // The late reading takes its share of the one after it.
        try bench.take(
            facts.reached(last, change: 1_620, on: day("2020-05-20")), subject: last, sequence: 2)
        try bench.take(
            facts.reached(middle, change: 3_440, on: day("2019-12-31")), subject: middle,
            sequence: 1)
        #expect(try figure("followers", "2019-06") == 8_200)
        #expect(try figure("followers", "2019") == 11_640)
        #expect(try figure("followers") == 13_260)
    }

    // MARK: What is counted of one subject

    @Test("The most shifts of a household are its own, and staff on duty are counted once")
    func shifts() throws {
        let (busy, other) = (HouseholdID(UUID()), HouseholdID(UUID()))
        let persons = (0..<3).map { _ in PersonID(UUID()) }
        for index in 0..<12 {
            try take(facts.served(UUID(), by: persons[index % 2], of: busy))
        }
        for _ in 0..<4 { try take(facts.served(UUID(), by: persons[2], of: other)) }
        for _ in 0..<5 { try take(facts.served(UUID(), by: PersonID(id), as: .staff)) }
        #expect(try figure("most_shifts_of_a_household") == 12)
        #expect(try figure("volunteer_households") == 2)
        #expect(try figure("shifts_completed") == 21)
        #expect(try figure("persons_on_duty", dimension: "staff") == 1)
        #expect(try figure("persons_on_duty") == 4)
    }

    @Test("Grants to families and what programmes cost are never one figure")
    func grants() throws {
        let family = HouseholdID(UUID())
        try take(facts.granted(UUID(), to: family, yuan: 300))
        try take(facts.granted(UUID(), to: family, yuan: 200, kind: .tuition))
        try take(facts.granted(UUID(), to: nil, yuan: 900, kind: .programmeSpending))
        #expect(try figure("grants_paid_fen") == 50_000)
        #expect(try figure("families_granted") == 1)
        #expect(try figure("programme_spending_fen") == 90_000)
        #expect(try figure("all_programme_spending_fen", dimension: "warm-home") == 90_000)
    }

    // MARK: The bulletin

    @Test("The bulletin has a line for each reference figure, numbered without gaps")
    func bulletin() throws {
        try ReferenceBulletin.define(in: bench)
        let numbers = try bench.connection.run("SELECT number FROM bulletin ORDER BY number").map {
            Int(try $0.decode(Int32.self, at: 0))
        }
        #expect(numbers == Array(1...50))
    }

    @Test("Capital, grants, premium and spending have sources of their own: nothing adds them up")
    func neverAddedUp() throws {
        let sources = try bench.connection.run(
            """
            SELECT DISTINCT source FROM measure
            WHERE name IN ('capital_lent_fen', 'grants_paid_fen', 'premium_paid_fen',
                           'supplement_paid_fen', 'programme_spending_fen')
            """)
        #expect(sources.count == 5)
        let known = try bench.connection.run("SELECT name FROM source").map {
            try $0.decode(String.self, at: 0)
        }
        #expect(Set(known) == Set(Source.allCases.map(\.rawValue)))
    }

    // MARK: Help

    func take(_ fact: some Contributing) throws {
        try bench.take(fact, subject: UUID(), sequence: 1)
    }

    /// Takes in a fact that followed from a message.
    func take(_ fact: any Fact, sequence: Int64, cause: UUID) throws {
        let header = Header(
            id: UUID(), source: "test", type: type(of: fact).type, time: .now(),
            subject: id.uuidString.lowercased(), causationid: cause, sequence: sequence)
        try bench.take(published: [try MessageEncoder().encode(header, fact)])
    }

    func figure(
        _ measure: String, _ period: String = "all", dimension: String = ""
    ) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT value FROM cell_value
            WHERE measure = \(measure) AND period = \(period) AND territory = '350203'
              AND dimension = \(dimension)
            """
        ).first?.decode(Int64.self, at: 0)
    }
}
