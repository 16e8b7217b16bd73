import Foundation
import Messages
import Postgres
import ServiceKit

/// Where a person has lived, by business dates, and how registry knows each part.
///
/// Dates decide, not arrival: a move that is told late is put in at its day, and what is dated later stays. Of two on one
/// day, the one that arrived last holds.
struct StayList: Hashable, Sendable {
    /// Where a stay comes from. Of several on one day, the one that stands last here holds.
    enum Origin: Hashable, Sendable {
        /// The registration, which is never taken out.
        case registered
        /// A move of the person.
        case moved
        /// The registration that was merged into this one. It goes when the two turn out not to be one.
        case merged(PersonID)
        /// A move or the end of the household. It follows from the stays before it and the household.
        case followed

        fileprivate var rank: Int {
            switch self {
            case .registered: 0
            case .moved: 1
            case .merged: 2
            case .followed: 3
            }
        }
    }

    struct Entry: Hashable, Sendable {
        var stay: Stay
        var origin: Origin

        fileprivate static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
            (left.stay.from, left.origin.rank) < (right.stay.from, right.origin.rank)
        }
    }

    /// In the order of days. The first is the registration.
    private(set) var entries: [Entry]
    /// Where the person was registered.
    private let home: TerritoryCode

    init(
        registeredOn day: BusinessDate, in territory: TerritoryCode, household: HouseholdID? = nil,
        role: Role? = nil
    ) {
        let stay = Stay(from: day, territory: territory, household: household, role: role)
        entries = [Entry(stay: stay, origin: .registered)]
        home = territory
    }

    // MARK: Reading

    /// One for each day on which something changed.
    var stays: [Stay] { standing.map(\.stay) }

    /// The same, with how registry knows each.
    var standing: [Entry] { Self.standing(entries) }

    var first: Stay { entries[0].stay }
    var last: Stay { entries[entries.count - 1].stay }

    /// Where the person lived last, or lives, in the association's area.
    var lastTerritory: TerritoryCode {
        entries.last { $0.stay.territory != nil }?.stay.territory ?? home
    }

    /// Where the person lived on that day, or last before it, in the association's area.
    func territory(on day: BusinessDate) -> TerritoryCode {
        entries.last { $0.stay.from <= day && $0.stay.territory != nil }?.stay.territory ?? home
    }

    /// Nil before the registration.
    func stay(on day: BusinessDate) -> Stay? {
        entries.last { $0.stay.from <= day }?.stay
    }

    /// The day of the last move, or what came of one by a merge, if it is after that day.
    func lastMove(after day: BusinessDate) -> BusinessDate? {
        let move = entries.last { $0.origin != .followed && $0.origin != .registered }
        return move.flatMap { day < $0.stay.from ? $0.stay.from : nil }
    }

    func names(_ household: HouseholdID) -> Bool {
        entries.contains { $0.stay.household == household }
    }

    /// All households that are named.
    var households: [HouseholdID] {
        entries.reduce(into: []) { found, entry in
            if let id = entry.stay.household, !found.contains(id) { found.append(id) }
        }
    }

    /// Of the entries of one day, the last one.
    private static func standing(_ entries: [Entry]) -> [Entry] {
        guard entries.count > 1 else { return entries }
        return entries.enumerated().filter { index, entry in
            index + 1 == entries.count || entries[index + 1].stay.from != entry.stay.from
        }.map(\.element)
    }

    // MARK: Changing

    /// Puts a move in at its day.
    mutating func move(to stay: Stay) {
        entries.removeAll { $0.stay.from == stay.from && $0.origin != .registered }
        insert(Entry(stay: stay, origin: .moved))
    }

    /// Takes out the move of that day.
    /// - Returns: false if there was none.
    mutating func voidMove(on day: BusinessDate) -> Bool {
        let count = entries.count
        entries.removeAll { $0.stay.from == day && $0.origin == .moved }
        return entries.count < count
    }

    /// Takes out the move into that household on that day.
    mutating func takeBack(moveInto household: HouseholdID, on day: BusinessDate) {
        entries.removeAll {
            $0.stay.from == day && $0.origin == .moved && $0.stay.household == household
        }
    }

    /// Takes out what came of such a move with a merged registration: where that one has never moved, it is where it was.
    /// - Parameters:
    ///   - own: that registration's stays, without the move.
    ///   - home: the household in which it was, which stands again.
    mutating func takeBack(
        moveInto household: HouseholdID, on day: BusinessDate, of merged: PersonID,
        _ own: StayList, home: Household
    ) {
        for index in entries.indices.reversed() {
            let entry = entries[index]
            guard entry.origin == .merged(merged), entry.stay.household == household,
                var stay = own.entries.last(where: {
                    $0.origin != .followed && $0.stay.from <= entry.stay.from
                })?.stay, stay.from <= day, stay.household != household
            else { continue }
            if stay.household == home.id {
                stay = home.stays(of: stay).last { $0.from <= entry.stay.from } ?? stay
            }
            stay.from = entry.stay.from
            let earlier = entries[..<index].last { $0.origin != .followed }?.stay
            if let earlier, (earlier.household, earlier.role) == (stay.household, stay.role) {
                entries.remove(at: index)
            } else {
                entries[index].stay = stay
            }
        }
    }

    /// The household lives there from that day on, and so does the person where the person's own stay begins that day.
    mutating func move(with household: HouseholdID, to place: HouseholdPlace) {
        for index in entries.indices
        where entries[index].stay.from == place.from && entries[index].stay.household == household {
            entries[index].stay.territory = place.territory
        }
    }

    /// Puts in where a merged registration lives, from a day on until the next stay of this one.
    mutating func take(_ other: StayList, of merged: PersonID, on day: BusinessDate) {
        let own = Self.standing(other.entries.filter { $0.origin != .followed })
        guard var current = other.stay(on: day), let base = own.last(where: { $0.stay.from <= day })
        else { return }
        let until = entries.first { $0.stay.from > day && $0.origin != .followed }?.stay.from
        let later = own.filter { $0.stay.from > day && until.map($0.stay.from.isBefore) ?? true }
        current.from = day
        for var entry in [Entry(stay: current, origin: base.origin)] + later {
            // What the merged one has from another one goes when that one goes.
            if case .merged = entry.origin {} else { entry.origin = .merged(merged) }
            insert(entry)
        }
    }

    /// Takes out what came from a merged registration.
    mutating func release(_ merged: PersonID) {
        entries.removeAll { $0.origin == .merged(merged) }
    }

    /// Derives again what follows from households: a member moves along, and is in none once it is dissolved.
    /// - Parameter households: those of which something may have changed.
    mutating func follow(_ households: [HouseholdID: Household]) {
        let own = Self.standing(entries.filter { $0.origin != .followed })
        guard own.contains(where: { $0.stay.household != nil }) || own.count < entries.count else {
            return
        }
        var followed: [Entry] = []
        for (index, entry) in own.enumerated() {
            guard let id = entry.stay.household else { continue }
            let next = index + 1 < own.count ? own[index + 1].stay.from : nil
            let isWithin = { (day: BusinessDate) in
                day > entry.stay.from && next.map(day.isBefore) ?? true
            }
            if let household = households[id] {
                followed += household.stays(of: entry.stay).filter { isWithin($0.from) }
                    .map { Entry(stay: $0, origin: .followed) }
            } else {
                followed += entries.filter { $0.origin == .followed && isWithin($0.stay.from) }
            }
        }
        entries = (entries.filter { $0.origin != .followed } + followed)
            .sorted(by: Entry.isBefore)
    }

    private mutating func insert(_ entry: Entry) {
        let place = entries.firstIndex { Entry.isBefore(entry, $0) } ?? entries.endIndex
        entries.insert(entry, at: place)
    }
}

extension BusinessDate {
    func isBefore(_ other: BusinessDate) -> Bool { self < other }
}

// MARK: Storing

// `<day>/<territory>/<household>/<role>/<origin>`, with spaces between them. What there is none of is empty.

extension StayList.Origin {
    fileprivate var text: String {
        switch self {
        case .registered: "registered"
        case .moved: "moved"
        case .merged(let person): person.description
        case .followed: "followed"
        }
    }

    fileprivate init?(_ text: Substring) {
        switch text {
        case "registered": self = .registered
        case "moved": self = .moved
        case "followed": self = .followed
        default:
            guard let id = UUID(wireText: String(text)) else { return nil }
            self = .merged(PersonID(id))
        }
    }
}

extension StayList {
    var text: String {
        entries.map { entry in
            let stay = entry.stay
            return [
                stay.from.description, stay.territory?.rawValue ?? "",
                stay.household?.description ?? "", stay.role?.rawValue ?? "", entry.origin.text,
            ].joined(separator: "/")
        }.joined(separator: " ")
    }

    init(text: String) throws {
        entries = try text.split(separator: " ").map { item in
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 5, let from = BusinessDate(String(parts[0])),
                let origin = Origin(parts[4])
            else { throw StoredValueError(type: "list of stays") }
            return Entry(
                stay: Stay(
                    from: from, territory: TerritoryCode(String(parts[1])),
                    household: UUID(wireText: String(parts[2])).map { HouseholdID($0) },
                    role: Role(rawValue: String(parts[3]))), origin: origin)
        }
        guard let home = entries.first?.stay.territory else {
            throw StoredValueError(type: "list of stays")
        }
        self.home = home
    }
}
