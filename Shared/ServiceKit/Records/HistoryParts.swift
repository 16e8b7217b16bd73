internal import Messages

/// The facts of a history by the record of which they are.
///
/// Publishers choose ids, so two records of different kinds may have one. Whoever may see one of them is shown that one. A record of
/// one kind is shown whole or not at all.
struct HistoryParts {
    /// Facts of one type with one subject.
    struct Key: Hashable {
        let subject: String
        let type: String

        /// The kind of record: the entity of the type. Some records have facts of several entities, and some entities are several
        /// records.
        var kind: String {
            let names = type.split(separator: ".").map(String.init)
            guard names.count > 2 else { return type }
            let (service, entity, verb) = (names[0], names[1], names[2])
            return switch (service, entity, verb) {
            case ("registry", "persons", _), ("registry", "paper", _): "person"
            case ("registry", "households", _): "household"
            case ("events", "attendance_review", _): "attendance"
            case ("events", "material", "printed"), ("events", "material", "print_corrected"),
                ("events", "material", "print_voided"):
                "printing"
            case ("events", "material", _): "distribution"
            case ("funding", "fund", "deposited"): "deposit"
            case ("funding", "loan", "aged"): "ageing"
            case ("funding", "goods", "issued"), ("funding", "goods", "returned"): "issue"
            case ("funding", "donation", "allocated"), ("funding", "donation", "refunded"):
                "donation_use"
            default: entity
            }
        }
    }

    private typealias Facts = [Key: Set<TerritoryCode>]

    /// What belongs to the record that the service knows by this id.
    private var main: Facts = [:]
    /// Other records with the same id, by their kinds.
    private var others: [String: Facts] = [:]
    private let isKnown: Bool

    /// - Parameter facts: the territories that they name.
    init(_ facts: [Key: Set<TerritoryCode>], of reading: HistoryReading) {
        self.init(facts, kinds: reading.kinds, shared: reading.shared)
    }

    /// - Parameters:
    ///   - kinds: those of the record's own facts. Nil if the service knows nothing but its facts.
    ///   - shared: the ids that other records may have too.
    init(_ facts: [Key: Set<TerritoryCode>], kinds: Set<String>?, shared: Set<String>) {
        let own = Set(facts.keys.filter { shared.contains($0.subject) }.map(\.kind))
        // Nothing but one kind: all that is related is of it.
        let kinds = kinds ?? (own.count < 2 ? own : nil)
        isKnown = kinds != nil
        for (key, codes) in facts {
            if shared.contains(key.subject), !(kinds?.contains(key.kind) ?? false) {
                others[key.kind, default: [:]][key] = codes
            } else {
                main[key] = codes
            }
        }
    }

    var territories: Set<TerritoryCode> {
        ([main] + others.values).reduce(into: []) { all, facts in
            for codes in facts.values { all.formUnion(codes) }
        }
    }

    /// The facts that are not shown to whoever may speak for these territories; nil if nothing is.
    func hidden(where covers: (TerritoryCode) -> Bool) -> [Key]? {
        func isInScope(_ facts: Facts) -> Bool {
            let codes = facts.values.reduce(into: Set()) { $0.formUnion($1) }
            return !codes.isEmpty && codes.allSatisfy(covers)
        }
        var hidden: [Key] = []
        var isShown = false
        for facts in others.values {
            if isInScope(facts) { isShown = true } else { hidden += facts.keys }
        }
        let strangers = strangers(covers)
        // What is related to one of several records, and nobody knows to which, is shown with one of them only.
        if isInScope(main.filter { !strangers.contains($0.key) }), isKnown || isShown {
            isShown = true
            hidden += strangers
        } else {
            hidden += main.keys
        }
        return isShown ? hidden : nil
    }

    /// Facts of related records whose ids somebody else took for a record of another kind.
    private func strangers(_ covers: (TerritoryCode) -> Bool) -> Set<Key> {
        var strangers: Set<Key> = []
        for facts in Dictionary(grouping: main, by: \.key.subject).values {
            let kinds = Dictionary(grouping: facts, by: \.key.kind)
            let outside = kinds.filter { !$1.flatMap(\.value).allSatisfy(covers) }
            guard outside.count < kinds.count else { continue }
            strangers.formUnion(outside.values.flatMap { $0.map(\.key) })
        }
        return strangers
    }
}
