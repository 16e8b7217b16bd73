internal import ServiceKit

/// Rows of text in aligned columns. Chinese characters take two columns of a terminal.
public struct TextTable {
    public enum Alignment { case left, right }

    private let alignments: [Alignment]
    private var rows: [[String]] = []

    public init(_ columns: [(title: String, alignment: Alignment)]) {
        alignments = columns.map(\.alignment)
        rows = [columns.map(\.title)]
    }

    public mutating func add(_ row: [String]) {
        precondition(row.count == alignments.count, "a row has a text for each column")
        // A line feed of somebody else's would look like a row.
        rows.append(row.map { ForeignText.visible($0) })
    }

    public var isEmpty: Bool { rows.count == 1 }

    public var text: String {
        let widths = alignments.indices.map { column in
            rows.map { Self.width($0[column]) }.max() ?? 0
        }
        var lines = rows.map { row in line(row, widths) }
        lines.insert(
            widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "), at: 1)
        return lines.joined(separator: "\n")
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var cells = row.indices.map { column in
            let space = String(
                repeating: " ", count: widths[column] - Self.width(row[column]))
            return alignments[column] == .left ? row[column] + space : space + row[column]
        }
        // Nothing but spaces would follow a text at the end.
        if alignments.last == .left, let last = row.last { cells[cells.count - 1] = last }
        return cells.joined(separator: "  ")
    }

    /// Columns of a terminal, by the East Asian wide and fullwidth ranges of Unicode (UAX #11).
    public static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { width, scalar in
            switch scalar.value {
            case 0x0300...0x036F, 0x200B...0x200F, 0xFE00...0xFE0F: width
            case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF,
                0x4E00...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
                0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
                0x20000...0x3FFFD:
                width + 2
            default: width + 1
            }
        }
    }
}
