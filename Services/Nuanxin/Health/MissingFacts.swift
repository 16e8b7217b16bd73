import Foundation
import Messages
import Postgres
import ServiceKit

/// Compares the journal of each service with what the others have taken in of it, owner by owner. It asks both databases, so it
/// sees a missing fact at once, also one that no other fact has followed.
struct MissingFacts {
    let settings: Settings
    /// The connections to the databases that can be read, by service.
    let connections: [String: Connection]
    /// Nil if the broker does not say.
    let flow: QueueFlow?

    /// Facts that are named.
    private static let named = 3

    /// The facts of one service that another one lacks.
    struct Gap {
        struct Fact {
            let id: UUID
            let type: String
            let time: Timestamp
        }

        let source: String
        let count: Int
        /// The earliest ones.
        let first: [Fact]
    }

    func findings() -> [Finding] {
        Topology.services.compactMap { service in
            guard connections[service] != nil else { return nil }
            do {
                let gaps = try gaps(at: service)
                let missing = gaps.isEmpty ? nil : fault(gaps, at: service)
                return Finding(
                    place: "facts at \(service)", fault: try missing ?? setAside(at: service))
            } catch {
                return Finding(
                    place: "facts at \(service)",
                    fault: .init(cause: "\(error)", remedy: "see nuanxin status"))
            }
        }
    }

    private func fault(_ gaps: [Gap], at service: String) -> Finding.Fault {
        let causes = gaps.map { gap in
            let facts = gap.first.map { "\($0.id.wireText) (\($0.type))" }
            return "it lacks \(gap.count) facts of \(gap.source), the first: "
                + facts.joined(separator: ", ")
        }
        if flow?.services[service]?.isStuck ?? false {
            return Finding.Fault(
                cause: causes.joined(separator: "; "),
                remedy: "mend the queues of \(service) first, and run this again")
        }
        let waiting = (try? ManagementInterface(settings).lengths()["\(service).facts"]) ?? 0
        guard waiting == 0 else {
            return Finding.Fault(
                cause: (causes + ["\(waiting) wait in its queue"]).joined(separator: "; "),
                remedy: "let \(service) take in its queue, and run this again")
        }
        let commands = gaps.map { gap in
            let time = gap.first.first.map { " --from \($0.time)" } ?? ""
            return "nuanxin replay \(gap.source) --to \(service)\(time)"
        }
        return Finding.Fault(
            cause: causes.joined(separator: "; "), remedy: commands.joined(separator: "; "))
    }

    /// Facts that have arrived and that the service could not take in. One whose dead letter was discarded as a conflict is
    /// missing all the same.
    private func setAside(at service: String) throws -> Finding.Fault? {
        guard let connection = connections[service] else { return nil }
        let letters = try connection.run(
            """
            SELECT message_id, coalesce(type, routing_key), code, count(*) OVER () FROM dead_letter
            WHERE origin = 'facts' AND message_id IS NOT NULL
              AND (state = 'open' OR state = 'discarded' AND code = \(RefusalCode.conflict.code))
            ORDER BY last_at LIMIT \(Int64(Self.named))
            """)
        guard let first = letters.first else { return nil }
        let names = try letters.map { row in
            var row = row.cursor()
            let id = try row.next(UUID.self)
            return "\(id.wireText) (\(try row.next(String.self)), \(try row.next(String.self)))"
        }
        return Finding.Fault(
            cause: """
                it has set aside \(try first.decode(Int64.self, at: 3)) facts, which therefore count nowhere, the \
                first: \(names.joined(separator: ", "))
                """,
            remedy: "follow the runbook DeadLettersOpen; do not discard them")
    }

    private func gaps(at service: String) throws -> [Gap] {
        guard let consumer = connections[service] else { return [] }
        return try Topology.services.compactMap { source in
            let types = Subscriptions.facts(of: service).map { $0.type }
                .filter { $0.hasPrefix(source + ".") }
            guard !types.isEmpty, let journal = connections[source] else { return nil }
            return try gap(types, of: source, journal, at: consumer)
        }
    }

    private struct Block: Hashable {
        let owner: Int32
        let number: Int64
    }

    private func gap(
        _ types: [String], of source: String, _ journal: Connection, at consumer: Connection
    ) throws -> Gap? {
        // First the journal: what it has by then, the consumer must have a moment later.
        let size = Arrivals.blockSize
        let sent = try journal.run(
            """
            SELECT j.owner, j.position / \(size),
                   bit_or(1::bigint << (j.position % \(size))::integer)
            FROM journal j JOIN journal_owner o ON o.owner = j.owner
            WHERE j.type = ANY(\(types)) AND j.position <= o.published
              AND j.time < now() - make_interval(secs => \(Double(Arrivals.patience)))
            GROUP BY 1, 2 ORDER BY 1, 2
            """)
        var arrived: [Block: Int64] = [:]
        let rows = try consumer.run(
            "SELECT owner, block, arrived FROM fact_arrival WHERE source = \(source)")
        for row in rows { arrived[try block(row)] = try row.decode(Int64.self, at: 2) }
        var count = 0
        var first: [Int32: [Int64]] = [:]
        for row in sent {
            let block = try block(row)
            let missing = try row.decode(Int64.self, at: 2) & ~(arrived[block] ?? 0)
            count += missing.nonzeroBitCount
            let positions = (0..<size).filter { missing & 1 << $0 != 0 }
            let open = Self.named - (first[block.owner]?.count ?? 0)
            first[block.owner, default: []] += positions.prefix(open).map {
                block.number * size + $0
            }
        }
        guard count > 0 else { return nil }
        let places = first.flatMap { owner, positions in positions.map { (owner, $0) } }
        return Gap(source: source, count: count, first: try facts(at: places, journal))
    }

    private func block(_ row: ResultRow) throws -> Block {
        Block(owner: try row.decode(Int32.self, at: 0), number: try row.decode(Int64.self, at: 1))
    }

    private func facts(
        at places: [(owner: Int32, position: Int64)], _ journal: Connection
    ) throws -> [Gap.Fact] {
        try journal.run(
            """
            SELECT j.id, j.type, j.time
            FROM unnest(\(places.map(\.owner)), \(places.map(\.position))) AS p (owner, position)
            JOIN journal j USING (owner, position)
            ORDER BY j.time, j.owner, j.position LIMIT \(Int64(Self.named))
            """
        ).map { row in
            Gap.Fact(
                id: try row.decode(UUID.self, at: 0), type: try row.decode(String.self, at: 1),
                time: try row.decode(Timestamp.self, at: 2))
        }
    }
}
