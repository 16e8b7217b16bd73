import Messages
import Testing

@testable import ServiceKit

/// Which facts of a history are shown if records of two kinds have one id.
@Suite struct HistoryPartsTests {
    private typealias Key = HistoryParts.Key

    private func hidden(
        _ facts: [(String, String, String)], kinds: Set<String>? = nil, in scope: String
    ) throws -> Set<String>? {
        var told: [Key: Set<TerritoryCode>] = [:]
        for (subject, type, code) in facts {
            told[Key(subject: subject, type: type), default: []]
                .insert(try #require(TerritoryCode(code)))
        }
        let granted = try #require(TerritoryCode(scope))
        return HistoryParts(told, kinds: kinds, shared: ["a"])
            .hidden { granted.contains($0) }
            .map { Set($0.map(\.type)) }
    }

    private static let here = "350203007"
    private static let there = "350203009"

    @Test func `each office is shown its own of two records`() throws {
        let facts = [
            ("a", SessionOpened.type, Self.here), ("a", CaseworkRecorded.type, Self.there),
        ]
        #expect(try hidden(facts, in: Self.here) == [CaseworkRecorded.type])
        #expect(try hidden(facts, in: Self.there) == [SessionOpened.type])
        #expect(try hidden(facts, in: "350203") == [])
        #expect(try hidden(facts, in: "350203008") == nil)
    }

    @Test func `a record of one kind is shown whole or not at all`() throws {
        let moved = [
            ("a", PersonRegistered.type, Self.here), ("a", PersonMoved.type, Self.there),
            ("a", PersonsMerged.type, Self.here), ("b", MemberEnrolled.type, Self.here),
        ]
        for kinds in [nil, ["person"]] as [Set<String>?] {
            #expect(try hidden(moved, kinds: kinds, in: Self.here) == nil)
        }
    }

    @Test func `what is related to a record is closed with it, and the other one is not`() throws {
        let facts = [
            ("a", PersonRegistered.type, Self.here), ("b", MemberEnrolled.type, Self.here),
            ("a", SiteOpened.type, Self.there),
        ]
        #expect(try hidden(facts, kinds: ["person"], in: Self.here) == [SiteOpened.type])
        #expect(
            try hidden(facts, kinds: ["person"], in: Self.there)
                == [PersonRegistered.type, MemberEnrolled.type])
    }

    @Test func `a stranger with the id of a related record closes nothing`() throws {
        let facts = [
            ("b", AttendanceRecorded.type, Self.here), ("b", CaseworkRecorded.type, Self.there),
        ]
        #expect(try hidden(facts, kinds: [], in: Self.here) == [CaseworkRecorded.type])
    }
}
