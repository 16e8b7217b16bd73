import Messages
import Postgres
import ServiceKit

/// One territory, as the newest edition that lists it says.
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
            Column("predecessors", { Self.text($0.predecessors) }),
            Column("successors", { Self.text($0.successors) }),
        ]
    ) { row in
        Territory(
            code: try row.next(TerritoryCode.self), nameZh: try row.next(String.self),
            nameEn: try row.next(String.self), validFrom: try row.next(BusinessDate.self),
            validTo: try row.next(optional: BusinessDate.self),
            edition: try row.next(BusinessDate.self), predecessors: try codes(&row),
            successors: try codes(&row))
    }

    private static func text(_ codes: [TerritoryCode]) -> String {
        codes.map(\.rawValue).joined(separator: " ")
    }

    private static func codes(_ row: inout RowCursor) throws -> [TerritoryCode] {
        try row.next(String.self).split(separator: " ").compactMap { TerritoryCode(String($0)) }
    }
}

/// An edition of the list of territories. It may come in several messages; `sequence` counts its
/// facts.
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
