import Messages
import Postgres

/// The periods of a measure that the plan publishes at one level.
struct PlannedLevel: Encodable, Sendable {
    /// `district`, `subdistrict`, `community` or `compound`.
    let level: String
    /// The shortest period: `day`, `month`, `quarter`, `year` or `all`.
    let from: String
    /// All of them, the shortest first.
    let spans: [String]

    private enum CodingKeys: CodingKey { case level, from }

    /// Levels that figures are kept of, the widest first.
    static let levels = TerritoryCode.Level.allCases.filter { $0 >= .district }

    /// By measure, the widest level first, without the levels that the plan leaves out.
    static func all(_ read: DatasetState.Reading) throws -> [String: [PlannedLevel]] {
        let rows = try read(
            """
            SELECT measure, level, array_agg(span::text ORDER BY span) FROM plan_cell
            GROUP BY measure, level ORDER BY measure, level
            """)
        var planned: [String: [PlannedLevel]] = [:]
        for row in rows {
            var row = row.cursor()
            let measure = try row.next(String.self)
            let level = TerritoryCode.Level(rawValue: Int(try row.next(Int32.self)))
            let spans = try row.next(arrayOf: String.self)
            guard let level, let from = spans.first else { continue }
            planned[measure, default: []].append(
                PlannedLevel(level: level.code, from: from, spans: spans))
        }
        return planned
    }
}

extension TerritoryCode.Level {
    var code: String {
        switch self {
        case .province: "province"
        case .city: "city"
        case .district: "district"
        case .subdistrict: "subdistrict"
        case .community: "community"
        case .compound: "compound"
        }
    }

    var words: Words {
        switch self {
        case .province: Words("省", "province")
        case .city: Words("市", "city")
        case .district: Words("区", "district")
        case .subdistrict: Words("街道", "subdistrict")
        case .community: Words("社区", "community")
        case .compound: Words("小区", "compound")
        }
    }
}
