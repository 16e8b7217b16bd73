import Messages
import Postgres
import ServiceKit

/// One territory, as the newest edition that names it has it.
struct Territory: Row {
    let code: TerritoryCode
    let nameZh: String
    let nameEn: String
    let validFrom: BusinessDate
    var validTo: BusinessDate?
    var edition: BusinessDate
    /// The units it took over, or parts of them.
    var predecessors: [TerritoryCode] = []
    /// The units that took it over, or parts of it.
    var successors: [TerritoryCode] = []

    var key: TerritoryCode { code }

    func isInForce(on date: BusinessDate) -> Bool {
        validFrom <= date && (validTo.map { date <= $0 } ?? true)
    }

    static let table = Table<Territory>(
        "territory", key: "code", lock: .share,
        columns: [
            Column("code", { $0.code }), Column("name_zh", { $0.nameZh }),
            Column("name_en", { $0.nameEn }), Column("valid_from", { $0.validFrom }),
            Column("valid_to", optional: { $0.validTo }), Column("edition", { $0.edition }),
            Column("predecessors", { Self.listed($0.predecessors) }),
            Column("successors", { Self.listed($0.successors) }),
        ]
    ) { row in
        Territory(
            code: try row.next(TerritoryCode.self), nameZh: try row.next(String.self),
            nameEn: try row.next(String.self), validFrom: try row.next(BusinessDate.self),
            validTo: try row.next(optional: BusinessDate.self),
            edition: try row.next(BusinessDate.self), predecessors: try list(&row),
            successors: try list(&row))
    }

    private static func listed(_ codes: [TerritoryCode]) -> String {
        codes.map(\.rawValue).joined(separator: " ")
    }

    private static func list(_ row: inout RowCursor) throws -> [TerritoryCode] {
        try row.next(String.self).split(separator: " ").compactMap { TerritoryCode(String($0)) }
    }
}

/// An edition of the list; it may come in several messages, and its facts are counted.
struct TerritoryEdition: Aggregate {
    let edition: BusinessDate
    var source: String
    var sequence: Int64 = 0

    var key: BusinessDate { edition }

    static let table = Table<TerritoryEdition>(
        "territory_edition", key: "edition",
        columns: [
            Column("edition", { $0.edition }), Column("source", { $0.source }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        TerritoryEdition(
            edition: try row.next(BusinessDate.self), source: try row.next(String.self),
            sequence: try row.next(Int64.self))
    }
}

extension Territory {
    static let migration = Migration(
        "0001_territories",
        """
        CREATE TABLE territory (
            code       text PRIMARY KEY
                       CHECK (code ~ '^[0-9]+$' AND length(code) IN (2, 4, 6, 9, 12, 15)),
            name_zh    text NOT NULL,
            name_en    text NOT NULL,
            valid_from date NOT NULL,
            valid_to   date CHECK (valid_to >= valid_from),
            edition    date NOT NULL
        );

        CREATE TABLE territory_edition (
            edition  date   PRIMARY KEY,
            source   text   NOT NULL,
            sequence bigint NOT NULL CHECK (sequence > 0)
        );
        """)

    static let successionMigration = Migration(
        "0014_territory_succession",
        """
        ALTER TABLE territory
            ADD predecessors text NOT NULL DEFAULT '',
            ADD successors   text NOT NULL DEFAULT '';
        COMMENT ON COLUMN territory.predecessors IS 'codes of the units it took over, or parts of them';
        COMMENT ON COLUMN territory.successors IS 'codes of the units that took it over, or parts of it';
        """)
}
