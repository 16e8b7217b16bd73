internal import Foundation
public import Messages
internal import Postgres

/// A territory as registry's newest edition has it, in a service that records what happens there.
struct KnownTerritory: Row {
    let code: TerritoryCode
    var validFrom: BusinessDate
    /// Its last day; nil while it stands.
    var validTo: BusinessDate?
    /// Codes of the units that took it over, with spaces between them.
    var successors = ""
    /// The edition that names it, and which of the edition's facts it was. A newer one may have ended it: `TerritoryEnd`.
    var edition: BusinessDate
    var version: Int64

    var key: UUID { DerivedID.territory(code) }

    static let table = Table(
        "known_territory", key: Column("id", \.key), lock: .share, KnownTerritory.init,
        Field("code", \.code), Field("valid_from", \.validFrom),
        Field("valid_to", \.validTo), Field("successors", \.successors),
        Field("edition", \.edition), Field("version", \.version))
}

/// Registry's list of territories in the other services: what is recorded is recorded in a territory that there is.
public enum KnownTerritories {
    static func keys(_ fact: TerritoryLoaded, _ keys: inout Keys) {
        for code in TerritoryEnds.codes(fact) {
            keys.need(KnownTerritory.self, DerivedID.territory(code))
        }
        TerritoryEnds.keys(fact, &keys)
    }

    /// Editions may come in any order.
    static func load(_ fact: TerritoryLoaded, _ unit: UnitOfWork) throws {
        let version = unit.message.sequence ?? 0
        try TerritoryEnds.load(fact, unit)
        for entry in fact.units {
            let held = try unit.find(KnownTerritory.self, DerivedID.territory(entry.code))
            if let held, (held.edition, held.version) >= (fact.edition, version) { continue }
            try unit.store(
                KnownTerritory(
                    code: entry.code, validFrom: entry.validFrom,
                    validTo: TerritoryEnds.lastDay(
                        of: entry.code, said: entry.validTo, by: fact.edition, version, unit),
                    successors: held?.successors ?? TerritoryEnds.begin(entry.code, unit),
                    edition: fact.edition, version: version))
        }
        for closure in fact.closed ?? [] {
            let id = DerivedID.territory(closure.code)
            guard var held = try unit.find(KnownTerritory.self, id) else { continue }
            held.validTo = try TerritoryEnds.lastDay(
                of: held.code, said: held.validTo, by: held.edition, held.version, unit)
            try unit.store(held)
        }
        for succession in fact.successions ?? [] { try follow(succession, unit) }
    }

    /// Notes what follows a territory: with it, or with its end as long as it is not known.
    private static func follow(_ succession: TerritorySuccession, _ unit: UnitOfWork) throws {
        func adding(_ known: String) -> String {
            let codes = known.split(separator: " ").map(String.init)
            let code = succession.successor.rawValue
            return codes.contains(code) ? known : (codes + [code]).joined(separator: " ")
        }
        let id = DerivedID.territory(succession.predecessor)
        if var held = try unit.find(KnownTerritory.self, id) {
            held.successors = adding(held.successors)
            try unit.store(held)
        } else {
            var end = try TerritoryEnds.find(succession.predecessor, unit)
            end.successors = adding(end.successors)
            try unit.store(end)
        }
    }

    /// A unit with a last day is closed.
    static let successions = Successions { code, unit in
        guard let held = try unit.find(KnownTerritory.self, DerivedID.territory(code)) else {
            return .unknown
        }
        guard held.validTo != nil else { return .inForce }
        return .closed(
            into: held.successors.split(separator: " ").compactMap { TerritoryCode(String($0)) })
    }

    static func keys(_ placement: Placement, _ keys: inout Keys) {
        for code in [placement.territory, placement.territory.ancestor(at: .district)] {
            if let code { keys.need(KnownTerritory.self, DerivedID.territory(code)) }
        }
    }

    /// Refuses a command about a territory that there is not, or not on its day.
    ///
    /// A territory that is not known yet may come: the command waits for it. Of a district that was never loaded nothing is
    /// known, so nothing is asked.
    static func require(_ placement: Placement, _ unit: UnitOfWork) throws {
        guard let district = placement.territory.ancestor(at: .district),
            try unit.find(KnownTerritory.self, DerivedID.territory(district)) != nil
        else { return }
        let territory = try unit.require(
            KnownTerritory.self, DerivedID.territory(placement.territory), else: .unknownTerritory,
            at: placement.pointer)
        let day = placement.day
        if territory.validFrom <= day, territory.validTo.map({ day <= $0 }) ?? true { return }
        let successors = territory.successors.split(separator: " ").joined(separator: " or ")
        let hint = successors.isEmpty ? "" : ", such as its successor \(successors)"
        throw Refusal(
            .territoryNotInForce, at: placement.pointer,
            expected: "a territory in force on \(day)\(hint)")
    }

    public static func migration(_ name: String) -> Migration {
        Migration(
            name,
            """
            -- Registry's list of territories. `id` follows from the code: what waits for a territory waits for it.
            CREATE TABLE known_territory (
                id         uuid   PRIMARY KEY,
                code       text   NOT NULL UNIQUE,
                valid_from date   NOT NULL,
                valid_to   date,
                successors text   NOT NULL,
                edition    date   NOT NULL,
                version    bigint NOT NULL
            );
            """)
    }
}

extension RefusalCode {
    public static let unknownTerritory = RefusalCode(
        "unknown_territory", "the code of a territory that was loaded")
    public static let territoryNotInForce = RefusalCode(
        "territory_not_in_force", "a territory in force on that day")
}
