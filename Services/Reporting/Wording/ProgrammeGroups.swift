import Messages

/// The two ways to group programmes.
enum ProgrammeGrouping: String, CaseIterable, Sendable {
    case series
    case keyTask = "key_task"

    static let expected = allCases.map(\.rawValue).joined(separator: " or ")

    var word: WordKind {
        switch self {
        case .series: .series
        case .keyTask: .keyTask
        }
    }

    var name: Words {
        switch self {
        case .series: .series
        case .keyTask: .keyTasks
        }
    }
}

/// A series or a key task, and the programmes that the association has put into it.
struct ProgrammeGroup: Sendable {
    /// Nil for the programmes without a group.
    let code: String?
    let name: Words
    /// By their codes.
    let programmes: [String]

    /// All groups in the order of their codes, also those with a name and no programme. Programmes without a group come last.
    /// - Parameter programmes: those with figures or lines; an empty name for no programme.
    static func all(
        by grouping: ProgrammeGrouping, of programmes: some Sequence<String>,
        _ names: ProgrammeNames, _ words: DistrictWords
    ) -> [ProgrammeGroup] {
        var groups: [String: Set<String>] = [:]
        for code in words.codes(of: grouping.word) { groups[code] = [] }
        for (programme, code) in names.groups(by: grouping) {
            groups[code, default: []].insert(programme)
        }
        let placed = groups.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        let rest = Set(programmes).subtracting(placed)
        let named = groups.sorted { $0.key < $1.key }.map { code, programmes in
            ProgrammeGroup(
                code: code, name: words[grouping.word, code] ?? Words(both: code),
                programmes: programmes.sorted())
        }
        return named
            + (rest.isEmpty
                ? [] : [ProgrammeGroup(code: nil, name: .noGroup, programmes: rest.sorted())])
    }
}

extension Words {
    static let series = Words("系列", "Series")
    static let keyTasks = Words("重点任务", "Key tasks")
    fileprivate static let noGroup = Words("未归类", "In none")
}
