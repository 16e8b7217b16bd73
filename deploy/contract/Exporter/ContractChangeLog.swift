import Messages

/// The change log of the contract, made from what its files say of days.
enum ContractChangeLog {
    /// By day, the newest first: types that began or ended, and fields that versions got.
    /// - Parameters:
    ///   - entries: the items of `messages.json`.
    ///   - files: the schemas as they are, and in `earlier/` as they were before a day.
    static func text(_ entries: [JSONValue], _ files: [String: String]) throws -> String {
        var days: [String: [String]] = [:]
        let first = entries.compactMap { $0["since"]?.string }.min()
        for entry in entries {
            guard let type = entry["type"]?.string else { continue }
            if let day = entry["since"]?.string, day != first {
                days[day, default: []].append("`\(type)` is new.")
            }
            if let day = entry["until"]?.string {
                days[day, default: []].append("`\(type)` is withdrawn.")
            }
        }
        if let first {
            let count = entries.count { $0["since"]?.string == first }
            days[first, default: []].append("The first edition, with \(count) types.")
        }
        for (path, text) in files where path.hasPrefix("earlier/") {
            let parts = path.dropFirst("earlier/".count).dropLast(".json".count)
                .split(separator: ".")
            let type = parts.dropLast().joined(separator: ".")
            // The schema that follows: of the next day on which it changed, or of today.
            let later = files.keys.filter { $0.hasPrefix("earlier/\(type).") && $0 > path }.min()
            guard let day = parts.last, let next = files[later ?? "schemas/\(type).json"] else {
                continue
            }
            let changes = ContractChanges(
                from: try JSONValue(Array(text.utf8)), to: try JSONValue(Array(next.utf8)),
                isCommand: Catalogue.commands.contains { $0.type == type })
            days[String(day), default: []] += changes.omissions.map {
                "`\(type)` need not have `\($0)` any more."
            }
            days[String(day), default: []] += changes.additions.map {
                "`\(type)` may have `\($0)`."
            }
        }
        let sections = days.sorted { $0.key > $1.key }.map { day, lines in
            "## \(day)\n\n" + lines.sorted().map { "- \($0)\n" }.joined()
        }
        return "# Changes of the contract\n\n" + sections.joined(separator: "\n")
    }
}
