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

    static let table = Table(
        "territory", key: "code", lock: .share, Territory.init,
        Field("code", \.code), Field("name_zh", \.nameZh), Field("name_en", \.nameEn),
        Field("valid_from", \.validFrom), Field("valid_to", \.validTo), Field("edition", \.edition),
        Field("predecessors", codes: \.predecessors), Field("successors", codes: \.successors))
}

extension Field where V == [TerritoryCode] {
    /// Codes with a space between them.
    fileprivate init(_ name: String, codes: @escaping @Sendable (R) -> [TerritoryCode]) {
        self.init([Column(name) { codes($0).map(\.rawValue).joined(separator: " ") }]) { row in
            try row.next(String.self).split(separator: " ").compactMap { TerritoryCode(String($0)) }
        }
    }
}

/// An edition of the list of territories. It may come in several messages; `sequence` counts its
/// facts.
struct TerritoryEdition: Aggregate {
    let edition: BusinessDate
    var source: String
    var sequence: Int64 = 0

    var key: BusinessDate { edition }

    static let table = Table(
        "territory_edition", key: "edition", TerritoryEdition.init,
        Field("edition", \.edition), Field("source", \.source), Field("sequence", \.sequence))
}
