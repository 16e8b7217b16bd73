import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Two persons who are one, in figures, on a real database")
struct ReportingMergeTests {
    private let bench: ServiceBench
    private let facts = ReportingFacts(seed: 1)
    private let session = SessionID(UUID())

    init() throws { bench = try ServiceBench(Reporting.definition) }

    @Test(
        "A merge lowers distinct persons and never person-times, before attendance and after",
        arguments: [false, true])
    func mergeAndAttendance(mergeFirst: Bool) throws {
        let (one, other) = (PersonID(UUID()), PersonID(UUID()))
        let attendances = [one, other].map { facts.attended(UUID(), session, by: $0) }
        let merge = facts.merge(one, into: other)
        if mergeFirst { try bench.take(merge, subject: other.uuid, sequence: 2) }
        for fact in attendances {
            try bench.take(fact, subject: fact.attendance.uuid, sequence: 1)
        }
        if !mergeFirst { try bench.take(merge, subject: other.uuid, sequence: 2) }
        #expect(try figure("attendance_person_times") == 2)
        #expect(try figure("attendance_persons") == 1)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("Persons merged in a chain are one, whichever merge comes first", arguments: [0, 1, 2])
    func chain(first: Int) throws {
        let persons = (0..<4).map { _ in PersonID(UUID()) }
        for person in persons {
            let fact = facts.attended(UUID(), session, by: person)
            try bench.take(fact, subject: fact.attendance.uuid, sequence: 1)
        }
        // Each says of all before it whom they are now.
        let merges = (0..<3).map { index in
            let before = persons[..<index].enumerated().map { ($1, Int64(index - $0 + 2)) }
            return facts.merge(
                persons[index], into: persons[index + 1],
                with: Dictionary(uniqueKeysWithValues: before))
        }
        for merge in merges[first...] + merges[..<first].reversed() {
            try bench.take(merge, subject: merge.survivor.uuid, sequence: 2)
        }
        #expect(try figure("attendance_persons") == 1)
        #expect(try figure("attendance_person_times") == 4)
    }

    @Test("A merge has the cells written anew that the two are in")
    func mergeIsPublished() throws {
        let (one, other) = (PersonID(UUID()), PersonID(UUID()))
        for person in [one, other] {
            let fact = facts.attended(UUID(), session, by: person)
            try bench.take(fact, subject: fact.attendance.uuid, sequence: 1)
        }
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.write(bench, now: .now())
        #expect(try written() == 2)
        try bench.take(facts.merge(one, into: other), subject: other.uuid, sequence: 2)
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.write(bench, now: .now())
        #expect(try written() == 1)
    }

    @Test("A merge makes one registered person fewer, once")
    func registered() throws {
        var facts = facts
        let household = facts.household(
            UUID(), members: 3, in: ReportingFacts.community, on: ReportingFacts.reported)
        try bench.take(household, subject: household.household.uuid, sequence: 1)
        let merge = facts.merge(
            household.members[0].person, into: household.members[1].person,
            stock: [change(persons: -1)])
        try bench.take(merge, subject: merge.survivor.uuid, sequence: 2)
        try bench.take(merge, subject: merge.survivor.uuid, sequence: 2)
        #expect(try figure("persons_registered") == 2)
        #expect(try figure("households_registered") == 1)
    }

    @Test("A merge that was a mistake is taken back, whatever comes first", arguments: [0, 1, 2])
    func unmerge(first: Int) throws {
        let persons = (0..<3).map { _ in PersonID(UUID()) }
        for person in persons {
            let fact = facts.attended(UUID(), session, by: person)
            try bench.take(fact, subject: fact.attendance.uuid, sequence: 1)
        }
        let life: [(fact: any Fact, sequence: Int64)] = [
            (facts.merge(persons[0], into: persons[1], stock: [change(persons: -1)]), 2),
            (facts.merge(persons[1], into: persons[2], with: [persons[0]: 3]), 3),
            (
                facts.unmerge(
                    persons[1], from: persons[2], version: 3, with: [persons[0]: 4],
                    stock: [change(persons: 1)]), 4
            ),
        ]
        for (fact, sequence) in life[first...] + life[..<first].reversed() + life[1...1] {
            try bench.take(fact, subject: persons[2].uuid, sequence: sequence)
        }
        #expect(try figure("attendance_persons") == 2)
        #expect(try figure("attendance_person_times") == 3)
        #expect(try figure("persons_registered") == 0)
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    @Test("An unmerge has the cells written anew that the two are in")
    func unmergeIsPublished() throws {
        let (one, other) = (PersonID(UUID()), PersonID(UUID()))
        for person in [one, other] {
            let fact = facts.attended(UUID(), session, by: person)
            try bench.take(fact, subject: fact.attendance.uuid, sequence: 1)
        }
        try bench.take(facts.merge(one, into: other), subject: other.uuid, sequence: 2)
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.write(bench, now: .now())
        #expect(try written() == 1)
        try bench.take(
            facts.unmerge(one, from: other, version: 3), subject: other.uuid, sequence: 3)
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.write(bench, now: .now())
        #expect(try written() == 2)
    }

    @Test("A merge while other workers record attendance counts the two once")
    func mergeInARace() throws {
        var facts = facts
        let persons = (0..<40).map { _ in PersonID(facts.uuid()) }
        let attended = (0..<600).map { _ in
            let id = facts.uuid()
            return (
                fact: facts.attended(id, session, by: facts.pick(persons)) as any Fact, subject: id,
                sequence: Int64(1), id: facts.uuid()
            )
        }
        let halves = [Array(attended.prefix(300)), Array(attended.dropFirst(300))]
        let workers = ReportingWorkers(halves, batch: 15, url: bench.url)
        for index in 0..<20 {
            let merge = facts.merge(persons[index], into: persons[index + 20])
            try bench.take(merge, subject: merge.survivor.uuid, sequence: 9)
        }
        #expect(workers.failures() == [])
        #expect(try figure("attendance_person_times") == 600)
        let persisted = try figure("attendance_persons")
        try ReportingChecks.rollUpAll(bench)
        while try ReportingChecks.write(bench, now: .now()) > 0 {}
        #expect(try persisted == written())
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    // MARK: Help

    private func change(persons: Int) -> StockChange {
        StockChange(
            territory: ReportingFacts.community, day: ReportingFacts.reported, households: 0,
            persons: persons)
    }

    private func figure(_ measure: String) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT sum(value)::bigint FROM cell_value
            WHERE measure = \(measure) AND territory = '350203' AND period = 'all'
              AND dimension = ''
            """
        ).first?.decode(Int64.self, at: 0)
    }

    /// The distinct persons that the newest summary of the district says.
    private func written() throws -> Int64? {
        try bench.connection.run(
            """
            SELECT figures[array_position(measures, 'attendance_persons')] FROM summary
            WHERE dataset = 'activities' AND territory = '350203' AND span = 'all'
            ORDER BY seq DESC LIMIT 1
            """
        ).first?.decode(Int64.self, at: 0)
    }
}
