import Messages
import Postgres
import ServiceKit

/// The units of territory that were in force on a day, and the codes of which each of them is made.
///
/// A figure stays with the code of its record. On the boundaries of a day, a unit has the figures of all codes whose whole area
/// lies in it. Successions tell: followed forwards from codes that had ended, and backwards from codes that came later.
/// A code whose area lies in several units is divided among them. Only the association knows in which part a family lives. So
/// none of these units has figures, and wider territories that contain all of them have.
struct Boundaries: Sendable {
    /// A code that counts in a unit: added (1), or subtracted (-1) if a wider code contains it and it lies elsewhere.
    struct Part: Hashable, Sendable {
        let code: TerritoryCode
        var sign: Int64 = 1
    }

    /// The first and the last day of a code, according to all editions.
    private struct Life: Sendable {
        let first: BusinessDate
        let last: BusinessDate
    }

    let day: BusinessDate
    private var lives: [TerritoryCode: Life] = [:]
    /// By code, its successors until the day.
    private var successors: [TerritoryCode: [TerritoryCode]] = [:]
    /// By code, its predecessors after the day.
    private var predecessors: [TerritoryCode: [TerritoryCode]] = [:]
    private var parts: [TerritoryCode: [Part]] = [:]
    /// By unit, the codes whose area lies partly in it.
    private(set) var divided: [TerritoryCode: [TerritoryCode]] = [:]

    /// - Parameter last: the last day of the figures. Later changes divide nothing.
    /// - Throws: `BoundaryProblem` if no territory was in force yet.
    static func on(
        _ day: BusinessDate, through last: BusinessDate = BusinessDate.range.upperBound,
        _ read: DatasetState.Reading
    ) throws -> Boundaries {
        var boundaries = Boundaries(day: day)
        try boundaries.readLives(read)
        let first = boundaries.lives.values.map(\.first).min()
        guard let first, first <= day else { throw BoundaryProblem.tooEarly(day, first) }
        try boundaries.readSuccessions(through: last, read)
        boundaries.findParts()
        return boundaries
    }

    private init(day: BusinessDate) { self.day = day }

    // MARK: The units

    /// All units in force, in the order of their codes.
    var units: [TerritoryCode] { lives.keys.filter(isInForce).sorted() }

    /// The units one level down.
    func children(of territory: TerritoryCode) -> [TerritoryCode] {
        let level = TerritoryCode.Level.allCases.first { $0 > territory.level }
        return units.filter { $0.level == level && territory.contains($0) }
    }

    /// The codes that a unit is made of, itself among them; none if it has no figures.
    func parts(of unit: TerritoryCode) -> [Part] {
        divided[unit] == nil ? parts[unit] ?? [] : []
    }

    /// - Throws: `BoundaryProblem` if it is no unit of that day, or one that has no figures.
    func require(_ unit: TerritoryCode, hasFigures: Bool = true) throws {
        guard lives[unit] != nil, isInForce(unit) else {
            let others = lives[unit] == nil ? [] : areas(of: unit).subtracting([unit])
            throw BoundaryProblem.notInForce(unit, on: day, others.sorted())
        }
        if hasFigures, let codes = divided[unit] {
            let wider = unit.ancestors.dropLast().last { lives[$0] != nil && divided[$0] == nil }
            throw BoundaryProblem.divided(unit, codes, wider)
        }
    }

    /// The territories of that day that have all of a code's area, from the district down.
    func around(_ code: TerritoryCode) -> [TerritoryCode] {
        if lives[code] != nil {
            let paths = areas(of: code).map(\.ancestors)
            let first = paths.first ?? []
            return first.enumerated().prefix { level, territory in
                paths.allSatisfy { $0.count > level && $0[level] == territory }
            }.map(\.element)
        }
        // No edition names it, so it lies where its wider territory lies.
        guard let outer = Self.outer(code) else { return code.ancestors }
        let path = around(outer)
        return path == outer.ancestors ? code.ancestors : path
    }

    /// Whether something may be booked on a code in a period; for a stock, until the end of the period.
    func mayHave(_ code: TerritoryCode, in period: PagePeriod, isStock: Bool) -> Bool {
        guard let life = lives[code], case .of(let period) = period else { return true }
        return life.first <= period.end && (isStock || life.last >= period.start)
    }

    /// The codes inside the parts, as half-open ranges.
    static func ranges(of parts: [Part]) -> [(from: String, below: String)] {
        let edges = parts.flatMap { part in
            // A colon sorts behind all digits.
            [(part.code.rawValue, part.sign), (part.code.rawValue + ":", -part.sign)]
        }
        var ranges: [(from: String, below: String)] = []
        var (depth, start) = (Int64(0), "")
        for (edge, change) in edges.sorted(by: { $0.0 < $1.0 }) {
            if depth == 0 { start = edge }
            depth += change
            if depth == 0 { ranges.append((start, edge)) }
        }
        return ranges
    }
}

// MARK: - Where codes lie

extension Boundaries {
    private static func outer(_ code: TerritoryCode) -> TerritoryCode? {
        code.level > .district ? code.parent : nil
    }

    /// A code that no edition names is in force if its wider territory is.
    private func isInForce(_ code: TerritoryCode) -> Bool {
        if let life = lives[code], day < life.first || day > life.last { return false }
        return Self.outer(code).map(isInForce) ?? true
    }

    /// The units of that day among which the figures of a code are divided.
    private func areas(of code: TerritoryCode) -> Set<TerritoryCode> {
        var found: Set<TerritoryCode> = isInForce(code) ? [code] : []
        for links in [successors, predecessors] {
            var seen: Set<TerritoryCode> = [code]
            for next in links[code] ?? [] { reach(next, by: links, &seen, &found) }
        }
        guard found.isEmpty else { return found }
        return Self.outer(code).map(areas) ?? [code]
    }

    /// A code without a successor or predecessor lies in its wider territory.
    private func reach(
        _ code: TerritoryCode, by links: [TerritoryCode: [TerritoryCode]],
        _ seen: inout Set<TerritoryCode>, _ found: inout Set<TerritoryCode>
    ) {
        guard seen.insert(code).inserted else { return }
        let isInForce = isInForce(code)
        if isInForce { found.insert(code) }
        let linked = links[code] ?? []
        for next in linked { reach(next, by: links, &seen, &found) }
        if !isInForce, linked.isEmpty, let outer = Self.outer(code) {
            reach(outer, by: links, &seen, &found)
        }
    }

    /// A wider code has the figures of all codes inside it. So a code is added to the units that contain it and not the wider
    /// one, and subtracted from the units that contain only the wider one.
    private mutating func findParts() {
        for code in lives.keys.sorted() {
            let inside = around(code)
            let outer = Self.outer(code).map(around) ?? []
            for unit in inside where !outer.contains(unit) {
                parts[unit, default: []].append(Part(code: code))
            }
            for unit in outer where !inside.contains(unit) {
                parts[unit, default: []].append(Part(code: code, sign: -1))
            }
            let areas = areas(of: code)
            guard areas.count > 1 else { continue }
            for unit in Set(areas.flatMap(\.ancestors)).subtracting(inside) {
                divided[unit, default: []].append(code)
            }
        }
    }
}

// MARK: - What editions say

extension Boundaries {
    /// No unit is known if one of them came before reporting kept the units of editions.
    private mutating func readLives(_ read: DatasetState.Reading) throws {
        var isWhole = true
        for row in try read(
            """
            SELECT p.code, least(p.valid_from, min(l.valid_from)), p.valid_to, count(l.code) > 0
            FROM place p LEFT JOIN listed_unit l ON l.code = p.code
            WHERE length(p.code) >= 6 GROUP BY p.code
            """)
        {
            var row = row.cursor()
            let code = try row.next(TerritoryCode.self)
            lives[code] = Life(
                first: try row.next(),
                last: try row.next(optional: BusinessDate.self) ?? BusinessDate.range.upperBound)
            if try !row.next(Bool.self) { isWhole = false }
        }
        if !isWhole { lives = [:] }
    }

    /// A change before the first contribution divides nothing.
    private mutating func readSuccessions(
        through last: BusinessDate, _ read: DatasetState.Reading
    ) throws {
        for row in try read(
            """
            SELECT l.code, l.valid_from, l.predecessors, l.valid_from > coalesce(b.since, '-infinity')
            FROM listed_unit l CROSS JOIN (
                SELECT least((SELECT min(day) FROM delta), (
                    SELECT min(c.start) FROM place p
                    JOIN cell c ON c.territory = p.code AND c.span = 'year'
                    WHERE length(p.code) = 6)) AS since) b
            WHERE l.predecessors <> '' ORDER BY l.code
            """)
        {
            var row = row.cursor()
            let code = try row.next(TerritoryCode.self)
            let from = try row.next(BusinessDate.self)
            let codes = ListedUnit.codes(try row.next())
            let isLater = try row.next(Bool.self)
            for old in codes {
                if from <= day, isLater { successors[old, default: []].append(code) }
                if from > day, from <= last { predecessors[code, default: []].append(old) }
            }
        }
    }
}

/// The reason why there are no figures on the boundaries of a question.
struct BoundaryProblem: Error {
    let code: RefusalCode
    /// A right value.
    let expected: String
    /// The wrong parameter: `boundaries` or `territory`.
    let field: String
    let found: String

    fileprivate static func tooEarly(
        _ day: BusinessDate, _ first: BusinessDate?
    ) -> BoundaryProblem {
        BoundaryProblem(
            code: .boundariesTooEarly,
            expected: first.map { "a day from \($0) on" }
                ?? "a list of territories to be loaded, or figures to be rebuilt",
            field: "boundaries", found: "\(day)")
    }

    fileprivate static func notInForce(
        _ unit: TerritoryCode, on day: BusinessDate, _ others: [TerritoryCode]
    ) -> BoundaryProblem {
        let hint = others.isEmpty ? "" : ", such as \(listed(others, "or"))"
        return BoundaryProblem(
            code: .territoryNotInForce, expected: "a territory in force on \(day)\(hint)",
            field: "territory", found: unit.rawValue)
    }

    fileprivate static func divided(
        _ unit: TerritoryCode, _ codes: [TerritoryCode], _ wider: TerritoryCode?
    ) -> BoundaryProblem {
        let wider = wider.map { ", such as \($0)" } ?? ""
        return BoundaryProblem(
            code: .unitDivided,
            expected: """
                a wider territory\(wider), or another day: what is booked on \(listed(codes, "and")) lies in this unit \
                and in others, and cannot be divided
                """,
            field: "territory", found: unit.rawValue)
    }

    /// - Parameter code: a code that counts in the territory of the question.
    static func outOfScope(_ code: TerritoryCode) -> BoundaryProblem {
        BoundaryProblem(
            code: .outOfScope, expected: "a scope with \(code), which counts in it on that day",
            field: "boundaries", found: code.rawValue)
    }

    private static func listed(_ codes: [TerritoryCode], _ word: String) -> String {
        codes.map(\.rawValue).joined(separator: " \(word) ")
    }
}

extension RefusalCode {
    static let boundariesTooEarly = RefusalCode(
        "boundaries_too_early", "a day on which territories were in force")
    static let unitDivided = RefusalCode("unit_divided", "a unit that was not divided")
}
