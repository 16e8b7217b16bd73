import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Online audiences, on a real database: the readings before and after are asked for there.
@Suite struct EventsReachTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(Events.definition) }

    /// A reading of the association's account in January 2020.
    private func read(_ count: Int, day: Int, _ id: ReachID = ReachID(UUID())) throws -> RecordReach
    {
        try EventsSamples.reach(id, count: count, day: day)
    }

    /// The increase by the newest fact of each reading, by day.
    private func changes() -> [String: Int] {
        var newest: [ReachID: (sequence: Int64, fact: ReachRecorded)] = [:]
        for message in bench.facts {
            guard let fact = message.payload as? ReachRecorded else { continue }
            let sequence = message.header.sequence ?? 0
            if newest[fact.reach].map({ $0.sequence < sequence }) ?? true {
                newest[fact.reach] = (sequence, fact)
            }
        }
        return Dictionary(
            uniqueKeysWithValues: newest.values.map {
                ($0.fact.countedOn.description, $0.fact.change)
            })
    }

    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func `in whatever order readings come, changes add up to the newest`(order: [Int]) throws {
        let readings = [
            try read(10_000, day: 1), try read(9_000, day: 10), try read(13_000, day: 20),
        ]
        for index in order { #expect(try bench.decide(readings[index]).status == "accepted") }
        #expect(
            changes() == ["2020-01-01": 10_000, "2020-01-10": -1_000, "2020-01-20": 4_000])
    }

    @Test func `channels and what is counted of them are audiences of their own`() throws {
        try bench.decide(read(10_000, day: 1))
        var other = try read(500, day: 2)
        other.channel = .videoAccount
        try bench.decide(other)
        other = try read(300, day: 3)
        other.metric = .viewers
        try bench.decide(other)
        #expect(bench.payloads(ReachRecorded.self).map(\.change) == [10_000, 500, 300])
    }

    @Test func `two groups of one platform are audiences of their own, and each follows itself`()
        throws
    {
        for (group, count, day) in [("group-1", 100, 1), ("group-2", 50, 1), ("group-1", 110, 2)] {
            var reading = try read(count, day: day)
            reading.account = group
            #expect(try bench.decide(reading).status == "accepted")
        }
        try bench.decide(read(30, day: 1))
        let facts = bench.payloads(ReachRecorded.self)
        #expect(facts.map(\.change) == [100, 50, 10, 30])
        #expect(facts.map(\.account) == ["group-1", "group-2", "group-1", nil])
    }

    @Test func `one time of an audience is read once`() throws {
        let id = ReachID(UUID())
        try bench.decide(read(10_000, day: 1, id))
        #expect(try bench.decide(read(11_000, day: 1)).code == "already_counted")
        #expect(try bench.decide(read(11_000, day: 2, id)).code == "reach_exists")
    }

    // MARK: Sessions

    private func open(_ session: SessionID, kind: ActivityKind) throws {
        let activity = ActivityID(UUID())
        try bench.decide([
            try EventsSamples.activity(activity, kind: kind, for: .everyone),
            try EventsSamples.session(session, of: activity),
        ])
    }

    private func watched(_ session: SessionID, _ count: Int = 2_000) throws -> RecordReach {
        var command = try read(count, day: 15)
        (command.channel, command.metric) = (.livePlatform, .viewerHouseholds)
        command.programme = try EventsSamples.programme()
        command.territory = try EventsSamples.territory()
        command.session = session
        return command
    }

    @Test(arguments: [ActivityKind.liveStream, .onlineClass])
    func `a live stream or online class is watched by households, even after it closed`(
        kind: ActivityKind
    ) throws {
        let session = SessionID(UUID())
        #expect(try bench.decide(watched(session)).status == "parked")
        try open(session, kind: kind)
        try bench.decide(EventsSamples.close(session))
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        let fact = try #require(bench.payloads(ReachRecorded.self).first)
        #expect(fact.session == session)
        #expect(fact.kind == kind)
        #expect(fact.metric == .viewerHouseholds)
        #expect(fact.count == 2_000)
    }

    @Test func `a session that people come to has no online audience`() throws {
        let session = SessionID(UUID())
        try open(session, kind: .lecture)
        #expect(try bench.decide(watched(session)).code == "session_not_online")
    }

    @Test func `a cancelled session has no audience`() throws {
        let session = SessionID(UUID())
        try open(session, kind: .liveStream)
        try bench.decide(EventsSamples.cancel(session))
        #expect(try bench.decide(watched(session)).code == "session_cancelled")
    }

    @Test func `a session's audience has its programme and territory`() throws {
        let session = SessionID(UUID())
        try open(session, kind: .liveStream)
        var command = try watched(session)
        command.programme = try EventsSamples.programme("cloud-classroom")
        #expect(try bench.decide(command).pointer == "/data/programme")
        command = try watched(session)
        command.territory = try EventsSamples.territory("350203")
        #expect(try bench.decide(command).pointer == "/data/territory")
    }
}

/// Two workers over one audience.
@Suite struct EventsReachRaceTests {
    @Test func `changes add up to the newest reading, whichever worker has taken it`() async throws
    {
        let url = try await onThread { try ServiceBench(Events.definition).url }
        try await both(url) { bench, half in
            for day in 1...14 {
                let answer = try bench.decide(
                    EventsSamples.reach(count: 1_000 * day + half, day: 2 * day - half))
                #expect(answer.status == "accepted")
            }
        }
        try await onThread {
            let bench = try ServiceBench(Events.definition, url: url)
            #expect(try bench.count("SELECT sum(change)::bigint FROM reading") == 14_000)
        }
    }
}
