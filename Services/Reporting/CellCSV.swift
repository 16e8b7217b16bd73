import Messages

/// Cells as CSV (RFC 4180), a measure a line. `value` is empty unless the state is `value` or `zero`.
enum CellCSV {
    static let head = """
        dataset,epoch,seq,territory,period,programme,vintage,status,reason,measure,dimension,state,value\r\n
        """

    static func lines(_ cell: CellChanged) -> String {
        let key = cell.key
        let start = [
            cell.dataset, "\(cell.epoch)", "\(cell.seq)", key.territory.rawValue, key.period,
            key.programme, "\(cell.vintage)", cell.status.rawValue, cell.reason.code.rawValue,
        ]
        var text = ""
        for (name, figure) in cell.measures.sorted(by: { $0.key < $1.key }) {
            let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
            let end = [
                parts[0], parts.count > 1 ? parts[1] : "", figure.state.rawValue,
                figure.value.map { "\($0)" } ?? "",
            ]
            text += (start + end).map(quoted).joined(separator: ",") + "\r\n"
        }
        return text
    }

    private static func quoted(_ field: String) -> String {
        let mustQuote = field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
        return mustQuote ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }
}
