/// Selects programmes by their series and key task.
struct ProgrammeFilter: Sendable {
    /// Nil for all programmes, and for cells of no programme.
    let programmes: Set<String>?

    static let all = ProgrammeFilter(programmes: nil)

    func takes(_ programme: String) -> Bool { programmes?.contains(programme) ?? true }

    /// - Parameters:
    ///   - series: its code; nil for any.
    ///   - keyTask: its code; nil for any.
    /// - Throws: `UnknownGroup`.
    static func read(
        series: String?, keyTask: String?, _ read: DatasetState.Reading
    ) throws -> ProgrammeFilter {
        guard series != nil || keyTask != nil else { return .all }
        let names = try ProgrammeNames(read)
        var programmes: Set<String>?
        for (grouping, code) in [(ProgrammeGrouping.series, series), (.keyTask, keyTask)] {
            guard let code else { continue }
            let groups = names.groups(by: grouping)
            let found = Set(groups.filter { $0.value == code }.keys)
            guard !found.isEmpty else {
                throw UnknownGroup(
                    grouping: grouping, code: code, known: Set(groups.values).sorted())
            }
            programmes = programmes.map { $0.intersection(found) } ?? found
        }
        return ProgrammeFilter(programmes: programmes)
    }
}

/// A series or key task without programmes.
struct UnknownGroup: Error, Sendable {
    let grouping: ProgrammeGrouping
    let code: String
    let known: [String]

    var expected: String {
        known.isEmpty ? "none: no programme belongs to any" : known.joined(separator: ", ")
    }
}
