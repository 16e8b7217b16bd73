import Messages
import Postgres

/// Which cells there are. Each of these jumps through the index from one key to the next, because a cell that
/// changes every second has thousands of editions.
enum PublishedKeys {
    private static let limit = 500

    /// A programme of which a territory has figures, and the months between which they lie.
    struct Programme: Sendable {
        let dataset: Dataset
        let programme: String
        let first: BusinessDate
        let last: BusinessDate
    }

    static func programmes(
        of territory: TerritoryCode, _ read: DatasetState.Reading
    ) throws -> [Programme] {
        try read(
            """
            WITH RECURSIVE key AS (
                SELECT d.name AS dataset, (
                    SELECT programme FROM summary s
                    WHERE s.dataset = d.name AND s.territory = \(territory) AND s.span = 'month'
                    ORDER BY programme LIMIT 1) AS programme
                FROM dataset d
                UNION ALL
                SELECT k.dataset, (
                    SELECT programme FROM summary s
                    WHERE s.dataset = k.dataset AND s.territory = \(territory)
                      AND s.span = 'month' AND s.programme > k.programme
                    ORDER BY programme LIMIT 1)
                FROM key k WHERE k.programme IS NOT NULL
            )
            SELECT k.dataset, k.programme, first.start, last.start
            FROM key k JOIN dataset d ON d.name = k.dataset
            CROSS JOIN LATERAL (
                SELECT s.start FROM summary s
                WHERE s.dataset = k.dataset AND s.territory = \(territory)
                  AND s.span = 'month' AND s.programme = k.programme AND s.seq <= d.published
                ORDER BY s.start LIMIT 1) first
            CROSS JOIN LATERAL (
                SELECT s.start FROM summary s
                WHERE s.dataset = k.dataset AND s.territory = \(territory)
                  AND s.span = 'month' AND s.programme = k.programme AND s.seq <= d.published
                ORDER BY s.start DESC LIMIT 1) last
            WHERE k.programme IS NOT NULL
            ORDER BY k.dataset, k.programme LIMIT \(limit)
            """
        ).compactMap { row in
            var row = row.cursor()
            let dataset = Dataset(rawValue: try row.next(String.self))
            let (programme, first, last) = (
                try row.next(String.self), try row.next(BusinessDate.self),
                try row.next(BusinessDate.self)
            )
            return dataset.map {
                Programme(dataset: $0, programme: programme, first: first, last: last)
            }
        }
    }

    /// The widest territory with figures.
    static func root(_ read: DatasetState.Reading) throws -> TerritoryCode? {
        try read(
            """
            SELECT min(t.territory) FROM dataset d CROSS JOIN LATERAL (
                SELECT s.territory FROM summary s WHERE s.dataset = d.name
                ORDER BY s.territory LIMIT 1) t
            """
        ).first?.decode(optional: TerritoryCode.self, at: 0)
    }

    /// The territories one level down, that stand in registry's list or have figures.
    static func children(
        of territory: TerritoryCode, _ read: DatasetState.Reading
    ) throws -> [TerritoryCode] {
        guard let level = TerritoryCode.Level.allCases.first(where: { $0 > territory.level }) else {
            return []
        }
        let length = Int32(level.length)
        return try read(
            """
            WITH RECURSIVE key AS (
                SELECT d.name AS dataset, (
                    SELECT s.territory FROM summary s
                    WHERE s.dataset = d.name AND s.territory > \(territory)
                      AND s.territory < \(territory) || ':'
                    ORDER BY s.territory LIMIT 1) AS territory
                FROM dataset d
                UNION ALL
                SELECT k.dataset, (
                    SELECT s.territory FROM summary s
                    WHERE s.dataset = k.dataset
                      AND s.territory >= left(k.territory, \(length)) || ':'
                      AND s.territory < \(territory) || ':'
                    ORDER BY s.territory LIMIT 1)
                FROM key k WHERE k.territory IS NOT NULL
            )
            SELECT code FROM (
                SELECT left(territory, \(length)) COLLATE "C" AS code FROM key
                WHERE territory IS NOT NULL
                UNION
                SELECT code FROM place
                WHERE code > \(territory) AND code < \(territory) || ':'
                  AND length(code) = \(length) AND valid_to IS NULL) t
            ORDER BY code LIMIT \(limit)
            """
        ).map { try $0.decode(TerritoryCode.self, at: 0) }
    }

    /// What territories are called; those without a name are called by their codes.
    static func names(
        of territories: [TerritoryCode], _ read: DatasetState.Reading
    ) throws -> [TerritoryCode: Words] {
        let rows = try read(
            "SELECT code, name_zh, name_en FROM place WHERE code = ANY(\(territories))")
        return try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                var row = row.cursor()
                return (try row.next(TerritoryCode.self), Words(try row.next(), try row.next()))
            })
    }
}
