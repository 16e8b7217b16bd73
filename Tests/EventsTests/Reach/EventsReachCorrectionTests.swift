import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Readings that turn out to have been others, or none, on a real database: the readings around them are asked for there.
@Suite struct EventsReachCorrectionTests {
    private let bench: ServiceBench
    /// Of the days 1, 10 and 20 of January 2020: 100, 90 and 130 followers.
    private let ids = (0..<3).map { _ in ReachID(UUID()) }

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        for (id, (count, day)) in zip(ids, [(100, 1), (90, 10), (130, 20)]) {
            try bench.decide(EventsSamples.reach(id, count: count, day: day))
        }
    }

    private func void(_ id: ReachID) throws -> VoidReach {
        VoidReach(reach: id, try EventsSamples.correction())
    }

    private func correct(
        _ id: ReachID, count: Int, day: Int, account: String? = nil
    ) throws -> CorrectReach {
        var reading = try EventsSamples.reach(id, count: count, day: day)
        reading.account = account
        return CorrectReach(reading, try EventsSamples.correction())
    }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    /// The change of each reading by its newest fact; nil if that says that it is void. They must be those of the rows.
    private func changes() throws -> [Int?] {
        var newest: [ReachID: (sequence: Int64, change: Int?)] = [:]
        for message in bench.facts {
            let said: (id: ReachID, change: Int?)? =
                switch message.payload {
                case let fact as ReachRecorded: (fact.reach, fact.change)
                case let fact as ReachCorrected: (fact.about.reach, fact.about.change)
                case let fact as ReachVoided: (fact.about.reach, nil)
                default: nil
                }
            guard let said else { continue }
            let sequence = message.header.sequence ?? 0
            if newest[said.id].map({ $0.sequence < sequence }) ?? true {
                newest[said.id] = (sequence, said.change)
            }
        }
        let rows = try bench.count(
            "SELECT coalesce(sum(change), 0)::bigint FROM reading WHERE NOT is_void")
        let changes = ids.map { newest[$0]?.change }
        #expect(changes.compactMap { $0 }.reduce(0, +) == rows)
        return changes
    }

    @Test func `a void reading gives the one after it back to the one before`() throws {
        try accept(void(ids[1]))
        #expect(try changes() == [100, nil, 30])
        #expect(try bench.decide(void(ids[1])).code == "already_void")
        try accept(void(ids[0]))
        #expect(try changes() == [nil, nil, 130])
        try accept(void(ids[2]))
        #expect(try changes() == [nil, nil, nil])
    }

    @Test func `a corrected number changes the reading after it, too`() throws {
        try accept(correct(ids[1], count: 110, day: 10))
        #expect(try changes() == [100, 10, 20])
        #expect(try bench.decide(correct(ids[1], count: 110, day: 10)).code == "nothing_changes")
    }

    @Test(arguments: [(25, [100, -40, 30]), (15, [100, -10, 40]), (5, [100, -10, 40])])
    func `a corrected time puts the reading where it belongs`(
        day: Int, expected: [Int]
    ) throws {
        try accept(correct(ids[1], count: 90, day: day))
        #expect(try changes() == expected)
    }

    @Test func `a reading was the first`() throws {
        var reading = try EventsSamples.reach(ids[2], count: 130, day: 1)
        reading.asOf = try EventsSamples.time("2019-12-31T20:00:00Z")
        try accept(CorrectReach(reading, try EventsSamples.correction()))
        #expect(try changes() == [-30, -10, 130])
    }

    @Test func `a reading was of another account, whose readings follow each other`() throws {
        try accept(correct(ids[1], count: 90, day: 10, account: "group-1"))
        #expect(try changes() == [100, 90, 30])
        try accept(correct(ids[2], count: 130, day: 20, account: "group-1"))
        #expect(try changes() == [100, 90, 40])
    }

    @Test func `a time that is read is taken, unless its reading is void`() throws {
        let taken = try bench.decide(correct(ids[1], count: 90, day: 20))
        #expect(taken.code == "already_counted")
        #expect(taken.pointer == "/data/asOf")
        try accept(void(ids[2]))
        try accept(correct(ids[1], count: 90, day: 20))
        #expect(try changes() == [100, -10, nil])
        #expect(
            try bench.decide(correct(ids[2], count: 130, day: 20)).code == "already_counted")
        try accept(correct(ids[2], count: 130, day: 21))
        #expect(try changes() == [100, -10, 40])
    }

    @Test func `a publisher corrects readings only in its territories`() throws {
        try bench.take(
            PublisherGranted(
                publisher: "street", territories: [EventsSamples.territory("350203007")],
                types: ["events.*"]), subject: UUID(), sequence: 1, as: "registry")
        let answer = try bench.decide(void(ids[0]), publisher: "street")
        #expect(answer.code == "out_of_scope")
        #expect(answer.pointer == "/data/reach")
    }
}
