public import Messages

/// Where somebody has lived, by business dates.
///
/// Business dates decide, not arrival: the office of where somebody lived on a day sends what is dated that day, however late it
/// comes, and whatever has happened meanwhile. Who has the person now does not matter to it.
public struct Whereabouts: Sendable {
    /// A unit, with the first day there.
    public struct Place: Sendable {
        public let from: BusinessDate
        public let territory: TerritoryCode

        public init(from: BusinessDate, territory: TerritoryCode) {
            self.from = from
            self.territory = territory
        }
    }

    private let first: Place
    private let later: [Place]

    /// - Parameter places: in the order of days.
    /// - Returns: nil if there is none.
    public init?(_ places: [Place]) {
        guard let first = places.first else { return nil }
        self.first = first
        later = Array(places.dropFirst())
    }

    /// The place on that day, or the last one before it. The first one also counts before its day: nothing else is known.
    func place(on day: BusinessDate) -> Place {
        later.last { $0.from <= day } ?? first
    }

    func place(after place: Place) -> Place? {
        later.first { $0.from > place.from }
    }
}

extension UnitOfWork {
    /// The unit whose office answers for what is dated that day.
    ///
    /// It is the unit where the person lived then. If that one was split since, it is the part in which the person has lived on:
    /// whoever stays at home changes the office without a move.
    public func home(_ whereabouts: Whereabouts, on day: BusinessDate) throws -> TerritoryCode {
        var place = whereabouts.place(on: day)
        while let next = whereabouts.place(after: place) {
            let parts = try standing(place.territory)
            guard parts.count > 1,
                try standing(next.territory).allSatisfy({ unit in
                    parts.contains { $0.contains(unit) }
                })
            else { break }
            place = next
        }
        return place.territory
    }

    /// Whether the publisher may speak for where somebody lived on that day.
    public func covers(_ whereabouts: Whereabouts, on day: BusinessDate) throws -> Bool {
        if isUnlimited { return true }
        return try covers(home(whereabouts, on: day))
    }
}
