import Messages
import Postgres

/// What programmes are called and what they belong to, as the association has said it. One of which it has said nothing is
/// shown by its code.
struct ProgrammeNames: Sendable {
    private let names: [String: Words]
    private let series: [String: String]
    private let keyTasks: [String: String]

    /// - Parameters:
    ///   - series: by programme.
    ///   - keyTasks: by programme.
    init(
        _ names: [String: Words], series: [String: String] = [:], keyTasks: [String: String] = [:]
    ) {
        self.names = names
        self.series = series
        self.keyTasks = keyTasks
    }

    init(_ read: DatasetState.Reading) throws {
        var (names, series, keyTasks): ([String: Words], [String: String], [String: String]) =
            ([:], [:], [:])
        for row in try read("SELECT code, name_zh, name_en, series, key_task FROM programme") {
            var row = row.cursor()
            let code = try row.next(String.self)
            names[code] = Words(try row.next(), try row.next())
            series[code] = try row.next(optional: String.self)
            keyTasks[code] = try row.next(optional: String.self)
        }
        self.init(names, series: series, keyTasks: keyTasks)
    }

    /// The name of a programme as it stands in a cell.
    subscript(programme: String) -> Words {
        programme.isEmpty ? .noProgramme : names[programme] ?? Words(both: programme)
    }

    /// All that have one, in the order of their codes.
    var codes: [String] { names.keys.sorted() }

    /// The code of what each programme belongs to; those that belong to none are not there.
    func groups(by grouping: ProgrammeGrouping) -> [String: String] {
        switch grouping {
        case .series: series
        case .keyTask: keyTasks
        }
    }
}
