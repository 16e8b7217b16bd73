internal import Foundation
public import Messages
internal import Postgres

/// How a territory ends, by the newest edition that has said so. It is kept apart from the territory because editions come
/// in any order: a territory's end may be told before the territory is.
///
/// Each territory has such a row from its first fact on, with an end or without. If two workers take in a territory and its end at
/// once, the second one collides with the first, and finds its row when it tries again.
struct TerritoryEnd: Row {
    let code: TerritoryCode
    /// Its last day; nil as long as only its successors were told.
    var validTo: BusinessDate?
    /// Codes of the units that took it over, with spaces between them, told while it was not known.
    var successors = ""
    /// The edition that says the last day, and which of the edition's facts it was.
    var edition = BusinessDate.range.lowerBound
    var version: Int64 = 0

    var key: TerritoryCode { code }

    static let table = Table(
        "territory_end", key: "code", TerritoryEnd.init,
        Field("code", \.code), Field("valid_to", \.validTo),
        Field("successors", \.successors), Field("edition", \.edition),
        Field("version", \.version))
}

/// The ends of territories, for each service that keeps registry's list of them.
public enum TerritoryEnds {
    public static func keys(_ fact: TerritoryLoaded, _ keys: inout Keys) {
        for code in codes(fact) { keys.need(TerritoryEnd.self, code) }
    }

    /// The territories that an edition says something of.
    static func codes(_ fact: TerritoryLoaded) -> [TerritoryCode] {
        fact.units.map(\.code) + (fact.closed ?? []).map(\.code)
            + (fact.successions ?? []).map(\.predecessor)
    }

    /// Takes in which territories an edition has ended, whether they are known yet or not.
    public static func load(_ fact: TerritoryLoaded, _ unit: UnitOfWork) throws {
        let version = unit.message.sequence ?? 0
        for closure in fact.closed ?? [] {
            var end = try find(closure.code, unit)
            guard (end.edition, end.version) < (fact.edition, version) else { continue }
            end.validTo = closure.validTo
            end.edition = fact.edition
            end.version = version
            try unit.store(end)
        }
    }

    /// Brings the row of a territory that was not known, if its end has not.
    /// - Returns: the units that followed it, as far as they were told, with spaces between their codes.
    @discardableResult
    public static func begin(_ code: TerritoryCode, _ unit: UnitOfWork) throws -> String {
        let end = try find(code, unit)
        try unit.store(end)
        return end.successors
    }

    /// A territory's last day, of which an edition has said one or none, and a newer one perhaps another.
    public static func lastDay(
        of code: TerritoryCode, said: BusinessDate?, by edition: BusinessDate, _ version: Int64,
        _ unit: UnitOfWork
    ) throws -> BusinessDate? {
        let end = try find(code, unit)
        return (edition, version) < (end.edition, end.version) ? end.validTo : said
    }

    static func find(_ code: TerritoryCode, _ unit: UnitOfWork) throws -> TerritoryEnd {
        try unit.find(TerritoryEnd.self, code) ?? TerritoryEnd(code: code)
    }

    public static func migration(_ name: String) -> Migration {
        Migration(
            name,
            """
            -- How territories end, by the newest edition that has said so; of those too that are not known yet.
            CREATE TABLE territory_end (
                code       text COLLATE "C" PRIMARY KEY,
                valid_to   date,
                successors text   NOT NULL,
                edition    date   NOT NULL,
                version    bigint NOT NULL
            );
            """)
    }
}
