import CommandLineKit
import Messages

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
