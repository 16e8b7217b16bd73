public import Postgres

/// The public plan of a test, which has few records.
public enum PublicPlan: Sendable {
    /// All figures, at every level and of every period.
    case everything
    /// The plan as it is, for a district however small; and of these sources about families also communities by year.
    case families(inCommunities: [String])
    /// The plan as it is.
    case asDefined

    public func apply(_ connection: Connection) throws {
        switch self {
        case .asDefined: return
        case .everything:
            _ = try connection.pipeline([
                "UPDATE measure SET protection = 'none' WHERE protection <> 'none'",
                """
                INSERT INTO plan_cell (measure, level, span, has_parts)
                SELECT m.name, l.level, s.span, true
                FROM measure m CROSS JOIN unnest(ARRAY[6, 9, 12, 15]) AS l (level)
                CROSS JOIN unnest(enum_range(NULL::span)) AS s (span)
                ON CONFLICT (measure, level, span) DO UPDATE SET has_parts = true
                WHERE NOT plan_cell.has_parts
                """,
            ])
        case .families(let sources):
            _ = try connection.pipeline([
                "UPDATE plan SET exact_from = 0",
                """
                INSERT INTO plan_cell (measure, level, span, has_parts)
                SELECT m.name, l.level, s.span, false
                FROM measure m CROSS JOIN unnest(ARRAY[9, 12]) AS l (level)
                CROSS JOIN unnest(ARRAY['year', 'all']::span[]) AS s (span)
                WHERE m.source = ANY (\(sources)) AND m.protection <> 'none' AND m.is_additive
                ON CONFLICT DO NOTHING
                """,
            ])
        }
    }
}
