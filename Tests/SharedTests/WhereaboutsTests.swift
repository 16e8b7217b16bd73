import Messages
import Support
import Testing

@testable import ServiceKit

@Suite("Whose office answers for a day")
struct WhereaboutsTests {
    private let unit: UnitOfWork
    /// Here until 2020, then there.
    private let moved: Whereabouts
    private static let here = "350203007901"
    private static let there = "350203009901"

    init() throws {
        unit = UnitOfWork(
            source: MemorySource(), service: "toy", now: Timestamp(microseconds: 0),
            message: .placeholder)
        moved = try Self.lived([("2018-01-01", Self.here), ("2020-01-01", Self.there)])
    }

    private static func code(_ text: String) throws -> TerritoryCode {
        try #require(TerritoryCode(text))
    }

    private static func day(_ text: String) throws -> BusinessDate {
        try #require(BusinessDate(text))
    }

    private static func lived(_ places: [(String, String)]) throws -> Whereabouts {
        try #require(
            Whereabouts(
                try places.map { Whereabouts.Place(from: try day($0.0), territory: try code($0.1)) }
            ))
    }

    private func home(_ whereabouts: Whereabouts, on day: String) throws -> String {
        try unit.home(whereabouts, on: Self.day(day)).rawValue
    }

    /// Closed units, each with those that took it over.
    private func close(_ units: [String: [String]]) throws {
        let closed = try Dictionary(
            uniqueKeysWithValues: units.map { unit, parts in
                (try Self.code(unit), try parts.map(Self.code))
            })
        unit.successions = Successions { code, _ in
            closed[code].map { .closed(into: $0) } ?? .inForce
        }
    }

    @Test(arguments: [
        ("2010-01-01", false), ("2019-12-31", false), ("2020-01-01", true), ("2030-01-01", true),
    ])
    func `It is that of where somebody lived, the first place also before its day`(
        day: String, hasMoved: Bool
    ) throws {
        #expect(try home(moved, on: day) == (hasMoved ? Self.there : Self.here))
        for (code, isTheirs) in [(Self.here, !hasMoved), (Self.there, hasMoved)] {
            unit.begin(
                .placeholder, publisher: "office",
                scope: Scope(types: ["*"], territories: [try Self.code(code)]), alone: false)
            #expect(try unit.covers(moved, on: Self.day(day)) == isTheirs)
        }
    }

    @Test func `Nothing is known of somebody without a place`() {
        #expect(Whereabouts([]) == nil)
    }

    @Test func `A unit that took another one over answers for its days`() throws {
        try close([Self.here: ["350203007911"]])
        unit.begin(
            .placeholder, publisher: "office",
            scope: Scope(types: ["*"], territories: [try Self.code("350203007911")]), alone: false)
        #expect(try unit.covers(moved, on: Self.day("2019-12-31")))
        #expect(try !unit.covers(moved, on: Self.day("2020-01-01")))
    }

    @Test func `Of a unit that was split it is the part in which somebody lives on`() throws {
        let (left, right) = ("350203007911", "350203007912")
        try close([Self.here: [left, right]])
        let stays = try Self.lived([("2018-01-01", Self.here), ("2020-01-01", right)])
        #expect(try home(stays, on: "2019-12-31") == right)
        // Who had moved away before belongs to the parts together.
        #expect(try home(moved, on: "2019-12-31") == Self.here)
        for (codes, isTheirs) in [([left], false), ([right], false), ([left, right], true)] {
            unit.begin(
                .placeholder, publisher: "office",
                scope: Scope(types: ["*"], territories: try codes.map(Self.code)), alone: false)
            #expect(try unit.covers(moved, on: Self.day("2019-12-31")) == isTheirs)
        }
    }

    @Test func `A part that was taken over since still is that part`() throws {
        let (left, right, last) = ("350203007911", "350203007912", "350203007921")
        try close([Self.here: [left, right], right: [last]])
        let stays = try Self.lived([
            ("2018-01-01", Self.here), ("2020-01-01", right), ("2021-01-01", Self.there),
        ])
        #expect(try home(stays, on: "2019-12-31") == right)
        unit.begin(
            .placeholder, publisher: "office",
            scope: Scope(types: ["*"], territories: [try Self.code(last)]), alone: false)
        #expect(try unit.covers(stays, on: Self.day("2019-12-31")))
    }
}
