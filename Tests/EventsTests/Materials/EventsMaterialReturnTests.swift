import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Copies that come back unused, over rows in memory.
@Suite struct EventsMaterialReturnTests {
    private let bench = HandlerBench(Events.definition)
    private let material = MaterialID(UUID())
    private let distribution = DistributionID(UUID())

    init() throws {
        try bench.handle(EventsSamples.printing(of: material, 1_000))
        try bench.handle(EventsSamples.distribution(distribution, of: material, 600))
    }

    private func giveBack(_ copies: Int, on day: String = "2019-06-10") throws -> Outcome {
        try bench.handle(EventsSamples.materialReturn(of: distribution, copies, on: day))
    }

    private func distributed() throws -> Int {
        try #require(try bench.unit.find(Material.self, material.uuid)).distributed
    }

    @Test func `what comes back is a new version of the distribution`() throws {
        let outcome = try giveBack(150)
        let fact = try #require(outcome.fact(MaterialReturned.self))
        #expect(fact.distribution == distribution)
        #expect(fact.material == material)
        #expect(fact.kind == .leaflet)
        #expect(fact.programme.rawValue == "early-childhood")
        #expect(fact.territory.rawValue == EventsSamples.community)
        #expect(fact.copies == 150)
        #expect(fact.leftCopies == 450)
        #expect(fact.distributedOn.description == "2019-06-01")
        #expect(fact.returnedOn.description == "2019-06-10")
        #expect(outcome.emissions.first?.subject == distribution.description)
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(try distributed() == 450)
        #expect(bench.source.loads == 0)
    }

    @Test func `all may come back, in parts, and no more than was handed out`() throws {
        let tooMany = try giveBack(601)
        expectRefusal(tooMany, "more_than_distributed", at: "/copies")
        #expect(tooMany.refusal?.expected == "at most 600 copies, which are out")
        #expect(try giveBack(200).isAccepted)
        expectRefusal(try giveBack(401), "more_than_distributed", at: "/copies")
        let last = try giveBack(400)
        #expect(last.fact(MaterialReturned.self)?.leftCopies == 0)
        #expect(last.emissions.first?.sequence == 3)
        expectRefusal(try giveBack(1), "more_than_distributed", at: "/copies")
        #expect(try distributed() == 0)
    }

    @Test func `what came back can be handed out again`() throws {
        expectRefusal(
            try bench.handle(EventsSamples.distribution(of: material, 401)), "not_enough_printed",
            at: "/copies")
        #expect(try giveBack(1).isAccepted)
        // On the days before, it was not there yet.
        expectRefusal(
            try bench.handle(EventsSamples.distribution(of: material, 401, on: "2019-06-09")),
            "not_enough_printed", at: "/copies")
        #expect(
            try bench.handle(EventsSamples.distribution(of: material, 401, on: "2019-06-10"))
                .isAccepted)
    }

    @Test func `nothing comes back before it was handed out`() throws {
        let early = try giveBack(1, on: "2019-05-31")
        expectRefusal(early, "date_too_early", at: "/returnedOn")
        #expect(early.refusal?.expected == "a date from 2019-06-01 on")
        #expect(try giveBack(1, on: "2019-06-01").isAccepted)
    }

    @Test func `a return is recorded once`() throws {
        let command = try EventsSamples.materialReturn(of: distribution, 10)
        #expect(try bench.handle(command).isAccepted)
        expectRefusal(try bench.handle(command), "material_return_exists", at: "/materialReturn")
        #expect(try distributed() == 590)
    }

    @Test func `a return waits for the distribution`() throws {
        let unknown = DistributionID(UUID())
        expectWait(
            try bench.handle(EventsSamples.materialReturn(of: unknown, 1)), for: unknown.uuid,
            else: "unknown_distribution", at: "/distribution")
    }

    @Test func `a publisher returns only what was handed out in its territories`() throws {
        let command = try EventsSamples.materialReturn(of: distribution, 1)
        expectRefusal(
            try bench.handle(command, territories: [EventsSamples.territory("350203009")]),
            "out_of_scope", at: "/distribution")
        #expect(
            try bench.handle(command, territories: [EventsSamples.territory()]).isAccepted)
    }
}

/// The same on a real database.
@Suite struct EventsMaterialReturnDatabaseTests {
    private let bench: ServiceBench
    private let material = MaterialID(UUID())
    private let distribution = DistributionID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.decide(EventsSamples.printing(of: material, 100))
        try bench.decide(EventsSamples.distribution(distribution, of: material, 60))
    }

    @Test func `returns are counted over several batches, and their reasons kept`() throws {
        for copies in [10, 20] {
            let command = try EventsSamples.materialReturn(of: distribution, copies)
            #expect(try bench.decide(command).status == "accepted")
        }
        let facts = bench.facts.filter { $0.payload is MaterialReturned }
        #expect(facts.map(\.header.sequence) == [2, 3])
        #expect(
            try bench.count("SELECT returned FROM distribution WHERE sequence = 3") == 30)
        #expect(try bench.count("SELECT distributed FROM material") == 30)
        #expect(
            try bench.count(
                "SELECT sum(copies)::bigint FROM material_return") == 30)
        #expect(try bench.texts().count == 2)
    }

    @Test func `a return sent twice is made once, and one that comes first is kept`() throws {
        let (id, time) = (UUID(), Timestamp.now())
        let command = try EventsSamples.materialReturn(of: distribution, 10)
        #expect(try bench.decide(command, id: id, time: time).status == "accepted")
        #expect(try bench.decide(command, id: id, time: time).status == "duplicate")
        #expect(try bench.count("SELECT distributed FROM material") == 50)
        let late = DistributionID(UUID())
        #expect(
            try bench.decide(EventsSamples.materialReturn(of: late, 5)).status == "parked")
        try bench.decide(EventsSamples.distribution(late, of: material, 20))
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(try bench.count("SELECT distributed FROM material") == 65)
    }

    @Test func `two workers never take back more than was handed out`() async throws {
        let (url, distribution) = (bench.url, distribution)
        try await both(url) { bench, _ in
            for _ in 0..<10 {
                let answer = try bench.decide(EventsSamples.materialReturn(of: distribution, 7))
                #expect(answer.status == "accepted" || answer.code == "more_than_distributed")
            }
        }
        try await onThread {
            let bench = try ServiceBench(Events.definition, url: url)
            #expect(try bench.count("SELECT returned FROM distribution") == 56)
            #expect(try bench.count("SELECT distributed FROM material") == 4)
        }
    }

    @Test func `the schema takes back no more than was handed out`() throws {
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run("UPDATE distribution SET returned = 61")
        }
        #expect(error?.constraint == "distribution_returned_once")
    }
}
