import Foundation
import Messages
import Postgres
import ServiceKit

/// A household, with the ids of its members and of the assertions about it. Whoever adds one holds this row, and so sees
/// all others.
struct Household: Recorded {
    let id: HouseholdID
    /// Where it has lived, in the order of days. The first is the registration.
    var places: [HouseholdPlace]
    /// Those whose last stay names it.
    var members: [PersonID] = []
    /// Others who have lived in it, or were said to, and registrations of members that were merged into another one.
    var former: [PersonID] = []
    /// The first day without it.
    var dissolvedOn: BusinessDate?
    /// The household into which it was merged, if it has ended so.
    var mergedInto: HouseholdID?
    /// Those whom that merge has moved.
    var joined: [PersonID] = []
    /// Households that were merged into this one, also if that was taken back. Their facts tell of both steps.
    var absorbed: [HouseholdID] = []
    /// About the household itself.
    var assertions: [AssertionID] = []
    /// That of its record in facts.
    var version: Int64 = 1
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "household", key: "id", also: [Column("territory", \.territory)], Household.init,
        Field("id", \.id),
        Field([Column("places", \.placesText)]) { try places(text: $0.next(String.self)) },
        Field("members", list: \.members), Field("former", list: \.former),
        Field("dissolved_on", \.dissolvedOn), Field("merged_into", \.mergedInto),
        Field("joined", list: \.joined), Field("absorbed", list: \.absorbed),
        Field("assertions", list: \.assertions),
        Field("version", \.version), Field("sequence", \.sequence))
}

extension Household {
    var registeredOn: BusinessDate { places[0].from }

    /// Where it lives, or lived last.
    var territory: TerritoryCode { places[places.count - 1].territory }

    func place(on day: BusinessDate) -> HouseholdPlace {
        places.last { $0.from <= day } ?? places[0]
    }

    /// Refuses a day on which nobody can live in it.
    /// - Parameter pointer: where the command has the day.
    func requireExisting(on day: BusinessDate, at pointer: String) throws(Refusal) {
        try day.require(from: registeredOn, else: .beforeHousehold, at: pointer)
        try requireNotGone(on: day, at: pointer)
    }

    /// Refuses a day on which nobody can live in it any more.
    func requireNotGone(
        on day: BusinessDate, at pointer: @autoclosure () -> String
    ) throws(Refusal) {
        guard let dissolvedOn, day >= dissolvedOn else { return }
        throw Refusal(
            .householdGone, at: pointer(),
            expected: "a date before \(dissolvedOn), when household \(id) was dissolved")
    }

    mutating func move(to place: HouseholdPlace) {
        places.removeAll { $0.from == place.from }
        places.insert(place, at: places.firstIndex { $0.from > place.from } ?? places.endIndex)
    }

    /// Where a member lives after that stay, as far as it follows from the household.
    func stays(of member: Stay) -> [Stay] {
        let later = places.filter { place in
            place.from > member.from && dissolvedOn.map(place.from.isBefore) ?? true
        }
        var stays = later.map {
            Stay(from: $0.from, territory: $0.territory, household: id, role: member.role)
        }
        if let dissolvedOn {
            stays.append(
                Stay(from: dissolvedOn, territory: later.last?.territory ?? member.territory))
        }
        return stays
    }

    var record: HouseholdRecord {
        HouseholdRecord(
            household: id, version: version, places: places, dissolvedOn: dissolvedOn)
    }
}

// Places are kept as `<day>/<territory>`, with spaces between them.

extension Household {
    private var placesText: String {
        places.map { "\($0.from)/\($0.territory)" }.joined(separator: " ")
    }

    private static func places(text: String) throws -> [HouseholdPlace] {
        let places = try text.split(separator: " ").map { item in
            let parts = item.split(separator: "/")
            guard parts.count == 2, let from = BusinessDate(String(parts[0])),
                let territory = TerritoryCode(String(parts[1]))
            else { throw StoredValueError(type: "list of places") }
            return HouseholdPlace(from: from, territory: territory)
        }
        guard !places.isEmpty else { throw StoredValueError(type: "list of places") }
        return places
    }
}
