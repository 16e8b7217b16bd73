import Foundation
import Messages
import Postgres
import ServiceKit

/// Publishes changed cells, once a second at most, to the stream of summaries.
///
/// A summary is written to the table `summary` with the next `seq` of its dataset, then published, and the
/// position moves once the broker has confirmed: order and completeness survive a crash at any point,
/// after which a summary may come twice. What was replaced is kept for some days (`DatasetState.history`).
enum Summaries {
    /// Cells looked at by one run of the job.
    private static let limit = 5_000
    /// Summaries published before their confirms are awaited.
    private static let window: Int64 = 1_000

    static let job = Job("summaries", every: .seconds(1)) { context in
        try Epochs.begin(context.connection, now: context.now)
        let threshold = Int64(context.settings.suppressionThreshold)
        try write(context.connection, now: context.now, threshold: threshold, isResting: true) {
            context.shouldYield
        }
        for dataset in try behind(context.connection) {
            while !context.shouldYield, try publishNext(dataset, context) {}
        }
        try Heartbeats.send(context)
    }

    // MARK: Writing

    /// Held by whoever rolls up, writes summaries, or starts a rebuild.
    static let lock: Statement = "SELECT FROM dataset ORDER BY name FOR UPDATE"

    /// Writes summaries of changed cells whose figures differ from the last ones written, an edition at a time.
    /// - Returns: how many cells were looked at.
    @discardableResult
    static func write(
        _ connection: Connection, now: Timestamp, threshold: Int64, isResting: Bool = false,
        until isOver: () -> Bool = { false }
    ) throws -> Int {
        var total = 0
        while total < limit, !isOver() {
            guard
                let count = try Edition.write(
                    connection, now: now, threshold: threshold, isResting: isResting)
            else {
                break
            }
            total += count
        }
        return total
    }

    /// Notes the later periods of the stocks of a programme that changed, so that its edition has them too.
    static func markLater(_ dataset: String, _ programme: String) -> Statement {
        """
        WITH due AS (
            DELETE FROM changed_stock WHERE dataset = \(dataset) AND programme = \(programme)
            RETURNING dataset, territory, span, programme, start, cause
        )
        INSERT INTO changed AS h (dataset, territory, span, programme, start, cause)
        SELECT d.dataset, c.territory, c.span, c.programme, c.start, max(d.cause)
        FROM due d JOIN source s ON s.dataset = d.dataset AND s.is_stock
        JOIN cell c ON c.territory = d.territory AND c.span = d.span AND c.source = s.name
            AND c.programme = d.programme AND c.start > d.start
        GROUP BY d.dataset, c.territory, c.span, c.programme, c.start
        ON CONFLICT (dataset, territory, span, programme, start) DO UPDATE
        SET cause = EXCLUDED.cause WHERE h.cause < EXCLUDED.cause
        """
    }

    /// All changed cells of a programme at once, so that what an edition says of them adds up.
    static func writeStatement(
        _ now: Timestamp, dataset: String, programme: String
    ) -> Statement {
        """
        WITH picked AS (
            DELETE FROM changed c
            WHERE c.dataset = \(dataset) AND c.programme = \(programme)
            RETURNING c.dataset, c.territory, c.span, c.programme, c.start, c.cause
        ), last AS (
            SELECT p.dataset, p.territory, p.span, p.programme, p.start, s.seq, s.born, s.vintage,
                   s.status, s.measures, s.figures
            FROM picked p CROSS JOIN LATERAL (
                SELECT seq, born, vintage, status, measures, figures FROM summary s
                WHERE s.dataset = p.dataset AND s.territory = p.territory AND s.span = p.span
                  AND s.programme = p.programme AND s.start = p.start
                ORDER BY s.seq DESC LIMIT 1) s
        ), flow AS (
            SELECT p.dataset, p.territory, p.span, p.programme, p.start, f.measure, f.dimension,
                   f.value
            FROM picked p CROSS JOIN LATERAL (
                SELECT measure, dimension, value FROM settled_flow f
                WHERE f.territory = p.territory AND f.span = p.span AND f.programme = p.programme
                  AND f.start = p.start AND f.dataset = p.dataset
                OFFSET 0) f
        ), stock AS (
            -- A series is summed up once for all its periods.
            SELECT s.dataset, s.territory, s.span, s.programme, f.start, f.measure, f.dimension,
                   f.value
            FROM (SELECT DISTINCT dataset, territory, span, programme FROM picked) s
            CROSS JOIN LATERAL (
                SELECT start, measure, dimension, value FROM settled_stock f
                WHERE f.territory = s.territory AND f.span = s.span AND f.programme = s.programme
                  AND f.dataset = s.dataset
                OFFSET 0) f
        ), entry AS (
            -- The keys themselves, without a figure, then all figures.
            SELECT dataset, territory, span, programme, start, NULL AS name, NULL AS value
            FROM picked
            UNION ALL
            SELECT dataset, territory, span, programme, start,
                   measure || CASE dimension WHEN '' THEN '' ELSE ':' || dimension END, value
            FROM (SELECT * FROM flow UNION ALL SELECT * FROM stock) either WHERE value IS NOT NULL
            UNION ALL
            -- What the cell had once stays named.
            SELECT dataset, territory, span, programme, start, unnest(measures) COLLATE "C", NULL
            FROM last
        ), named AS (
            SELECT dataset, territory, span, programme, start, name, max(value) AS value
            FROM entry GROUP BY dataset, territory, span, programme, start, name
        ), present AS (
            SELECT dataset, territory, span, programme, start,
                   coalesce(array_agg(name ORDER BY name) FILTER (WHERE name IS NOT NULL),
                            '{}') AS measures,
                   coalesce(array_agg(value ORDER BY name) FILTER (WHERE name IS NOT NULL),
                            '{}') AS figures
            FROM named GROUP BY dataset, territory, span, programme, start
            HAVING bool_or(name IS NULL)
        ), judged AS (
            -- Final as they are when their period is closed; later changes are revisions.
            SELECT n.*, k.cause, last.seq AS replaces, last.born, coalesce(last.vintage, 0) AS vintage_before,
                   coalesce(last.measures, '{}') <> n.measures
                       OR coalesce(last.figures, '{}') <> n.figures AS differs,
                   CASE WHEN NOT is_closed(n.span, n.start) THEN 'provisional'
                        WHEN k.cause = 'closing' AND coalesce(last.vintage, 0) = 0 THEN 'final'
                        ELSE 'revised' END AS status
            FROM present n JOIN picked k USING (dataset, territory, span, programme, start)
            LEFT JOIN last USING (dataset, territory, span, programme, start)
        ), fresh AS (
            SELECT j.*, row_number() OVER (
                PARTITION BY j.dataset ORDER BY j.territory, j.span, j.programme, j.start) AS place
            FROM judged j
            WHERE j.differs OR (j.status = 'final' AND j.replaces IS NOT NULL)
        ), written AS (
            INSERT INTO summary
                (dataset, seq, edition, born, id, time, territory, span, programme, start, measures,
                 figures, status, vintage, reason, replaces)
            SELECT f.dataset, d.written + f.place, d.written + 1,
                   coalesce(f.born, d.written + 1), gen_random_uuid(), \(now), f.territory, f.span,
                   f.programme, f.start, f.measures, f.figures, f.status,
                   CASE f.status WHEN 'provisional' THEN 0 WHEN 'final' THEN 1
                                 ELSE greatest(f.vintage_before, 1) + 1 END,
                   CASE WHEN f.cause IN ('correction', 'method') THEN f.cause::text
                        WHEN f.status = 'revised' THEN 'late_data' ELSE 'routine' END,
                   f.replaces
            FROM fresh f JOIN dataset d ON d.name = f.dataset
            RETURNING dataset, seq, edition, replaces
        ), superseded AS (
            UPDATE summary s SET superseded_by = w.seq, ended = w.edition FROM written w
            WHERE s.dataset = w.dataset AND s.seq = w.replaces
        ), advanced AS (
            UPDATE dataset d SET written = w.seq
            FROM (SELECT dataset, max(seq) AS seq FROM written GROUP BY dataset) w
            WHERE d.name = w.dataset
        )
        SELECT (SELECT count(*) FROM picked), (SELECT max(edition) FROM written)
        """
    }

    // MARK: Publishing

    private static func behind(_ connection: Connection) throws -> [String] {
        try connection.run("SELECT name FROM dataset WHERE published < written ORDER BY name").map {
            try $0.decode(String.self, at: 0)
        }
    }

    /// - Returns: whether there may be more.
    private static func publishNext(_ dataset: String, _ context: JobContext) throws -> Bool {
        let summaries = try unpublished(dataset, context.connection)
        guard !summaries.isEmpty,
            var state = try DatasetState.find(dataset, { try context.connection.run($0) })
        else { return false }
        let encoder = MessageEncoder()
        for summary in summaries {
            context.publish(try summary.publication(in: state.epoch, encoder))
            try state.take(summary, encoder)
        }
        try context.flush()
        _ = try context.connection.run(published(state))
        return true
    }

    /// What is to be published next, in order.
    static func unpublished(_ dataset: String, _ connection: Connection) throws -> [Summary] {
        try connection.run(unpublished(dataset)).map { try Summary($0) }
    }

    static func unpublished(_ dataset: String) -> Statement {
        Statement(
            trusted: Summary.selection + """
                 JOIN dataset d ON d.name = s.dataset
                WHERE s.dataset = $1 AND s.seq > d.published ORDER BY s.seq LIMIT $2
                """,
            [Parameter(dataset), Parameter(window)])
    }

    /// Moves the position of a dataset.
    static func published(_ state: DatasetState) -> Statement {
        """
        UPDATE dataset SET published = \(state.seq), digest = \(state.digest.description),
               cells = \(state.cells)
        WHERE name = \(state.name) AND published < \(state.seq)
        """
    }

    static let migration = Migration(
        "0007_summaries",
        """
        -- The last seq that was written, and the last that the broker has confirmed.
        CREATE TABLE dataset (
            name      text COLLATE "C" PRIMARY KEY,
            written   bigint NOT NULL DEFAULT 0,
            published bigint NOT NULL DEFAULT 0,
            CHECK (0 <= published AND published <= written)
        );
        INSERT INTO dataset (name) SELECT DISTINCT dataset FROM measure;

        -- Keys whose figures changed since they were last written.
        CREATE TABLE changed (
            dataset   text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            span      span NOT NULL,
            programme text COLLATE "C" NOT NULL,
            start     date NOT NULL,
            PRIMARY KEY (dataset, territory, span, programme, start)
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

        -- Series of stocks: of each, all periods after `start` changed too.
        CREATE TABLE changed_stock (
            dataset   text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            span      span NOT NULL,
            programme text COLLATE "C" NOT NULL,
            start     date NOT NULL,
            PRIMARY KEY (dataset, territory, span, programme)
        );

        CREATE TABLE summary (
            dataset   text COLLATE "C" NOT NULL REFERENCES dataset,
            seq       bigint      NOT NULL,
            id        uuid        NOT NULL,
            time      timestamptz NOT NULL,
            territory text COLLATE "C" NOT NULL,
            span      span        NOT NULL,
            programme text COLLATE "C" NOT NULL,
            start     date        NOT NULL,
            measures  text[]      NOT NULL,
            figures   bigint[]    NOT NULL CHECK (cardinality(figures) = cardinality(measures)),
            PRIMARY KEY (dataset, seq)
        );
        CREATE INDEX summary_cell ON summary (dataset, territory, span, programme, start, seq);
        """)
}

extension Summary {
    func publication(in epoch: Int64, _ encoder: MessageEncoder) throws -> Publication {
        let header = Header(
            id: id, source: "nuanxin/reporting", type: CellChanged.type, time: time,
            subject: dataset, sequence: seq)
        return Publication(
            exchange: "nuanxin.summaries", routingKey: "summaries.\(dataset)", id: id,
            type: CellChanged.type, body: try encoder.encode(header, published(in: epoch)))
    }
}

/// Says once in a while where each dataset is.
enum Heartbeats {
    static func send(_ context: JobContext) throws {
        let due = try context.connection.run(
            """
            UPDATE dataset SET beat_at = \(context.now)
            WHERE beat_at IS NULL OR beat_at > \(context.now)
               OR beat_at <= \(context.now) - make_interval(secs => \(interval(context)))
            RETURNING name
            """)
        let names = Set(try due.map { try $0.decode(String.self, at: 0) })
        guard !names.isEmpty else { return }
        let encoder = MessageEncoder()
        for state in try DatasetState.all({ try context.connection.run($0) })
        where names.contains(state.name) {
            let fact = HeartbeatSent(
                dataset: state.name, epoch: state.epoch, seq: state.seq, cells: state.cells,
                digest: state.digest.description)
            let header = Header(
                id: UUID(), source: "nuanxin/reporting", type: HeartbeatSent.type,
                time: context.now, subject: state.name)
            context.publish(
                Publication(
                    exchange: "nuanxin.summaries", routingKey: "summaries.\(state.name)",
                    id: header.id, type: header.type, body: try encoder.encode(header, fact)))
        }
        try context.flush()
        context.measure(
            "nuanxin_heartbeat_timestamp_seconds", context.now.microseconds / 1_000_000)
    }

    /// A little less, because the job itself comes once a second.
    private static func interval(_ context: JobContext) -> Double {
        Double(context.settings.heartbeatSeconds) - 0.5
    }
}
