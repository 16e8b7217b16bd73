/// Where a fact stands in the journal of its service, as the fact itself says.
///
/// A service takes in facts of some types only, so positions alone do not tell it whether one is missing. Therefore a fact also
/// names, for each service that takes it in, the fact of the same owner before it that the service takes in as well:
/// `12/1042 events/1040 funding/1041` is position 1042 of owner 12.
struct JournalPlace: Equatable {
    let owner: Int32
    let position: Int64
    /// The position before it for each service that takes the fact in; 0 if it is the first one.
    let before: [String: Int64]

    /// The attribute `journal` of the fact.
    var text: String {
        before.sorted { $0.key < $1.key }
            .reduce("\(owner)/\(position)") { $0 + " \($1.key)/\($1.value)" }
    }

    init(owner: Int32, position: Int64, before: [String: Int64]) {
        self.owner = owner
        self.position = position
        self.before = before
    }

    /// - Returns: nil for a text that is no place.
    init?(_ text: String) {
        let parts = text.split(separator: " ").map { $0.split(separator: "/") }
        guard let first = parts.first, parts.allSatisfy({ $0.count == 2 }),
            let owner = Int32(first[0]), let position = Int64(first[1]), position > 0
        else { return nil }
        var before: [String: Int64] = [:]
        for part in parts.dropFirst() {
            guard let last = Int64(part[1]), 0..<position ~= last else { return nil }
            before[String(part[0])] = last
        }
        self.init(owner: owner, position: position, before: before)
    }
}

/// The end of a worker's journal.
struct JournalEnd {
    private(set) var position: Int64 = 0
    /// The last position of a fact that each service takes in.
    private var last: [String: Int64] = [:]

    /// The place of the next fact.
    mutating func next(_ type: String, owner: Int32) -> JournalPlace {
        position += 1
        var before: [String: Int64] = [:]
        for service in Topology.consumers[type] ?? [] {
            before[service] = last.updateValue(position, forKey: service) ?? 0
        }
        return JournalPlace(owner: owner, position: position, before: before)
    }
}
