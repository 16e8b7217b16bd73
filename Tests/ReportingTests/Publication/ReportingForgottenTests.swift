import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Reporting
@testable import ServiceKit

/// One life of the database goes on from a backup; another begins with what was in it, and reads what the first one has
/// published on the stream.
@Suite("Editions that a restore has forgotten, on real databases")
struct ReportingForgottenTests {
    private let first: PublishingLife

    init() throws { first = try PublishingLife() }

    /// Plays what was there when the backup was made.
    private func restored(
        mark: String = "restored", _ play: (PublishingLife) throws -> Void
    ) throws -> PublishingLife {
        try play(first)
        let second = try PublishingLife()
        try play(second)
        try second.restore(from: first, mark: mark)
        return second
    }

    private func lentAndPublished(_ life: PublishingLife) throws {
        try life.lend([30, 40])
        try life.publish()
    }

    private func lentInTwoSubdistricts(_ life: PublishingLife) throws {
        try life.lend([30, 40, 50])
        try life.lend([60], in: "350203007")
        try life.publish()
    }

    // MARK: The stream has them

    @Test func `what a forgotten edition showed stays until the figures are the same again`() throws
    {
        let second = try restored(lentAndPublished)
        try first.lend([6])
        try first.publish()
        #expect(try second.read(first.stream) == "read")
        try second.lend([5])
        try second.publish()
        #expect(try second.loans("350203", "2020") == 75)
        #expect(try second.loans("350203006001", "2020") == 36, "30 and 5 would tell of one")
        #expect(try second.loans("350203006", "2020") == 76)
        #expect(try second.loans("350203006", "all") == 76)
        #expect(try second.gaps() == ["forgotten"])
        try second.lend([1])
        try second.publish()
        #expect(try second.loans("350203006001", "2020") == 36)
        #expect(try second.gaps() == [])
        try second.lend([2])
        try second.publish()
        #expect(try second.loans("350203006001", "2020") == 36)
        #expect(try second.gaps() == ["waiting"], "as always")
        try second.lend([4])
        try second.publish()
        #expect(try second.loans("350203006001", "2020") == 42, "one of many")
    }

    @Test func `asked for, a correction of what a forgotten edition showed is hidden`() throws {
        let second = try restored(lentInTwoSubdistricts)
        try first.lend([6])
        try first.publish()
        #expect(try second.read(first.stream) == "read")
        try second.lend([5])
        try second.publish(revises: true)
        #expect(try second.state("350203006001", "2020") == .suppressed)
        #expect(try second.loans("350203", "2020") == 185)
    }

    @Test func `what a forgotten edition hid stays hidden`() throws {
        let second = try restored(lentInTwoSubdistricts)
        try first.lend([2])
        try first.publish(revises: true)
        #expect(try first.state("350203006001", "2020") == .suppressed)
        #expect(try second.loans("350203006001", "2020") == 30, "as in the backup")
        #expect(try second.read(first.stream) == "read")
        try second.publish()
        #expect(try second.state("350203006001", "2020") == .suppressed)
        #expect(try second.gaps() == [])
    }

    @Test func `what forgotten editions showed before they hid it is remembered as told`() throws {
        let second = try restored(lentInTwoSubdistricts)
        try first.lend([6])
        try first.publish()
        try first.lend([2])
        try first.publish(revises: true)
        #expect(try second.read(first.stream) == "read")
        let told = [
            "350203006 122…130", "350203006001 32…40", "350203006002 36…44",
            "350203006003 46…54", "350203007 56…64", "350203007001 56…64",
        ]
        #expect(try first.told() == told)
        #expect(try second.told() == told)
        try second.lend([6])
        try second.publish()
        #expect(try second.told() == told)
        #expect(try second.state("350203006002", "2020") == .suppressed)
        #expect(try second.loans("350203", "2020") == 186)
        #expect(try second.gaps() == [])
    }

    @Test func `a year that a forgotten edition was the first to publish comes as it was`() throws {
        let second = try restored { try $0.publish() }
        try first.lend([3, 8, 20], on: "2026-03-05")
        try first.publish(at: "2027-02-01T02:00:00Z")
        #expect(try first.state("350203006001", "2026") == .suppressed)
        #expect(try second.read(first.stream) == "read")
        try second.lend([0, 8, 20], on: "2026-03-05")
        try second.publish(at: "2027-02-02T02:00:00Z")
        #expect(try second.loans("350203", "2026") == 28)
        #expect(try second.loans("350203006", "2026") == 31)
        #expect(try second.state("350203006001", "2026") == .suppressed, "zero would tell")
        #expect(try second.state("350203006001", "all") == .suppressed)
        #expect(try second.loans("350203006003", "2026") == 20)
        #expect(try second.gaps() == ["forgotten"])
        try second.lend([3], on: "2026-03-05")
        try second.publish(at: "2027-02-03T02:00:00Z")
        #expect(try second.state("350203006001", "2026") == .suppressed)
        #expect(try second.state("350203006002", "2026") == .suppressed)
        #expect(try second.loans("350203006", "2026") == 31)
        #expect(try second.gaps() == [])
    }

    @Test func `no edition gets the number of a forgotten one`() throws {
        let second = try restored(lentAndPublished)
        try first.publish()
        try first.publish()
        #expect(try second.read(first.stream) == "read")
        #expect(try second.publish() == 4)
    }

    @Test func `where nothing was published after the backup nothing is forgotten`() throws {
        let second = try restored(lentAndPublished)
        #expect(try second.read(first.stream) == "whole")
        try second.lend([6])
        #expect(try second.publish() == 2)
        #expect(try second.loans("350203006001", "2020") == 36)
    }

    @Test func `reading begins anew when the database is another one meanwhile`() throws {
        let second = try restored(lentAndPublished)
        try first.lend([6])
        try first.publish()
        #expect(try second.read(Array(first.stream.dropLast()), isWhole: false) == "reading")
        _ = try second.bench.connection.run("UPDATE epoch SET mark = 'a standby''s'")
        try Epochs.begin(second.bench.connection, now: .now())
        #expect(try second.read(first.stream) == "read")
        try second.publish()
        #expect(try second.loans("350203006001", "2020") == 36)
    }

    @Test func `a new database has nothing to read`() throws {
        #expect(try first.past() == "whole")
    }

    // MARK: The stream has them not

    @Test func `with a new broker nothing changes below the district of periods that were over`()
        throws
    {
        let second = try restored(lentAndPublished)
        try first.lend([6])
        try first.publish()
        #expect(try second.read([]) == "lost")
        try second.lend([6])
        try second.publish(at: "2026-11-30T02:00:00Z", revises: true)
        #expect(try second.loans("350203", "2020") == 76)
        #expect(try second.loans("350203006001", "2020") == 30)
        #expect(try second.loans("350203006", "all") == 70)
        #expect(try second.gaps() == ["forgotten"])
    }

    @Test
    func `with a new broker a year that was over and not published stays away, a later one comes`()
        throws
    {
        let second = try restored(lentAndPublished)
        #expect(try second.read([]) == "lost")
        try second.lend([30, 40], on: "2019-05-05")
        try second.lend([50, 60], on: "2027-03-05")
        try second.publish(at: "2028-02-01T02:00:00Z")
        #expect(try second.loans("350203", "2019") == 70)
        #expect(try second.state("350203006", "2019") == nil)
        #expect(try second.state("350203006", "all") != .value)
        #expect(try second.loans("350203006001", "2027") == 50)
        #expect(try second.gaps() == ["forgotten"])
    }

    @Test func `a stream that begins behind what the database knows says too little`() throws {
        let second = try restored(lentAndPublished)
        let known = first.stream.count
        try first.lend([6])
        try first.publish()
        #expect(try second.read(Array(first.stream.dropFirst(known))) == "lost")
        #expect(try second.publish() == 3, "the number of the one that was seen is taken")
        #expect(try second.loans("350203006001", "2020") == 30)
    }

    @Test(arguments: [(1, "whole"), (2, "lost")])
    func `with a new broker the operator may know the last edition`(
        _ number: Int, _ past: String
    ) throws {
        let second = try restored(mark: "last edition \(number)", lentAndPublished)
        #expect(try second.read([]) == past)
        try second.lend([6])
        #expect(try second.publish() == Int64(number) + 1)
        #expect(try second.loans("350203006001", "2020") == (past == "whole" ? 36 : 30))
    }
}
