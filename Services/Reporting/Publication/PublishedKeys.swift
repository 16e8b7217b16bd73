import Messages
import Postgres

/// Finds the keys of cells in force. Each query jumps through the index from one key to the next, because a cell has a row for
/// each edition that changed it. Rows of an edition that is not in force yet are skipped.
enum PublishedKeys {
    private static let limit = 500

    /// A programme with figures of a territory, and their first and last month; the first and last quarter or year if nothing is
    /// published by month, nil if all figures are of all time.
    struct Programme: Sendable {
        let dataset: Dataset
        let programme: String
        let first: BusinessDate?
        let last: BusinessDate?
    }

    static func programmes(
        of territory: TerritoryCode, _ read: DatasetState.Reading
    ) throws -> [Programme] {
        try read(
            """
            WITH RECURSIVE key AS (
                SELECT d.name AS dataset, d.published, p.span, (
                    SELECT s.programme FROM summary s
                    WHERE s.dataset = d.name AND s.territory = \(territory) AND s.span = p.span
                      AND s.seq <= d.published
                    ORDER BY s.programme LIMIT 1) AS programme
                FROM dataset d
                CROSS JOIN unnest(ARRAY['month', 'quarter', 'year', 'all']::span[]) AS p (span)
                UNION ALL
                SELECT k.dataset, k.published, k.span, (
                    SELECT s.programme FROM summary s
                    WHERE s.dataset = k.dataset AND s.territory = \(territory)
                      AND s.span = k.span AND s.programme > k.programme AND s.seq <= k.published
                    ORDER BY s.programme LIMIT 1)
                FROM key k WHERE k.programme IS NOT NULL
            ), reach AS (
                SELECT k.dataset, k.programme, k.span, (
                    SELECT s.start FROM summary s
                    WHERE s.dataset = k.dataset AND s.territory = \(territory)
                      AND s.span = k.span AND s.programme = k.programme AND s.seq <= k.published
                    ORDER BY s.start LIMIT 1) AS first, (
                    SELECT s.start FROM summary s
                    WHERE s.dataset = k.dataset AND s.territory = \(territory)
                      AND s.span = k.span AND s.programme = k.programme AND s.seq <= k.published
                    ORDER BY s.start DESC LIMIT 1) AS last
                FROM key k WHERE k.programme IS NOT NULL
            )
            SELECT dataset, programme,
                   (array_agg(first ORDER BY span) FILTER (WHERE span < 'all'))[1],
                   (array_agg(last ORDER BY span) FILTER (WHERE span < 'all'))[1]
            FROM reach GROUP BY dataset, programme ORDER BY dataset, programme LIMIT \(limit)
            """
        ).compactMap { row in
            var row = row.cursor()
            let dataset = Dataset(rawValue: try row.next(String.self))
            let (programme, first, last) = (
                try row.next(String.self), try row.next(optional: BusinessDate.self),
                try row.next(optional: BusinessDate.self)
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
                SELECT s.territory FROM summary s
                WHERE s.dataset = d.name AND s.seq <= d.published
                ORDER BY s.territory LIMIT 1) t
            """
        ).first?.decode(optional: TerritoryCode.self, at: 0)
    }

    /// The territories one level down that are in registry's list or have figures.
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
                SELECT d.name AS dataset, d.published, (
                    SELECT s.territory FROM summary s
                    WHERE s.dataset = d.name AND s.territory > \(territory)
                      AND s.territory < \(territory) || ':' AND s.seq <= d.published
                    ORDER BY s.territory LIMIT 1) AS territory
                FROM dataset d
                UNION ALL
                SELECT k.dataset, k.published, (
                    SELECT s.territory FROM summary s
                    WHERE s.dataset = k.dataset
                      AND s.territory >= left(k.territory, \(length)) || ':'
                      AND s.territory < \(territory) || ':' AND s.seq <= k.published
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

    /// Names of territories. A territory without a name is missing.
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
