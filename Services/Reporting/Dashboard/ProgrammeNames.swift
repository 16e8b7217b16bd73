import Messages
import Postgres

/// What programmes are called, as the association has said it. One of which it has said nothing is shown by its code.
struct ProgrammeNames: Sendable {
    private let names: [String: Words]

    init(_ names: [String: Words]) { self.names = names }

    init(_ read: DatasetState.Reading) throws {
        let rows = try read("SELECT code, name_zh, name_en FROM programme")
        names = try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                var row = row.cursor()
                return (try row.next(String.self), Words(try row.next(), try row.next()))
            })
    }

    /// The name of a programme as it stands in a cell.
    subscript(programme: String) -> Words {
        programme.isEmpty ? .noProgramme : names[programme] ?? Words(both: programme)
    }
}
