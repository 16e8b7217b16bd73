import Messages
import Postgres

/// Names of programmes, and the series and key tasks to which they belong, as the association has defined them. A programme
/// without a name is shown by its code.
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

    /// The codes of all programmes with a name, sorted.
    var codes: [String] { names.keys.sorted() }

    /// The group of each programme. Programmes without one are missing.
    func groups(by grouping: ProgrammeGrouping) -> [String: String] {
        switch grouping {
        case .series: series
        case .keyTask: keyTasks
        }
    }
}

extension Words {
    static let noProgramme = Words("不属于任何项目", "Of no programme")
}
