import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Leaflets and the like, over rows in memory and on a real database.
@Suite struct EventsMaterialTests {
    private let bench = HandlerBench(Events.definition)
    private let material = MaterialID(UUID())

    private func hand(
        _ copies: Int, _ id: DistributionID = DistributionID(UUID()), at session: SessionID? = nil,
        on day: String = "2019-06-01", in community: String = EventsSamples.community,
        territories: [TerritoryCode]? = nil
    ) throws -> Outcome {
        try bench.handle(
            EventsSamples.distribution(
                id, of: material, copies, at: session, on: day, in: community),
            territories: territories)
    }

    @Test func `copies are printed, and handed out as long as there are some`() throws {
        let printed = try bench.handle(EventsSamples.printing(of: material, 1_000))
        #expect(printed.fact(MaterialPrinted.self)?.copies == 1_000)
        #expect(printed.emissions.first?.sequence == 1)
        let outcome = try hand(600)
        let fact = try #require(outcome.fact(MaterialDistributed.self))
        #expect(fact.copies == 600)
        #expect(fact.kind == .leaflet)
        #expect(fact.programme.rawValue == "early-childhood")
        #expect(fact.territory.rawValue == EventsSamples.community)
        #expect(outcome.emissions.first?.sequence == 1)
        let tooMany = try hand(401)
        expectRefusal(tooMany, "not_enough_printed", at: "/copies")
        #expect(tooMany.refusal?.expected == "at most 400 copies, which are left")
        #expect(try hand(400).isAccepted)
        #expect(bench.source.loads == 0)
    }

    @Test func `a reprint adds copies`() throws {
        try bench.handle(EventsSamples.printing(of: material, 100))
        try bench.handle(EventsSamples.printing(of: material, 50))
        #expect(try hand(150).isAccepted)
    }

    @Test func `a material stays what it is`() throws {
        try bench.handle(EventsSamples.printing(of: material, 100))
        var other = try EventsSamples.printing(of: material, 100)
        other.kind = .poster
        expectRefusal(try bench.handle(other), "material_differs", at: "/kind")
        other = try EventsSamples.printing(of: material, 100)
        other.programme = try EventsSamples.programme("warm-home")
        expectRefusal(try bench.handle(other), "material_differs", at: "/programme")
    }

    @Test func `a printing and a distribution are recorded once`() throws {
        let (printing, distribution) = (PrintingID(UUID()), DistributionID(UUID()))
        try bench.handle(EventsSamples.printing(printing, of: material, 100))
        expectRefusal(
            try bench.handle(EventsSamples.printing(printing, of: material, 100)),
            "printing_exists", at: "/printing")
        #expect(try hand(10, distribution).isAccepted)
        expectRefusal(try hand(10, distribution), "distribution_exists", at: "/distribution")
    }

    @Test func `a distribution waits for the first printing`() throws {
        expectWait(try hand(10), for: material.uuid, else: "unknown_material", at: "/material")
    }

    @Test func `nothing is handed out before it was printed`() throws {
        try bench.handle(EventsSamples.printing(of: material, 100))
        let early = try hand(10, on: "2019-05-19")
        expectRefusal(early, "not_printed_yet", at: "/distributedOn")
        #expect(early.refusal?.expected == "a date from 2019-05-20 on")
        #expect(try hand(10, on: "2019-05-20").isAccepted)
    }

    @Test func `copies are handed out where they were printed for`() throws {
        try bench.handle(EventsSamples.printing(of: material, 100))
        expectRefusal(
            try hand(10, in: "350205001901"), "outside_material", at: "/territory")
    }

    @Test func `a distribution at a session waits for it, and not at one that is cancelled`() throws
    {
        try bench.handle(EventsSamples.printing(of: material, 100))
        let (activity, session) = (ActivityID(UUID()), SessionID(UUID()))
        expectWait(
            try hand(10, at: session), for: session.uuid, else: "unknown_session", at: "/session")
        try bench.handle(EventsSamples.activity(activity))
        try bench.handle(EventsSamples.session(session, of: activity))
        #expect(
            try hand(10, at: session).fact(MaterialDistributed.self)?.session == session)
        try bench.handle(EventsSamples.cancel(session))
        expectRefusal(try hand(10, at: session), "session_cancelled", at: "/session")
    }
}

/// Two workers over one material.
@Suite struct EventsMaterialRaceTests {
    @Test func `two workers never hand out more than was printed`() async throws {
        let material = MaterialID(UUID())
        let url = try await onThread {
            let bench = try ServiceBench(Events.definition)
            try bench.decide(EventsSamples.printing(of: material, 100))
            return bench.url
        }
        try await both(url) { bench, _ in
            for _ in 0..<20 {
                let answer = try bench.decide(EventsSamples.distribution(of: material, 7))
                #expect(answer.status == "accepted" || answer.code == "not_enough_printed")
            }
        }
        try await onThread {
            let bench = try ServiceBench(Events.definition, url: url)
            #expect(try bench.count("SELECT sum(copies)::bigint FROM distribution") == 98)
            #expect(try bench.count("SELECT distributed FROM material") == 98)
        }
    }

    @Test func `the schema hands out no more than was printed`() throws {
        let bench = try ServiceBench(Events.definition)
        try bench.decide(EventsSamples.printing(of: MaterialID(UUID()), 100))
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run("UPDATE material SET distributed = 101")
        }
        #expect(error?.constraint == "material_never_more_than_printed")
    }
}
