import Messages
import ServiceKit

/// Cells as CSV (RFC 4180), a measure a line. A dimension that a spreadsheet would take for a formula has an apostrophe in front. `value` is empty unless the state is `value` or `zero`.
///
/// `edition` and `as_of` say the edition of the line: in all lines of a snapshot the one in force, in a range the one with which
/// the cell was published. They are empty for cells from before there were editions.
enum CellCSV {
    static let head = """
        dataset,epoch,seq,territory,period,programme,vintage,status,reason,measure,dimension,state,value,edition,as_of\r\n
        """

    /// - Parameter edition: of all lines; nil for the cell's own.
    static func lines(_ cell: CellChanged, of edition: EditionMoment? = nil) -> String {
        let key = cell.key
        let start = [
            cell.dataset, "\(cell.epoch)", "\(cell.seq)", key.territory.rawValue, key.period,
            key.programme, "\(cell.vintage)", cell.status.rawValue, cell.reason.code.rawValue,
        ]
        let number = edition?.number ?? cell.edition
        let asOf = edition?.asOf ?? cell.asOf
        let moment = [number.map { "\($0)" } ?? "", asOf?.description ?? ""]
        var text = ""
        for (name, figure) in cell.measures.sorted(by: { $0.key < $1.key }) {
            let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
            let end = [
                parts[0], parts.count > 1 ? parts[1] : "", figure.state.rawValue,
                figure.value.map { "\($0)" } ?? "",
            ]
            text += CSVField.line(start + end + moment) + "\r\n"
        }
        return text
    }

    /// A line for a unit that has no figures on these boundaries.
    static func line(
        of territory: TerritoryCode, divided dataset: DatasetState, _ edition: EditionMoment?
    ) -> String {
        let start = [dataset.name, "\(dataset.epoch)", "\(dataset.seq)", territory.rawValue]
        let end = [edition.map { "\($0.number)" } ?? "", edition?.asOf.description ?? ""]
        let middle = Array(repeating: "", count: 7) + ["divided", ""]
        return CSVField.line(start + middle + end) + "\r\n"
    }
}
