import Messages
import Postgres
import ServiceKit
import Synchronization

/// Keeps pages as long as their state is unchanged. Between two publications, a page costs one small query.
final class PageCache: Sendable {
    /// Identifies the state of which pages are made. Figures and their moment change only with an edition. A page that was made
    /// of a newer state than its stamp is made again at the next stamp.
    struct Stamp: Hashable, Sendable {
        let epoch: Int64
        /// The one in force; 0 before the first one.
        let edition: Int64
        /// Editions of bulletins.
        let bulletins: Int64
        /// Versions of the bulletin, of the names of programmes and of other words.
        let wording: Int64
        /// Pages say how old the figures are, in minutes.
        let minute: Int64

        init(_ connection: Connection, now: Timestamp) throws {
            let rows = try connection.run(
                """
                SELECT number,
                       (SELECT coalesce(max(number), 0) FROM edition WHERE published_at IS NOT NULL),
                       (SELECT coalesce(sum(sequence), 0)::bigint FROM bulletin_issue),
                       (SELECT coalesce(sum(sequence), 0)::bigint FROM (
                            SELECT sequence FROM bulletin_definition
                            UNION ALL SELECT sequence FROM programme
                            UNION ALL SELECT sequence FROM word) AS w)
                FROM epoch
                """)
            guard var row = rows.first?.cursor() else { throw StoredValueError(type: "stamp") }
            epoch = try row.next()
            edition = try row.next()
            bulletins = try row.next()
            wording = try row.next()
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
