import Foundation
import Messages
import Postgres
import Support

/// A figure of a cell. `name` is the measure, or one part of it as `measure:part`.
struct FigureKey: Hashable {
    let territory: String
    let span: String
    /// The first day of the period.
    let start: BusinessDate
    let programme: String
    let name: String

    var text: String { "\(name) \(programme) \(territory) \(span) \(start)" }

    func of(_ span: String, from start: BusinessDate) -> FigureKey {
        FigureKey(
            territory: territory, span: span, start: start, programme: programme, name: name)
    }

    func of(territory: String) -> FigureKey {
        FigureKey(
            territory: territory, span: span, start: start, programme: programme, name: name)
    }

    func named(_ name: String) -> FigureKey {
        FigureKey(
            territory: territory, span: span, start: start, programme: programme, name: name)
    }
}

/// A row of the table of measures, and what the plan publishes of it.
struct PlannedMeasure {
    let name: String
    let source: String
    let reads: String
    let isStock: Bool
    let isOfFamilies: Bool
    /// Whether it counts the families of its source: what decides whether a change is one of few.
    let decides: Bool
    /// By level and span, whether parts are public too.
    fileprivate(set) var planned: [Place: Bool] = [:]

    struct Place: Hashable {
        let level: Int
        let span: String
    }

    static func all(_ connection: Connection) throws -> [String: PlannedMeasure] {
        var all: [String: PlannedMeasure] = [:]
        for row in try connection.run(
            """
            SELECT m.name, m.source, m.reads, m.is_stock, m.protection <> 'none',
                   m.protection = 'count' AND m.reads = CASE
                       WHEN EXISTS (SELECT FROM measure o WHERE o.source = m.source
                                    AND o.reads = 'times' AND o.protection = 'count')
                       THEN 'times' ELSE 'amount' END
            FROM measure m
            """)
        {
            var row = row.cursor()
            let measure = PlannedMeasure(
                name: try row.next(), source: try row.next(), reads: try row.next(),
                isStock: try row.next(), isOfFamilies: try row.next(), decides: try row.next())
            all[measure.name] = measure
        }
        for row in try connection.run("SELECT measure, level, span::text, has_parts FROM plan_cell")
        {
            var row = row.cursor()
            let name = try row.next(String.self)
            let place = Place(level: Int(try row.next(Int32.self)), span: try row.next())
            all[name]?.planned[place] = try row.next(Bool.self)
        }
        return all
    }
}

/// The live figures of a moment, summed up in the plainest way from what each record contributes: no cell, no view and no
/// statement that makes editions has a part in them.
struct LiveFigures {
    static let spans = ["day", "month", "quarter", "year", "all"]
    static let levels = [6, 9, 12, 15]
    /// 1 January 1900, of all time.
    private static let beginning = BusinessDate(day: -25_567)

    fileprivate struct Series: Hashable {
        let source: String
        let programme: String
        let territory: String
        let part: String
    }

    private struct Sum {
        var times: Int64 = 0
        var amount: Int64 = 0
        var smallest = Int64.max
        var largest = Int64.min
        var subjects: [UUID: Int64] = [:]

        mutating func add(_ times: Int64, _ amount: Int64, _ subject: UUID?) {
            self.times += times
            self.amount += amount
            smallest = min(smallest, amount)
            largest = max(largest, amount)
            if let subject { subjects[subject, default: 0] += times }
        }

        func value(_ reads: String) -> Int64? {
            switch reads {
            case "times": times
            case "amount": amount
            case "subjects": Int64(subjects.count)
            case "smallest": smallest
            case "largest": largest
            default: subjects.values.max()
            }
        }
    }

    private struct Change {
        let day: BusinessDate
        let times: Int64
        let amount: Int64
    }

    let measures: [String: PlannedMeasure]
    private var flows: [Series: [String: [BusinessDate: Sum]]] = [:]
    private var stocks: [Series: [Change]] = [:]

    init(_ connection: Connection) throws {
        measures = try PlannedMeasure.all(connection)
        let isStock = Dictionary(
            measures.values.map { ($0.source, $0.isStock) }, uniquingKeysWith: { $0 || $1 })
        for row in try connection.run(
            """
            SELECT c.source, c.programme, c.territory, c.dimension, c.day, c.times, c.amount,
                   coalesce(a.survivor, c.subject)
            FROM contribution c LEFT JOIN person_alias a ON a.person = c.subject WHERE c.counts
            """)
        {
            var row = row.cursor()
            let (source, programme) = (try row.next(String.self), try row.next(String.self))
            let (territory, part) = (try row.next(String.self), try row.next(String.self))
            let day = try row.next(BusinessDate.self)
            let (times, amount) = (try row.next(Int64.self), try row.next(Int64.self))
            let subject = try row.next(optional: UUID.self)
            for level in Self.levels where level <= territory.utf8.count {
                for part in part.isEmpty ? [""] : ["", part] {
                    let series = Series(
                        source: source, programme: programme,
                        territory: String(territory.prefix(level)), part: part)
                    guard isStock[source] != true else {
                        stocks[series, default: []].append(
                            Change(day: day, times: times, amount: amount))
                        continue
                    }
                    for span in Self.spans {
                        flows[series, default: [:]][span, default: [:]][
                            Self.start(of: span, around: day), default: Sum()
                        ].add(times, amount, subject)
                    }
                }
            }
        }
    }

    /// Families that are registered in a district.
    func families(in district: String) -> Int64 {
        let series = Series(
            source: "registration", programme: "", territory: district, part: "")
        return stocks[series, default: []].reduce(0) { $0 + $1.times }
    }

    /// Nil where there is nothing of which it could be a figure.
    func value(_ key: FigureKey) -> Int64? {
        let words = key.name.split(separator: ":", maxSplits: 1).map(String.init)
        guard let measure = measures[words[0]] else { return nil }
        let series = Series(
            source: measure.source, programme: key.programme, territory: key.territory,
            part: words.count > 1 ? words[1] : "")
        guard measure.isStock else {
            return flows[series]?[key.span]?[key.start]?.value(measure.reads)
        }
        return stocks[series].map { changes in
            let end = Self.end(of: key.span, from: key.start)
            return changes.reduce(0) { sum, change in
                if let end, change.day >= end { return sum }
                return sum + (measure.reads == "times" ? change.times : change.amount)
            }
        }
    }

    /// All figures that the plan names and that are not nothing, of periods that have begun on a day.
    func all(until today: BusinessDate) -> [FigureKey: Int64] {
        let bySource = Dictionary(grouping: measures.values, by: \.source)
        var found: [FigureKey: Int64] = [:]
        for (series, spans) in flows {
            for measure in bySource[series.source, default: []] {
                for (span, starts) in spans where measure.isPlanned(series, span) {
                    for (start, sum) in starts where start <= today {
                        found[series.key(measure, span, start)] = sum.value(measure.reads)
                    }
                }
            }
        }
        for (series, changes) in stocks {
            let days = changes.map(\.day)
            guard let first = days.min() else { continue }
            for measure in bySource[series.source, default: []] {
                for span in Self.spans where measure.isPlanned(series, span) {
                    let starts = span == "day" ? days : Self.periods(span, first, today)
                    for start in starts where start <= today {
                        let key = series.key(measure, span, start)
                        found[key] = value(key)
                    }
                }
            }
        }
        return found.filter { $0.value != 0 }
    }

    // MARK: Periods

    private static func start(of span: String, around day: BusinessDate) -> BusinessDate {
        let month =
            switch span {
            case "month": day.month
            case "quarter": day.quarter * 3 - 2
            default: 1
            }
        return switch span {
        case "day": day
        case "all": beginning
        default: BusinessDate(year: day.year, month: month, day: 1) ?? day
        }
    }

    /// The first day after a period; nil if it has no end.
    static func end(of span: String, from start: BusinessDate) -> BusinessDate? {
        switch span {
        case "day": start.adding(days: 1)
        case "month": start.adding(months: 1)
        case "quarter": start.adding(months: 3)
        case "year": start.adding(months: 12)
        default: nil
        }
    }

    private static func periods(
        _ span: String, _ first: BusinessDate, _ last: BusinessDate
    ) -> [BusinessDate] {
        var starts: [BusinessDate] = []
        var next: BusinessDate? = start(of: span, around: first)
        while let start = next, start <= last {
            starts.append(start)
            next = end(of: span, from: start)
        }
        return starts
    }
}

extension PlannedMeasure {
    fileprivate func isPlanned(_ series: LiveFigures.Series, _ span: String) -> Bool {
        let parts = planned[Place(level: series.territory.utf8.count, span: span)]
        return series.part.isEmpty ? parts != nil : parts == true
    }
}

extension LiveFigures.Series {
    fileprivate func key(
        _ measure: PlannedMeasure, _ span: String, _ start: BusinessDate
    ) -> FigureKey {
        FigureKey(
            territory: territory, span: span, start: start, programme: programme,
            name: part.isEmpty ? measure.name : "\(measure.name):\(part)")
    }
}

extension LiveFigures {
    func measure(_ key: FigureKey) -> PlannedMeasure? {
        measures[String(key.name.prefix { $0 != ":" })]
    }
}
