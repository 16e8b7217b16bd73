import Messages

/// A chart of one measure, with a bar for each territory or month.
///
/// Bars have short numbers; the table beside has exact ones. A figure without a value has a sign and no bar.
struct Chart {
    let title: String
    let description: String
    let rows: [FigureRow]
    let shape: Shape

    enum Shape { case bars, columns }

    /// Lengths of bars as parts of the longest one, 0 if there is no value above 0.
    static func lengths(_ values: [Int64?]) -> [Double] {
        let most = values.lazy.compactMap(\.self).max() ?? 0
        guard most > 0 else { return values.map { _ in 0 } }
        return values.map { max(0, Double($0 ?? 0)) / Double(most) }
    }

    /// - Parameter id: of this chart on its page.
    func svg(id: String) -> String {
        switch shape {
        case .bars: BarChart(self, id: id).svg
        case .columns: ColumnChart(self, id: id).svg
        }
    }
}

/// Horizontal bars, each below its name. They fit any width, because lengths are percentages and texts keep their size.
struct BarChart {
    private static let rowHeight = 44
    /// The part of the width for the longest bar. The rest is for its number.
    private static let widest = 70.0

    let svg: String

    init(_ chart: Chart, id: String) {
        let lengths = Chart.lengths(chart.rows.map(\.value))
        var svg = SVG(
            id: id, chart, height: Self.rowHeight * max(1, chart.rows.count), kind: "bars")
        for (index, (row, length)) in zip(chart.rows, lengths).enumerated() {
            let top = index * Self.rowHeight
            let width = length * Self.widest
            svg.text(row.label, x: "0", y: top + 15, class: "name")
            if width > 0 {
                svg.rectangle(x: "0", y: "\(top + 21)", width: SVG.percent(width), height: "16")
            }
            svg.text(
                row.short, x: SVG.percent(width), y: top + 34, dx: width > 0 ? 8 : 0,
                class: "number \(row.state)")
        }
        self.svg = svg.closed
    }
}

/// Columns side by side, for months.
struct ColumnChart {
    private static let height = 220
    private static let top = 24
    private static let bottom = 190

    let svg: String

    init(_ chart: Chart, id: String) {
        let lengths = Chart.lengths(chart.rows.map(\.value))
        var svg = SVG(id: id, chart, height: Self.height, kind: "columns")
        let pitch = 100.0 / Double(max(1, chart.rows.count))
        for (index, (row, length)) in zip(chart.rows, lengths).enumerated() {
            let middle = SVG.percent((Double(index) + 0.5) * pitch)
            let height = (Double(Self.bottom - Self.top) * length).rounded()
            let upper = Self.bottom - Int(height)
            if height > 0 {
                svg.rectangle(
                    x: SVG.percent((Double(index) + 0.2) * pitch), y: "\(upper)",
                    width: SVG.percent(pitch * 0.6), height: "\(Int(height))")
            }
            svg.text(row.bare, x: middle, y: upper - 7, class: "number middle \(row.state)")
            svg.text(row.label, x: middle, y: Self.bottom + 20, class: "name middle")
        }
        svg.line(y: Self.bottom)
        self.svg = svg.closed
    }
}

/// Writes an SVG element for a page. Colours and fonts are the style sheet's.
struct SVG {
    private var text: String

    init(id: String, _ chart: Chart, height: Int, kind: String) {
        text = """
            <svg class="chart \(kind)" role="img" aria-labelledby="\(id)-title \(id)-desc" \
            width="100%" height="\(height)" xmlns="http://www.w3.org/2000/svg">\
            <title id="\(id)-title">\(HTML.escaped(chart.title))</title>\
            <desc id="\(id)-desc">\(HTML.escaped(chart.description))</desc>
            """
    }

    mutating func rectangle(x: String, y: String, width: String, height: String) {
        text += "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\"/>"
    }

    mutating func text(_ string: String, x: String, y: Int, dx: Int = 0, class name: String) {
        let shift = dx == 0 ? "" : " dx=\"\(dx)\""
        text +=
            "<text class=\"\(name)\" x=\"\(x)\" y=\"\(y)\"\(shift)>\(HTML.escaped(string))</text>"
    }

    mutating func line(y: Int) {
        text += "<line x1=\"0\" x2=\"100%\" y1=\"\(y)\" y2=\"\(y)\"/>"
    }

    var closed: String { text + "</svg>" }

    /// With two digits at most, so that the same figures give the same bytes.
    static func percent(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        return rest == 0 ? "\(whole)%" : "\(whole).\(rest < 10 ? "0" : "")\(rest)%"
    }
}
