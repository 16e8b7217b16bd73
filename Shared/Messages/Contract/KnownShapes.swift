internal import Synchronization

extension Shape {
    private static let shapes = Mutex<[String: Shape]>([:])

    /// The shape of a type, recorded once in a process.
    static func known(of type: any Payload.Type) throws -> Shape {
        if let shape = shapes.withLock({ $0[type.type] }) { return shape }
        let shape = try Shape(of: type)
        shapes.withLock { $0[type.type] = shape }
        return shape
    }

    /// The shape of what stands at a place inside; nil if there is no such place.
    /// - Parameter path: names of members, and positions in lists.
    func part(at path: ArraySlice<Substring>) -> Shape? {
        guard let step = path.first else { return self }
        let rest = path.dropFirst()
        switch kind {
        case .object(_, let fields):
            return fields.first { $0.name == step }?.shape.part(at: rest)
        case .list(let element), .map(let element): return element.part(at: rest)
        case .text, .integer, .number, .flag, .value: return nil
        }
    }

    /// What would be right here, in words, with the bounds that the message's checks set; nil if they set none.
    /// - Parameter days: those of the message.
    func expected(_ days: BusinessDays) -> String? {
        switch kind {
        case .value("BusinessDate", _):
            return self.days.map { "a date YYYY-MM-DD from \(days.bounds(of: $0))" }
        case .value("Fen", _): return isPositive ? Fen.expectedAboveZero : nil
        case .integer where self.days == .planned:
            let bounds = days.bounds(of: .planned)
            return "a year from \(bounds.first.year) to \(bounds.last.year)"
        case .integer:
            return range.map { "an integer from \($0.lowerBound) to \($0.upperBound)" }
        default: return nil
        }
    }
}
