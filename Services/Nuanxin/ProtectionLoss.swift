import ArgumentParser
import Disclosure
import DisclosureStore
import Foundation
import Postgres

struct ProtectionLoss: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loss",
        abstract: "Say how much is hidden, beside what the simple rule would hide.",
        discussion: """
            The simple rule hides, wherever one part of a total is sensitive, all parts of that total. Shares are \
            of the cells of measures that may be sensitive, zeros left out, and of what they add up to.
            """)

    @OptionGroup var options: ProtectionOptions

    func run() throws {
        let connection = try options.connection()
        let threshold = try options.threshold()
        var lines: [LossLine] = []
        for (dataset, programme) in try ProtectedProgramme.all(connection) {
            for cells in try GuardedCells.all(
                dataset, programme, threshold: threshold, { try connection.run($0) })
            {
                lines.append(LossLine(dataset, programme, cells))
            }
        }
        lines.append(LossLine(sumOf: lines))
        try options.show(lines, LossLine.table(lines))
    }
}

/// What is lost of one source.
private struct LossLine: Encodable {
    let dataset: String
    let programme: String
    let source: String
    private(set) var cells = 0
    private(set) var primary = 0
    private(set) var complementary = 0
    private(set) var simple = 0
    /// Of the first count, or of money if there is none.
    private(set) var value = 0.0
    private(set) var hiddenValue = 0.0
    private(set) var simpleValue = 0.0

    init(_ dataset: String, _ programme: String, _ cells: GuardedCells) {
        self.dataset = dataset
        self.programme = programme
        source = cells.source
        let versions = cells.versions().versions.filter { $0.ended == nil }
        let simply = cells.cube.hiddenBySimpleRule(versions)
        for (index, version) in versions.enumerated() {
            guard let size = version.values.compactMap(\.self).first, size != 0 else { continue }
            let value = Double(abs(size))
            self.cells += 1
            self.value += value
            if version.showing == .primary { primary += 1 }
            if version.showing == .complementary { complementary += 1 }
            if version.showing.isHidden { hiddenValue += value }
            if simply.contains(index) {
                simple += 1
                simpleValue += value
            }
        }
    }

    /// Shares of value of different units are averaged by their cells.
    init(sumOf lines: [LossLine]) {
        (dataset, programme, source) = ("all", "", "")
        for line in lines where line.value > 0 {
            cells += line.cells
            primary += line.primary
            complementary += line.complementary
            simple += line.simple
            value += Double(line.cells)
            hiddenValue += line.hiddenValue / line.value * Double(line.cells)
            simpleValue += line.simpleValue / line.value * Double(line.cells)
        }
    }

    static func table(_ lines: [LossLine]) -> String {
        var table = TextTable([
            ("dataset", .left), ("programme", .left), ("source", .left), ("cells", .right),
            ("primary", .right), ("complementary", .right), ("of value", .right),
            ("simple rule", .right), ("of value", .right),
        ])
        for line in lines {
            func share(_ part: Int) -> String { percent(Double(part), Double(line.cells)) }
            table.add([
                line.dataset, line.programme, line.source, "\(line.cells)", share(line.primary),
                share(line.complementary), percent(line.hiddenValue, line.value),
                share(line.simple), percent(line.simpleValue, line.value),
            ])
        }
        return table.text
    }

    private static func percent(_ part: Double, _ whole: Double) -> String {
        whole > 0 ? String(format: "%.1f %%", part / whole * 100) : "-"
    }
}
