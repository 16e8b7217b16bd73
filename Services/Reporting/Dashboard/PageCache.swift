import Messages
import Postgres
import Synchronization

/// Pages as they were laid out last, each for as long as nothing that it is made of has changed. Readers who come
/// between two publications then cost one small question to the database.
final class PageCache: Sendable {
    /// What pages are made of. A page made of something newer than its stamp is made again at the next stamp.
    struct Stamp: Hashable, Sendable {
        let epoch: Int64
        /// Of each dataset.
        let positions: [Int64]
        let editions: Int64
        let closed: Int64
        /// Pages say how old the figures are, in minutes.
        let minute: Int64

        init(_ connection: Connection, now: Timestamp) throws {
            let rows = try connection.run(
                """
                SELECT e.number, array_agg(d.published ORDER BY d.name),
                       (SELECT coalesce(sum(sequence), 0)::bigint FROM bulletin_issue),
                       (SELECT count(*) FROM closed_period)
                FROM epoch e CROSS JOIN dataset d GROUP BY e.number
                """)
            guard var row = rows.first?.cursor() else { throw PageProblem.nothingPublished }
            epoch = try row.next()
            positions = try row.next(arrayOf: Int64.self)
            editions = try row.next()
            closed = try row.next()
            minute = now.microseconds / 60_000_000
        }
    }

    /// Pages kept at most.
    private static let limit = 400

    private let pages = Mutex<[PageRequest: (stamp: Stamp, page: RenderedPage)]>([:])

    var count: Int { pages.withLock { $0.count } }

    /// The page as it was at that stamp, or made now.
    func page(
        _ request: PageRequest, at stamp: Stamp, _ make: () throws -> RenderedPage
    ) rethrows -> RenderedPage {
        if let kept = pages.withLock({ $0[request] }), kept.stamp == stamp { return kept.page }
        let page = try make()
        pages.withLock { pages in
            if pages.count >= Self.limit, pages[request] == nil {
                pages = pages.filter { $0.value.stamp == stamp }
            }
            if pages.count < Self.limit || pages[request] != nil { pages[request] = (stamp, page) }
        }
        return page
    }
}
