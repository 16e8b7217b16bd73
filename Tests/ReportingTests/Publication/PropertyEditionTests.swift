import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting
@testable import ServiceSupport

/// Editions made at random moments while the scenario comes in, each of their figures against the live figure of its moment.
@Suite struct PropertyEditionTests {
    /// Three plays share this many editions.
    private static let perMille = 100
    private static let subdistricts = ["350203007", "350203012"]

    @Test("Whatever has come in when an edition is made, each public figure is the live one")
    func editions() throws {
        let settings = try PropertySettings(perMille: Self.perMille)
        let count = max(settings.count, EditionPlay.Order.allCases.count)
        print("PropertyEditionTests: \(count) editions, NUANXIN_TEST_SEED=\(settings.seed)")
        let played = try PlayedFacts(
            seed: settings.seed, households: 1_000, in: Self.subdistricts)
        var facts = ReportingFacts(seed: settings.seed)
        let further = try facts.items(records: 150).map { try body($0) }
        var ends: [[FigureKey: Int64]] = []
        var shownBelow = 0
        for (place, order) in EditionPlay.Order.allCases.enumerated() {
            let share = (count + place) / EditionPlay.Order.allCases.count
            var play = try EditionPlay(order, settings.seed &+ UInt64(place), played.units)
            let problems = try play.run(played.bodies + further, editions: share)
            for problem in problems.prefix(20) {
                Issue.record("NUANXIN_TEST_SEED=\(settings.seed) \(order): \(problem)")
            }
            guard problems.isEmpty else { return }
            ends.append(play.end)
            shownBelow += play.shownBelow
        }
        #expect(shownBelow > 0, "NUANXIN_TEST_SEED=\(settings.seed): nothing below the district")
        for end in ends.dropFirst() {
            #expect(end == ends[0], "NUANXIN_TEST_SEED=\(settings.seed): the order matters")
        }
    }

    private func body(_ item: ReportingFacts.Item) throws -> [UInt8] {
        let header = Header(
            id: item.id, source: "test", type: type(of: item.fact).type, time: .now(),
            subject: item.subject.uuidString.lowercased(), sequence: item.sequence)
        return try MessageEncoder().encode(header, item.fact)
    }
}

/// One play of the facts, with editions in between.
///
/// This must hold of the public figures of each edition:
///
/// - what is not about families, and all of an exact district, is the live figure, shown, and nothing of it is missing;
/// - of a district with too few families, nothing is said of families;
/// - below it stands, of settled years, the live figure, or what stood there in the edition before or, of a stock, stands in
///   a year beside it, or what the parts come to: then the edition says that it leaves something out of this source and
///   programme;
/// - such a figure does not move by few families, unless it is hidden, and a stock does not from year to year. Where its parts
///   are public, these do not, nor what is booked on the territory itself;
/// - all time is made of the settled years.
struct EditionPlay {
    enum Order: CaseIterable { case plain, twice, shuffled }

    private static let district = "350203"
    private static let batch = 100
    /// Registered families with which the district is exact: about half of those that come.
    private static let exactFrom: Int64 = 80
    private static let threshold: Int64 = 5
    private static let settleDays = 31
    /// The first and the last day of editions: years become settled in between.
    private static let days = (first: BusinessDate(day: 17_990), last: BusinessDate(day: 18_700))

    private let order: Order
    private let bench: ServiceBench
    private var random: PropertyRandom
    private var before = StoredFigures()
    private var isExact = false
    private var problems: [String] = []
    private(set) var shownBelow = 0
    /// The final figures, the same for all orders.
    private(set) var end: [FigureKey: Int64] = [:]

    init(_ order: Order, _ seed: UInt64, _ units: [TerritoryUnit]) throws {
        self.order = order
        random = PropertyRandom(seed)
        bench = try ServiceBench(Reporting.definition)
        try Epochs.begin(bench.connection, now: .now())
        _ = try bench.connection.run("UPDATE plan SET exact_from = \(Self.exactFrom)")
        let territory = TerritoryLoaded(
            edition: Self.days.first, source: "test", units: units)
        try bench.take(territory, subject: UUID(), sequence: 1)
    }

    /// - Returns: what is wrong, up to the first edition with something wrong.
    mutating func run(_ bodies: [[UInt8]], editions: Int) throws -> [String] {
        let items = ordered(bodies)
        // The last edition is of everything.
        let moments =
            (1..<editions).map { _ in random.number(in: 0...items.count) }.sorted()
            + [items.count]
        let length = Int(Self.days.last.day - Self.days.first.day)
        let days =
            (1..<editions).map { _ in random.number(in: 0...length) }.sorted() + [length]
        var taken = 0
        for (moment, day) in zip(moments, days) {
            while taken < moment {
                let next = min(moment, taken + random.number(in: 1...Self.batch))
                try bench.take(published: Array(items[taken..<next]))
                taken = next
                if random.once(in: 3) { try Cells.rollUp(bench.connection) }
            }
            try publish(Self.days.first.adding(days: day))
            guard problems.isEmpty else { return problems }
        }
        return []
    }

    private mutating func ordered(_ bodies: [[UInt8]]) -> [[UInt8]] {
        switch order {
        case .plain: return bodies
        case .twice: return random.merged([bodies, bodies])
        case .shuffled:
            var items = bodies
            for index in items.indices.dropFirst().reversed() {
                items.swapAt(index, random.number(in: 0...index))
            }
            return items
        }
    }

    /// Makes an edition on a day, and compares it.
    private mutating func publish(_ today: BusinessDate) throws {
        let now = try #require(Timestamp("\(today)T12:00:00+08:00"))
        let revises = random.once(in: 8)
        try ReportingChecks.write(bench, now: now, everything: false, revises: revises)
        let live = try LiveFigures(bench.connection)
        if live.families(in: Self.district) >= Self.exactFrom { isExact = true }
        let stored = try stored()
        let leftOut = try leftOut()
        for figure in stored.all.values { try check(figure, live, leftOut, stored, today) }
        for figure in stored.all.values where figure.key.span == "all" {
            checkSum(figure, stored, live)
        }
        for (key, value) in live.all(until: today) where isOpen(key, live) {
            guard stored[key] == nil else { continue }
            complain(key, "is missing, and is \(value)")
        }
        before = stored
        end = stored.all.filter { isOpen($0.key, live) && $0.value.value != 0 }.mapValues(\.value)
    }

    // MARK: One figure

    private mutating func check(
        _ figure: StoredFigure, _ live: LiveFigures, _ leftOut: Set<String>,
        _ stored: StoredFigures, _ today: BusinessDate
    ) throws {
        let key = figure.key
        let measure = try #require(live.measure(key))
        let isPart = key.name.contains(":")
        let place = PlannedMeasure.Place(level: key.territory.utf8.count, span: key.span)
        guard let hasParts = measure.planned[place], hasParts || !isPart else {
            return complain(key, "is not in the plan")
        }
        let value = live.value(key)
        if isOpen(key, live) {
            if !figure.isShown { complain(key, "is hidden") }
            // Nothing has no smallest and no largest.
            let isCounted = ["times", "amount", "subjects"].contains(measure.reads)
            if figure.value != value ?? (isCounted ? 0 : nil) {
                complain(key, "is \(figure.value), live \(value.map(String.init) ?? "nothing")")
            }
        } else if place.level == 6 || !isExact {
            complain(key, "is of families, of whom there are too few")
        } else if key.span != "all" {
            checkSettled(figure, measure, live, leftOut, stored, today)
        }
    }

    private mutating func checkSettled(
        _ figure: StoredFigure, _ measure: PlannedMeasure, _ live: LiveFigures,
        _ leftOut: Set<String>, _ stored: StoredFigures, _ today: BusinessDate
    ) {
        let key = figure.key
        if let end = LiveFigures.end(of: key.span, from: key.start),
            end.adding(days: Self.settleDays) > today
        {
            complain(key, "is public before its period is settled")
        }
        let old = before[key]
        if figure.value != live.value(key) ?? 0 {
            let hasWaited = leftOut.contains("\(measure.source)/\(key.programme)")
            if !hasWaited || !isMadeOf(figure, measure, live, stored) {
                complain(key, "is \(figure.value), before \(old?.value ?? 0)")
            }
        }
        checkMove(figure, from: old, measure, "before", stored, before)
        if measure.isStock, let last = stored.nearest(key, after: false), last.isShown {
            checkMove(figure, from: last, measure, "in the year before", stored, stored)
        }
        if figure.isShown { shownBelow += 1 }
    }

    /// Whether a figure stands as before or, beside what is public of its parts, as now or as in a year beside it.
    private func isMadeOf(
        _ figure: StoredFigure, _ measure: PlannedMeasure, _ live: LiveFigures,
        _ stored: StoredFigures
    ) -> Bool {
        let key = figure.key
        let parts = stored.parts(of: key).reduce(0) { $0 + (live.value($1.key) ?? 0) }
        var others = [before.own(key), (live.value(key) ?? 0) - parts]
        if measure.isStock {
            for (edition, isAfter) in [
                (stored, false), (stored, true), (before, false), (before, true),
            ] {
                others.append(edition.nearest(key, after: isAfter).map { edition.own($0.key) } ?? 0)
            }
        }
        return figure.value == before[key]?.value ?? 0 || others.contains(stored.own(key))
    }

    /// Of what was hidden zero is said when nothing is left of it.
    private mutating func checkMove(
        _ figure: StoredFigure, from old: StoredFigure?, _ measure: PlannedMeasure, _ when: String,
        _ stored: StoredFigures, _ others: StoredFigures
    ) {
        guard let old, measure.decides, figure.isShown, old.isShown || figure.value != 0 else {
            return
        }
        let compared = StoredComparison(
            (figure, stored), with: (old, others), last: before, threshold: Self.threshold)
        guard compared.tellsFew(isStock: measure.isStock) else { return }
        complain(
            figure.key,
            "moves from \(old.value) \(when) to \(figure.value), and is shown; parts known: \(compared.isDivided)"
        )
    }

    /// Below the district all time is made of the settled years: their sum, or of a stock the last one.
    private mutating func checkSum(
        _ figure: StoredFigure, _ stored: StoredFigures, _ live: LiveFigures
    ) {
        let key = figure.key
        guard !isOpen(key, live), let measure = live.measure(key) else { return }
        let years = (2_000...2_030).compactMap { BusinessDate(year: $0, month: 1, day: 1) }
            .compactMap { stored[key.of("year", from: $0)] }
        let due =
            measure.isStock ? years.last?.value ?? 0 : years.reduce(0) { $0 + $1.value }
        if figure.value != due { complain(key, "is \(figure.value), its years come to \(due)") }
        if figure.isShown, !(years.allSatisfy(\.isShown) || measure.isStock) {
            complain(key, "is shown, and one of its years is not")
        }
    }

    /// Whether it is shown as it is: it is not about families, or of a district with many.
    private func isOpen(_ key: FigureKey, _ live: LiveFigures) -> Bool {
        live.measure(key)?.isOfFamilies == false || key.territory.utf8.count == 6 && isExact
    }

    private mutating func complain(_ key: FigureKey, _ what: String) {
        problems.append("\(key.text) \(what)")
    }

    // MARK: What an edition says

    /// All that the last edition has a number of, shown or not.
    private func stored() throws -> StoredFigures {
        let rows = try bench.connection.run(
            """
            SELECT s.territory, s.span::text, s.start, s.programme, f.name, f.value,
                   substr(s.hiding, f.place::int, 1) IN ('', '-')
            FROM summary s
            CROSS JOIN LATERAL unnest(s.measures, s.figures) WITH ORDINALITY AS f (name, value, place)
            WHERE s.superseded_by IS NULL AND f.value IS NOT NULL
            """)
        var found = StoredFigures()
        for row in rows {
            var row = row.cursor()
            let key = FigureKey(
                territory: try row.next(), span: try row.next(), start: try row.next(),
                programme: try row.next(), name: try row.next())
            found.add(StoredFigure(key: key, value: try row.next(), isShown: try row.next()))
        }
        return found
    }

    /// Sources and programmes of which the last edition leaves something out.
    private func leftOut() throws -> Set<String> {
        let rows = try bench.connection.run(
            """
            SELECT DISTINCT source || '/' || programme FROM edition_gap
            WHERE edition = (SELECT max(number) FROM edition)
            """)
        return try Set(rows.map { try $0.decode(String.self, at: 0) })
    }
}
