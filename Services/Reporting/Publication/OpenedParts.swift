import Postgres
import ServiceKit

/// Which of the words that publishers make up (campaigns, occasions, items of stock) an edition shows.
///
/// A publisher may write anything there, also somebody's name. So a part is public only once somebody of the district has named it
/// by `reporting.word.define.v1`, or if it is the code of a programme that has a name. Until then the edition has the figure of
/// all parts together, and nothing of this one.
enum OpenedParts {
    /// The dimensions whose words publishers make up, but for programmes.
    private static let dimensions = Measure.Dimension.allCases
        .filter { !$0.isClosed && $0 != .programme }.map(\.rawValue)

    /// Takes the parts that nobody has named out of an edition in the making.
    static let leaveOut: Statement = """
        DELETE FROM edition_figure AS f USING measure AS m
        WHERE strpos(f.name, ':') > 0 AND m.name = split_part(f.name, ':', 1)
          AND m.dimension = ANY (\(dimensions))
          AND NOT EXISTS (SELECT FROM word AS w WHERE w.kind = 'part' AND w.dimension = m.dimension
                          AND w.code = substr(f.name, strpos(f.name, ':') + 1))
          AND NOT EXISTS (SELECT FROM programme AS p
                          WHERE p.code = substr(f.name, strpos(f.name, ':') + 1))
        """

    /// A word that waits for a name, and in how many cells it has figures.
    struct Waiting: Encodable, Equatable {
        let dimension: String
        let part: String
        let cells: Int64
    }

    /// The words that wait, those with the most cells first.
    static func waiting(_ read: DatasetState.Reading) throws -> [Waiting] {
        try read(
            """
            SELECT m.dimension, c.dimension, count(DISTINCT (c.territory, c.span, c.programme, c.start))
            FROM current_cell AS c
            JOIN (SELECT DISTINCT source, dimension FROM measure) AS m ON m.source = c.source
            WHERE m.dimension = ANY (\(dimensions)) AND c.dimension <> ''
              AND NOT EXISTS (SELECT FROM word AS w WHERE w.kind = 'part'
                              AND w.dimension = m.dimension AND w.code = c.dimension)
              AND NOT EXISTS (SELECT FROM programme AS p WHERE p.code = c.dimension)
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """
        ).map { row in
            var row = row.cursor()
            return Waiting(
                dimension: try row.next(), part: try row.next(), cells: try row.next())
        }
    }
}
