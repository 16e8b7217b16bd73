import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("When editions are made and come into force, on a real database")
struct ReportingEditionCalendarTests {
    private let world: EditionWorld

    init() throws { world = try EditionWorld() }

    @Test func `an edition asked for twice before it is made is one edition`() throws {
        try world.lend([30])
        for _ in 0..<2 {
            let answer = try world.bench.decide(PublishEdition(reason: "a test"))
            #expect(answer.status == "accepted")
        }
        let next = try #require(try world.next(EditionWorld.now))
        #expect(next.isDue && next.edition.cause == .request && next.edition.request == 2)
        try Editions.make(next.edition, world.bench.connection, now: EditionWorld.now)
        try world.inForce()
        #expect(try world.next(EditionWorld.now)?.isDue == false)
    }

    @Test func `only the operator asks for one`() throws {
        try world.bench.take(
            PublisherGranted(
                publisher: "district", territories: [ReportingFacts.district],
                types: ["reporting.*"]), subject: UUID(), sequence: 1)
        let answer = try world.bench.decide(PublishEdition(reason: "a test"), publisher: "district")
        #expect(answer.code == "out_of_scope")
    }

    @Test func `one comes each day at the time of the plan`() throws {
        _ = try world.bench.connection.run("UPDATE plan SET defined_at = '2026-11-20 12:00+08'")
        func due(_ time: String) throws -> Bool {
            try world.next(#require(Timestamp(time)))?.isDue == true
        }
        #expect(try !due("2026-11-21T01:59:00+08:00"), "defined the day before")
        #expect(try due("2026-11-21T02:00:00+08:00"))
        try world.publish(at: "2026-11-21T02:00:01+08:00")
        #expect(try !due("2026-11-21T23:00:00+08:00"))
        #expect(try !due("2026-11-22T01:59:00+08:00"))
        #expect(try due("2026-11-22T02:00:00+08:00"))
        #expect(try due("2026-11-25T17:00:00+08:00"), "it was down for days")
    }

    @Test func `with seconds set, one comes after something was taken in, whatever clocks say`()
        throws
    {
        func isDue(_ now: String) throws -> Bool? {
            try Editions.next(
                world.bench.connection, now: #require(Timestamp(now)), afterSeconds: 10)?.isDue
        }
        func takeIn() throws {
            try world.lend([30])
            try ReportingChecks.rollUpAll(world.bench)
        }
        // Whoever makes them is years ahead of whoever rolls up.
        try takeIn()
        try world.publish(at: "2080-11-29T02:00:00Z")
        #expect(try isDue("2080-11-29T02:00:20Z") == false, "it has all of it")
        try takeIn()
        #expect(try isDue("2080-11-29T02:00:05Z") == false, "it is new")
        #expect(try isDue("2080-11-29T02:00:20Z") == true)
    }

    @Test func `the next one waits until the one before is published`() throws {
        try world.lend([30])
        let first = try #require(try world.next(EditionWorld.now))
        try Editions.make(first.edition, world.bench.connection, now: EditionWorld.now)
        #expect(try world.next(EditionWorld.now) == nil)
        try world.inForce()
        #expect(try world.next(EditionWorld.now)?.edition.number == 2)
    }

    @Test func `of two processes that make the same edition one makes it, and the other nothing`()
        throws
    {
        try world.lend([30])
        let next = try #require(try world.next(EditionWorld.now))
        let other = try ServiceBench(Reporting.definition, url: world.bench.url)
        try Editions.make(next.edition, other.connection, now: EditionWorld.now)
        let before = try world.cells()
        #expect(throws: PostgresError.self) {
            try Editions.make(next.edition, world.bench.connection, now: EditionWorld.now)
        }
        #expect(try world.cells() == before)
        #expect(try world.bench.connection.run("SELECT FROM edition").count == 1)
        #expect(try world.bench.connection.run("SELECT FROM edition_figure").isEmpty)
    }

    @Test func `what is in force moves at once for all datasets`() throws {
        try world.lend([30])
        try world.donate(2)
        try world.publish()
        let before = try DatasetState.all { try world.bench.connection.run($0) }
        try world.lend([40])
        try ReportingChecks.write(world.bench, now: EditionWorld.now, everything: false)
        #expect(
            try DatasetState.all { try world.bench.connection.run($0) }.map(\.seq)
                == before.map(\.seq))
        try world.inForce()
        let after = try DatasetState.all { try world.bench.connection.run($0) }
        #expect(after.map(\.seq) != before.map(\.seq))
        for state in after {
            #expect(try Epochs.total(state, world.bench.connection).digest == state.digest)
        }
    }

    @Test func `sums that do not fit end where numbers end, and the edition is made`() throws {
        _ = try world.bench.connection.run(
            """
            INSERT INTO delta (source, territory, day, programme, dimension, records, times, amount)
            SELECT 'donation', '350203', date '2020-05-01', 'one-yuan-donation', '', 1, 1,
                   9223372036854775807 - n
            FROM generate_series(1, 3) AS n
            """)
        try ReportingChecks.rollUpAll(world.bench)
        try world.publish()
        #expect(
            try world.figure("donations_fen", "350203", "all", "one-yuan-donation")
                == 9_223_372_036_854_775_807)
    }
}
