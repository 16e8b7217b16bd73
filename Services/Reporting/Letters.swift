import Disclosure
import DisclosureStore
import Postgres
import ServiceKit

/// What is written beside the figures of an edition: a letter for each, which says whether it is hidden.
struct Letters {
    private var seqs: [Int64] = []
    private var sources: [String] = []
    private var parts: [String] = []
    private var letters: [String] = []
    private var extremes: [String] = []

    /// Takes over what was decided of one source.
    mutating func add(_ versions: GuardedCells.Versions, _ cells: GuardedCells, _ number: Int64) {
        let extremesHidden = Extremes.hidden(versions, cells.cube, number)
        for (index, rows) in versions.rows.enumerated() {
            let letter = GuardedCells.Letter(versions.versions[index].showing)
            for row in rows where row.edition == number {
                let extreme =
                    !letter.isHidden && extremesHidden.contains(index) ? .complementary : letter
                guard letter.isHidden || extreme.isHidden else { continue }
                add(row, cells.source, letter, extreme)
            }
        }
    }

    /// Notes what is replaced and cannot be told any more.
    mutating func settle(_ indices: Set<Int>, _ versions: GuardedCells.Versions, _ source: String) {
        for index in indices.sorted() {
            let letter = GuardedCells.Letter(versions.versions[index].showing).settled
            for row in versions.rows[index] {
                add(row, source, letter, row.extremesLetter.settled)
            }
        }
    }

    private mutating func add(
        _ row: GuardedCells.Row, _ source: String, _ letter: GuardedCells.Letter,
        _ extreme: GuardedCells.Letter
    ) {
        seqs.append(row.seq)
        sources.append(source)
        parts.append(row.part)
        letters.append(letter.rawValue)
        extremes.append(extreme.rawValue)
    }

    func write(_ edition: Edition, _ connection: Connection) throws {
        guard !seqs.isEmpty else { return }
        _ = try connection.run(
            """
            UPDATE summary s SET hiding = h.hiding
            FROM (
                SELECT s.seq, string_agg(
                    coalesce(CASE WHEN m.reads IN ('times', 'amount', 'subjects') THEN u.letter
                                  ELSE u.extreme END,
                             nullif(substr(s.hiding, e.place::int, 1), ''), '-'),
                    '' ORDER BY e.place) AS hiding
                FROM summary s
                CROSS JOIN LATERAL unnest(s.measures) WITH ORDINALITY AS e (name, place)
                LEFT JOIN measure m
                    ON m.name = split_part(e.name, ':', 1) AND m.protection <> 'none'
                LEFT JOIN unnest(\(seqs), \(sources), \(parts), \(letters), \(extremes))
                          AS u (seq, source, part, letter, extreme)
                    ON u.seq = s.seq AND u.source = m.source
                   AND u.part = substr(e.name, length(m.name) + 2)
                WHERE s.dataset = \(edition.dataset) AND s.seq = ANY (\(Array(Set(seqs))))
                GROUP BY s.seq
            ) h
            WHERE s.dataset = \(edition.dataset) AND s.seq = h.seq
            """)
    }
}

/// Smallest, largest and most are shown where the count of their cell is, unless one part alone may be where a
/// total's comes from.
private enum Extremes {
    /// Places among the versions.
    static func hidden(
        _ versions: GuardedCells.Versions, _ cube: Cube, _ number: Int64
    ) -> Set<Int> {
        let all = versions.versions
        guard versions.rows.contains(where: { $0[0].extremes.contains { $0 != nil } }) else {
            return []
        }
        func newest(_ index: Int) -> [Int64?] { versions.rows[index].last?.extremes ?? [] }
        var hidden = Set(
            all.indices.filter {
                all[$0].showing.isHidden || versions.rows[$0].last?.extremesLetter.isHidden == true
            })
        let breakdowns = cube.breakdowns(all)
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            for (total, parts) in breakdowns {
                guard all[total].ended == nil, !hidden.contains(total),
                    versions.rows[total].last?.edition == number
                else { continue }
                let parts = parts.filter { all[$0].ended == nil }
                guard parts.count(where: hidden.contains) == 1 else { continue }
                let shown = parts.filter { !hidden.contains($0) }.map(newest)
                let isTold = newest(total).enumerated().contains { kind, value in
                    value != nil && !shown.contains { $0[kind] == value }
                }
                if isTold {
                    hidden.insert(total)
                    hasGrown = true
                }
            }
        }
        return hidden
    }
}
