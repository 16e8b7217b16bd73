import ArgumentParser
import CommandLineKit
import Foundation
import Postgres

/// Compares figures with expected ones, and with each other.
///
/// It reads the database instead of asking the service: it polls thousands of figures twice a second while facts arrive, and
/// only the database can compare all sums with their parts.
struct FiguresCheck {
    /// Differences that are listed.
    private static let limit = 50
    private static let pause = 0.5

    private let expected: ExpectedFigures
    private let connection: Connection

    init(_ expected: ExpectedFigures, _ connection: Connection) {
        self.expected = expected
        self.connection = connection
    }

    /// Prints the differences. Ends with status 1 if there are any.
    /// - Parameter patience: facts may still be on their way.
    func run(waiting patience: Duration) throws {
        let deadline = ContinuousClock.now + patience
        var differences = try differences()
        while !differences.isEmpty, ContinuousClock.now < deadline {
            Thread.sleep(forTimeInterval: Self.pause)
            differences = try self.differences()
        }
        guard differences.isEmpty else {
            for difference in differences.prefix(Self.limit) { say(difference) }
            if differences.count > Self.limit {
                say("… and \(differences.count - Self.limit) more")
            }
            throw ExitCode(1)
        }
        let count = expected.figures.count + (expected.ratios?.count ?? 0)
        say("all \(count) figures are as expected, and all figures agree")
    }

    private func differences() throws -> [String] {
        let found = try found(expected.figures)
        var differences: [String] = []
        for (figure, found) in zip(expected.figures, found) {
            guard !figure.isMet(by: found) else { continue }
            let name = figure.name.filter { !$0.isEmpty }.joined(separator: " ")
            let unit = figure.measure.hasSuffix("_fen") ? "fen" : ""
            func text(_ value: Int64) -> String {
                FigureLine.amount(value, unit).filter { !$0.isEmpty }.joined(separator: " ")
            }
            let due =
                figure.value.map(text) ?? figure.atLeast.map { "at least \(text($0))" } ?? ""
            differences.append("\(name): expected \(due), found \(text(found))")
        }
        differences += try impossibilities()
        // Adding everything up takes longer, so it comes after the other checks.
        return differences.isEmpty ? try disagreements() : differences
    }

    /// Ratios of figures that are out of bounds.
    private func impossibilities() throws -> [String] {
        let ratios = expected.ratios ?? []
        let values = try found(ratios.map(\.of))
        let counts = try found(ratios.map(\.per))
        return zip(ratios, zip(values, counts)).compactMap { ratio, found in
            ratio.isMet(by: found.0, per: found.1)
                ? nil : "\(ratio.note) Found \(found.0) for \(found.1)"
        }
    }

    /// The value of each expected figure, 0 where there is none.
    private func found(_ figures: [ExpectedFigures.Figure]) throws -> [Int64] {
        let rows = try connection.run(
            """
            SELECT coalesce(c.value, 0)
            FROM unnest(
                \(figures.map(\.measure)), \(figures.map { $0.programme ?? "" }),
                \(figures.map { $0.dimension ?? "" }), \(figures.map(\.territory)),
                \(figures.map(\.period)))
                WITH ORDINALITY AS e (measure, programme, dimension, territory, period, place)
            -- One look for each figure: joined at once, all cells would be made for it.
            LEFT JOIN LATERAL (
                SELECT v.value FROM cell_value v
                WHERE v.measure = e.measure AND v.programme = e.programme
                  AND v.dimension = e.dimension AND v.territory = e.territory
                  AND v.period = e.period
                LIMIT 1) c ON true
            ORDER BY e.place
            """)
        return try rows.map { try $0.decode(Int64.self, at: 0) }
    }

    /// Sums that differ from their parts.
    private func disagreements() throws -> [String] {
        try connection.run(
            """
            SELECT rule, source, territory, period, held_times, due_times, held_amount, due_amount
            FROM cell_mismatches() LIMIT \(Int64(Self.limit))
            """
        ).map { row in
            var row = row.cursor()
            let name = try (0..<4).map { _ in try row.next(String.self) }
            let values = try (0..<4).map { _ in try row.next(Int64.self) }
            return """
                \(name[1]) \(name[2]) \(name[3]): not the sum of its \(name[0]): \
                \(values[0]) times where \(values[1]) are due, \(values[2]) where \(values[3]) is due
                """
        }
    }
}
