import Foundation
import Messages

/// A list of figures that must come out, such as `seeds/expected.json`.
struct ExpectedFigures: Codable {
    var note: String?
    var figures: [Figure]
    /// Cross-checks of figures with each other.
    var ratios: [Ratio]?

    /// One cell and its value, in the measure's unit. What is 0 may also be missing.
    struct Figure: Codable, Hashable {
        var measure: String
        var programme: String?
        var dimension: String?
        var territory: String
        /// `2020-05-26`, `2020-05`, `2020-Q2`, `2020` or `all`.
        var period: String
        /// One of the two.
        var value: Int64?
        var atLeast: Int64?

        /// Which cell it is.
        var name: [String] {
            [measure, programme ?? "", dimension ?? "", territory, period]
        }

        func isMet(by found: Int64) -> Bool {
            if let value, value != found { return false }
            if let atLeast, found < atLeast { return false }
            return true
        }
    }

    /// What one figure comes to for each of another, such as yuan for each loan.
    struct Ratio: Codable, Hashable {
        var note: String
        var of: Figure
        var per: Figure
        var atLeast: Double
        var atMost: Double

        func isMet(by value: Int64, per count: Int64) -> Bool {
            count > 0 && (atLeast...atMost).contains(Double(value) / Double(count))
        }
    }

    init(figures: [Figure]) { self.figures = figures }

    init(file: URL) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
        } catch {
            throw ScenarioSeeds.Failure(description: "\(file.path): \(error)")
        }
    }

    /// One figure a line, so that two files can be compared.
    func write(to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try figures.map {
            "  " + String(decoding: try encoder.encode($0), as: UTF8.self)
        }
        let text = "{\"figures\":[\n" + lines.joined(separator: ",\n") + "\n]}\n"
        try Data(text.utf8).write(to: file, options: .atomic)
    }
}

/// Adds up what the scenario must come to, for the district and its subdistricts, by all periods but days:
/// told by the generator, who knows what it makes, and not read from messages.
struct ScenarioExpectation {
    private struct Key: Hashable {
        let measure: String
        let programme: Programme?
        let dimension: String
        let subdistrict: TerritoryCode
        let day: BusinessDate
    }
    private var sums: [Key: Int64] = [:]

    /// - Parameter dimension: counts here and in the total without it.
    mutating func add(
        _ measure: String, _ value: Int64, programme: Programme? = nil, dimension: String = "",
        in territory: TerritoryCode, on day: BusinessDate
    ) {
        let key = Key(
            measure: measure, programme: programme, dimension: dimension,
            subdistrict: territory.ancestor(at: .subdistrict) ?? territory, day: day)
        sums[key, default: 0] += value
    }

    /// In the order of their names.
    var figures: ExpectedFigures {
        var totals: [ExpectedFigures.Figure: Int64] = [:]
        for (key, value) in sums {
            for place in key.subdistrict.ancestors {
                for period in Self.periods(key.day) {
                    for part in Set([key.dimension, ""]) {
                        let cell = ExpectedFigures.Figure(
                            measure: key.measure, programme: key.programme?.rawValue ?? "",
                            dimension: part, territory: place.rawValue, period: period)
                        totals[cell, default: 0] += value
                    }
                }
            }
        }
        let figures = totals.map { cell, value in
            var figure = cell
            figure.value = value
            return figure
        }
        return ExpectedFigures(
            figures: figures.sorted { $0.name.lexicographicallyPrecedes($1.name) })
    }

    private static func periods(_ day: BusinessDate) -> [String] {
        let month = day.month < 10 ? "0\(day.month)" : "\(day.month)"
        return ["all", "\(day.year)", "\(day.year)-Q\(day.quarter)", "\(day.year)-\(month)"]
    }
}
