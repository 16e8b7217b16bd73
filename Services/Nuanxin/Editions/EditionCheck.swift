import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct EditionCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Count the figures of a file that the public sees, and list differences.",
        discussion: """
            The command reads public data: the snapshots that reporting serves as NDJSON, one after the \
            other. Status 1 if the public does not see a figure, or sees another value.

              curl -fsS "$NUANXIN_HTTP/v1/datasets/{families,funding,activities}/snapshot" |
                nuanxin edition check seeds/expected.json
            """)

    @Argument(help: "A file such as seeds/expected.json.")
    var file: String
    @Option(help: "The snapshots: a file, or - for standard input.")
    var snapshots = "-"

    func run() throws {
        let expected = try orExit { try ExpectedFigures(file: URL(filePath: file)) }
        let shown = try orExit { try PublicFigures(path: snapshots, expected.figures) }
        let differences = expected.figures.compactMap { shown.difference(from: $0) }
        for difference in differences { say(difference) }
        let count = expected.figures.count
        say("The public sees \(count - differences.count) of \(count) reference figures")
        if count == 0 || !differences.isEmpty { throw ExitCode(1) }
    }
}

/// Public figures of the wanted cells.
struct PublicFigures {
    struct Incomplete: Error, CustomStringConvertible {
        let description: String
    }

    /// The first line of a snapshot.
    private struct Head: Decodable {
        let dataset: String
        let cells: Int64
    }

    /// Microseconds before a pipe that has nothing is asked again.
    private static let pause: UInt32 = 20_000

    private var cells: [CellChanged.Key: [String: PublishedFigure]] = [:]

    /// - Parameter path: of snapshots, one after the other; each must be whole.
    init(path: String, _ figures: [ExpectedFigures.Figure]) throws {
        let wanted = Set(figures.compactMap(\.cell))
        let reader = try LineReader(
            path: path, as: "the snapshots of datasets, with a cell on each line")
        let decoder = JSONDecoder()
        var left: (dataset: String, cells: Int64)?
        reading: while true {
            switch try reader.next() {
            case .end: break reading
            case .later: usleep(Self.pause)
            case .tooLong: throw Incomplete(description: "a line that is no cell")
            case .line(let line):
                if left == nil || left?.cells == 0 {
                    guard let head = try? decoder.decode(Head.self, from: Data(line)) else {
                        throw Incomplete(description: "a line that begins no snapshot")
                    }
                    left = (head.dataset, head.cells)
                } else {
                    left?.cells -= 1
                    guard let cell = try? decoder.decode(CellChanged.self, from: Data(line)) else {
                        throw Incomplete(description: "a line that is no cell")
                    }
                    if wanted.contains(cell.key) {
                        cells[cell.key, default: [:]].merge(cell.measures) { $1 }
                    }
                }
            }
        }
        guard let left else { throw Incomplete(description: "there is no snapshot to read") }
        guard left.cells == 0 else {
            throw Incomplete(
                description: "the snapshot of \(left.dataset) lacks \(left.cells) cells")
        }
    }

    /// The fault of a figure, in words; nil if the public sees it and it is right. A zero must be shown too.
    func difference(from figure: ExpectedFigures.Figure) -> String? {
        let shown = figure.cell.flatMap { cells[$0]?[figure.part] }
        if let value = shown?.value, figure.isMet(by: value) { return nil }
        let due = figure.value.map { "\($0)" } ?? figure.atLeast.map { "at least \($0)" } ?? ""
        let found =
            shown.map { $0.value.map { "\($0)" } ?? $0.state.rawValue } ?? "not published"
        let name = figure.name.filter { !$0.isEmpty }.joined(separator: " ")
        return "\(name): expected \(due), the public sees: \(found)"
    }
}

extension ExpectedFigures.Figure {
    /// Where it is published; nil if its territory is none.
    fileprivate var cell: CellChanged.Key? {
        TerritoryCode(territory).map {
            CellChanged.Key(territory: $0, period: period, programme: programme ?? "")
        }
    }

    /// Its name in its cell.
    fileprivate var part: String {
        dimension.flatMap { $0.isEmpty ? nil : "\(measure):\($0)" } ?? measure
    }
}
