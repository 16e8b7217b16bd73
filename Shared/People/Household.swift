public import Foundation
public import Messages
public import Postgres
public import ServiceKit

/// A household as registry has published it last. Its members are those whose stays name it.
public struct Household: Row, Equatable {
    public let id: HouseholdID
    /// That of the record which this is from.
    public var version: Int64
    /// In the order of days. At least one.
    public var places: [HouseholdPlace]
    /// The first day without it.
    public var dissolvedOn: BusinessDate?
    /// Where it lives, or has lived last.
    public var territory: TerritoryCode

    public var key: UUID { id.uuid }

    /// Nil if the record names no place.
    public init?(_ record: HouseholdRecord) {
        guard let last = record.places.last else { return nil }
        self.init(
            id: record.household, version: record.version, places: record.places,
            dissolvedOn: record.dissolvedOn, territory: last.territory)
    }

    private init(
        id: HouseholdID, version: Int64, places: [HouseholdPlace], dissolvedOn: BusinessDate?,
        territory: TerritoryCode
    ) {
        self.id = id
        self.version = version
        self.places = places
        self.dissolvedOn = dissolvedOn
        self.territory = territory
    }

    /// Locked for sharing: commands only read the row.
    public static let table = Table(
        "household", key: "id", lock: .share, Household.init,
        Field("id", \.id), Field("version", \.version),
        Field([Column("places", { PlaceText.text($0.places) })]) { row in
            try PlaceText.places(row.next())
        },
        Field("dissolved_on", \.dissolvedOn), Field("territory", \.territory))
}

/// Places in one text: `<from>/<territory>`, with spaces between them.
enum PlaceText {
    static func text(_ places: [HouseholdPlace]) -> String {
        places.map { "\($0.from)/\($0.territory.rawValue)" }.joined(separator: " ")
    }

    static func places(_ text: String) throws -> [HouseholdPlace] {
        try text.split(separator: " ").map { word in
            let parts = word.split(separator: "/").map(String.init)
            guard parts.count == 2, let from = BusinessDate(parts[0]),
                let territory = TerritoryCode(parts[1])
            else { throw StoredValueError(type: "list of places") }
            return HouseholdPlace(from: from, territory: territory)
        }
    }
}
