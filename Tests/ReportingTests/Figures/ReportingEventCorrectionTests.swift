import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Restated figures of events: reopened, moved, voided and corrected, in any order")
struct ReportingEventCorrectionTests {
    private let bench: ServiceBench
    private let facts = ReportingFacts(seed: 1)
    private let id = UUID()
    private let session = SessionID(UUID())

    init() throws { bench = try ServiceBench(Reporting.definition) }

    /// All orders of so many facts.
    private static func orders(_ count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return orders(count - 1).flatMap { order in
            (0...order.count).map { place in
                var longer = order
                longer.insert(count - 1, at: place)
                return longer
            }
        }
    }

    /// Takes the facts in, in that order, each a second time as another message, and compares cells with contributions.
    private func take(
        _ items: [(fact: any Fact, subject: UUID, sequence: Int64)], in order: [Int]
    ) throws {
        for index in order + order {
            let item = items[index]
            try bench.take(item.fact, subject: item.subject, sequence: item.sequence)
        }
        #expect(try ReportingChecks.mismatches(bench) == 0)
    }

    private func figure(
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

    // MARK: Sessions

    @Test(
        "A session that is opened again is not held until it is closed again", arguments: orders(3))
    func reopened(order: [Int]) throws {
        let items: [(any Fact, UUID, Int64)] = [
            (facts.closed(session), session.uuid, 2),
            (facts.reopened(session), session.uuid, 3),
            (facts.attended(id, session, by: PersonID(UUID())), id, 1),
        ]
        try take(items, in: order)
        #expect(try figure("sessions_held") == nil)
        #expect(try figure("attendance_person_times") == 1)
        try take([(facts.closed(session), session.uuid, 4)], in: [0])
        #expect(try figure("sessions_held") == 1)
    }

    @Test("A session that was cancelled by mistake counts what it did", arguments: orders(4))
    func restored(order: [Int]) throws {
        let void = UUID()
        let person = PersonID(UUID())
        // A void record stays void.
        try bench.take(
            facts.corrected(void, session, by: person, void: true), subject: void, sequence: 2)
        let items: [(any Fact, UUID, Int64)] = [
            (facts.attended(id, session, by: person), id, 1),
            (facts.cancellation(of: session), session.uuid, 2),
            (facts.reopened(session, cancelled: true), session.uuid, 3),
            (facts.closed(session), session.uuid, 4),
        ]
        try take(items, in: order)
        #expect(try figure("sessions_held") == 1)
        #expect(try figure("attendance_person_times") == 1)
    }

    @Test(
        "A session that was closed by mistake and is cancelled counts nothing", arguments: orders(4)
    )
    func cancelled(order: [Int]) throws {
        let items: [(any Fact, UUID, Int64)] = [
            (facts.counted(id, session, 12), id, 1),
            (facts.closed(session), session.uuid, 2),
            (facts.reopened(session), session.uuid, 3),
            (facts.cancellation(of: session), session.uuid, 4),
        ]
        try take(items, in: order)
        #expect(try figure("sessions_held") == nil)
        #expect(try figure("attendance_person_times") == nil)
    }

    @Test("A moved session counts on its new day, and so do its persons", arguments: orders(4))
    func moved(order: [Int]) throws {
        let day = ReportingFacts.date("2017-02-10")
        let attended = facts.attended(id, session, by: PersonID(UUID()))
        let items: [(any Fact, UUID, Int64)] = [
            (attended, id, 1), (facts.moved(attended, to: day), id, 2),
            (facts.closed(session), session.uuid, 2),
            (facts.moved(session, to: day), session.uuid, 3),
        ]
        try take(items, in: order)
        #expect(try figure("sessions_held", "2017-02") == 1)
        #expect(try figure("sessions_held") == 1)
        #expect(try figure("attendance_person_times", "2017-02") == 1)
        #expect(try figure("attendance_person_times") == 1)
    }

    @Test("A session of another activity counts by its kind", arguments: orders(2))
    func otherActivity(order: [Int]) throws {
        try take(
            [
                (facts.closed(session), session.uuid, 2),
                (facts.corrected(session, to: .onlineClass), session.uuid, 3),
            ], in: order)
        #expect(try figure("sessions_held", dimension: "online_class") == 1)
        #expect(try figure("sessions_held") == 1)
    }

    // MARK: Shifts

    @Test("An absence that was excused is none", arguments: orders(2))
    func excused(order: [Int]) throws {
        let person = PersonID(UUID())
        try take(
            [(facts.missed(id, by: person), id, 3), (facts.excused(id, by: person), id, 4)],
            in: order)
        #expect(try figure("shifts_missed") == nil)
    }

    @Test(
        "A completed shift that is taken back counts nothing, nor for its household",
        arguments: orders(2))
    func takenBack(order: [Int]) throws {
        let (person, household) = (PersonID(UUID()), HouseholdID(UUID()))
        try take(
            [
                (facts.served(id, by: person, of: household), id, 4),
                (facts.reopened(id, by: person, of: household), id, 5),
            ], in: order)
        #expect(try figure("shifts_completed") == nil)
        #expect(try figure("volunteer_households") == nil)
    }

    @Test("A corrected shift counts by its role and for no household", arguments: orders(3))
    func otherShift(order: [Int]) throws {
        let (person, other) = (PersonID(UUID()), PersonID(UUID()))
        try take(
            [
                (facts.served(id, by: person, of: HouseholdID(UUID())), id, 4),
                (facts.corrected(id, by: other, as: .staff), id, 5),
                (facts.corrected(id, by: person, as: .staff), id, 6),
            ], in: order)
        #expect(try figure("shifts_completed", dimension: "staff") == 1)
        #expect(try figure("shifts_completed") == 1)
        #expect(try figure("volunteer_households") == nil)
    }

    // MARK: Materials, reach and casework

    @Test("A corrected printing counts what was printed, a void one nothing", arguments: orders(3))
    func printing(order: [Int]) throws {
        let other = UUID()
        try take(
            [
                (facts.printed(id, copies: 1_000), id, 1),
                (facts.reprinted(id, copies: 900), id, 2),
                (facts.printed(other, copies: 50), other, 1),
            ], in: order)
        #expect(try figure("materials_printed") == 950)
        try take([(facts.unprinted(other, copies: 50), other, 2)], in: [0])
        #expect(try figure("materials_printed") == 900)
    }

    @Test("A corrected distribution counts what is left, a void one nothing", arguments: orders(4))
    func distribution(order: [Int]) throws {
        let other = UUID()
        try take(
            [
                (facts.handedOut(id, copies: 100), id, 1), (facts.cameBack(id, left: 90), id, 2),
                (facts.corrected(id, copies: 80, left: 70), id, 3),
                (facts.voided(other, copies: 40), other, 2),
            ], in: order)
        try take([(facts.handedOut(other, copies: 40), other, 1)], in: [0])
        #expect(try figure("materials_distributed") == 70)
    }

    @Test("A void reading gives way to the ones around it", arguments: orders(4))
    func reading(order: [Int]) throws {
        let next = UUID()
        try take(
            [
                (facts.reached(id, change: 100), id, 1), (facts.reached(next, change: 30), next, 1),
                (facts.unread(id, change: 100), id, 2), (facts.reread(next, change: 130), next, 2),
            ], in: order)
        #expect(try figure("followers") == 130)
    }

    @Test("A corrected service counts by its kind, a void one nothing", arguments: orders(3))
    func casework(order: [Int]) throws {
        let (person, other) = (PersonID(UUID()), UUID())
        try take(
            [
                (facts.helped(id, person), id, 1),
                (facts.rehelped(id, person, as: .referral), id, 2),
                (facts.unhelped(other, person), other, 2),
            ], in: order)
        try take([(facts.helped(other, person), other, 1)], in: [0])
        #expect(try figure("casework_person_times", dimension: "referral") == 1)
        #expect(try figure("casework_person_times") == 1)
    }
}
