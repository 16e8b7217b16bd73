import Messages

/// A figure as an edition has it.
struct StoredFigure {
    let key: FigureKey
    let value: Int64
    let isShown: Bool
}

/// The figures of an edition, and those within each.
struct StoredFigures {
    private(set) var all: [FigureKey: StoredFigure] = [:]
    private var parts: [FigureKey: [StoredFigure]] = [:]

    subscript(_ key: FigureKey) -> StoredFigure? { all[key] }

    mutating func add(_ figure: StoredFigure) {
        all[figure.key] = figure
        let whole = figure.key.of(territory: String(figure.key.territory.dropLast(3)))
        parts[whole, default: []].append(figure)
    }

    func hasParts(_ key: FigureKey) -> Bool { parts[key] != nil }

    /// The figures at the next level.
    func parts(of key: FigureKey) -> [StoredFigure] { parts[key, default: []] }

    /// A figure without its parts; zero if there is none.
    func own(_ key: FigureKey) -> Int64 {
        parts(of: key).reduce(all[key]?.value ?? 0) { $0 - $1.value }
    }

    /// The same figure in the nearest year before or after.
    func nearest(_ key: FigureKey, after isAfter: Bool) -> StoredFigure? {
        (1...30).lazy.compactMap { years in
            let months = 12 * (isAfter ? years : -years)
            return all[key.of(key.span, from: key.start.adding(months: months))]
        }.first
    }
}

/// What readers can tell from two figures of a territory. Where they know the parts of both, they compare those, and what is
/// booked on the territory itself.
struct StoredComparison {
    typealias Side = (figure: StoredFigure, edition: StoredFigures)

    let isDivided: Bool
    private let one: Side
    private let two: Side
    private let last: StoredFigures
    private let threshold: Int64

    init(_ one: Side, with two: Side, last: StoredFigures, threshold: Int64) {
        (self.one, self.two, self.last, self.threshold) = (one, two, last, threshold)
        isDivided = [one, two].allSatisfy { $0.edition.hasParts($0.figure.key) }
    }

    func tellsFew(isStock: Bool) -> Bool {
        guard isDivided || !isKnown else { return false }
        let name = one.figure.key.name
        let families = change(name)
        if families > 0 { return families < threshold }
        // Of a stock, the persons of the same source.
        let persons = change(name.replacing("households", with: "persons"))
        return isStock && (1..<threshold * 5).contains(persons)
    }

    private func change(_ name: String) -> Int64 {
        let values = [one, two].map { side in
            let key = side.figure.key.named(name)
            return isDivided ? side.edition.own(key) : side.edition[key]?.value ?? 0
        }
        return abs(values[0] - values[1])
    }

    /// Whether both figures stand as they did in the last edition, or one does whose parts were public then.
    private var isKnown: Bool {
        let standing = [one, two].filter { last[$0.figure.key]?.value == $0.figure.value }
        return standing.count == 2
            || standing.contains { side in
                last.hasParts(side.figure.key) && !side.edition.hasParts(side.figure.key)
            }
    }
}
