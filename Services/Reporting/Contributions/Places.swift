import Messages
import Postgres
import ServiceKit

/// The name of a territory: a projection of registry's editions, for readers.
struct Place: Row {
    let code: TerritoryCode
    var nameZh: String
    var nameEn: String
    var validFrom: BusinessDate
    /// Its last day; nil while it stands.
    var validTo: BusinessDate?
    /// The edition that names it, and which of the edition's facts it was. A newer one may have ended it.
    var edition: BusinessDate
    var version: Int64

    var key: TerritoryCode { code }

    static let table = Table(
        "place", key: "code", Place.init,
        Field("code", \.code), Field("name_zh", \.nameZh), Field("name_en", \.nameEn),
        Field("valid_from", \.validFrom), Field("valid_to", \.validTo), Field("edition", \.edition),
        Field("version", \.version))
}

/// A unit in one of registry's editions: its first day, and the units that it followed. Newer editions do not replace it.
struct ListedUnit: Row {
    let code: TerritoryCode
    let edition: BusinessDate
    /// Which of the edition's facts says so.
    let version: Int64
    let validFrom: BusinessDate
    /// Codes of the units that it took over, or parts of them, with spaces between them.
    let predecessors: String

    var key: String { Self.key(code, edition) }

    static func key(_ code: TerritoryCode, _ edition: BusinessDate) -> String {
        "\(code)/\(edition)"
    }

    static func codes(_ text: String) -> [TerritoryCode] {
        text.split(separator: " ").compactMap { TerritoryCode(String($0)) }
    }

    static let table = Table(
        "listed_unit", key: Column("id", \.key), ListedUnit.init,
        Field("code", \.code), Field("edition", \.edition), Field("version", \.version),
        Field("valid_from", \.validFrom), Field("predecessors", \.predecessors))
}

/// Keeps names and successions of territories from registry's editions, which may come in any order.
enum Places {
    static func keys(_ fact: TerritoryLoaded, _ keys: inout Keys) {
        for unit in fact.units {
            keys.need(Place.self, unit.code)
            keys.need(ListedUnit.self, ListedUnit.key(unit.code, fact.edition))
        }
        for closure in fact.closed ?? [] { keys.need(Place.self, closure.code) }
        TerritoryEnds.keys(fact, &keys)
    }

    static func load(_ fact: TerritoryLoaded, _ unit: UnitOfWork) throws {
        let version = unit.message.sequence ?? 0
        try TerritoryEnds.load(fact, unit)
        let predecessors = Dictionary(grouping: fact.successions ?? [], by: \.successor)
        for entry in fact.units {
            let key = ListedUnit.key(entry.code, fact.edition)
            if try unit.find(ListedUnit.self, key).map({ $0.version < version }) ?? true {
                let codes = predecessors[entry.code, default: []].map(\.predecessor.rawValue)
                try unit.store(
                    ListedUnit(
                        code: entry.code, edition: fact.edition, version: version,
                        validFrom: entry.validFrom, predecessors: codes.joined(separator: " ")))
            }
            let held = try unit.find(Place.self, entry.code)
            if let held, (held.edition, held.version) >= (fact.edition, version) { continue }
            if held == nil { try TerritoryEnds.begin(entry.code, unit) }
            try unit.store(
                Place(
                    code: entry.code, nameZh: entry.nameZh, nameEn: entry.nameEn,
                    validFrom: entry.validFrom,
                    validTo: TerritoryEnds.lastDay(
                        of: entry.code, said: entry.validTo, by: fact.edition, version, unit),
                    edition: fact.edition, version: version))
        }
        for closure in fact.closed ?? [] {
            guard var held = try unit.find(Place.self, closure.code) else { continue }
            held.validTo = try TerritoryEnds.lastDay(
                of: held.code, said: held.validTo, by: held.edition, held.version, unit)
            try unit.store(held)
        }
    }
}
