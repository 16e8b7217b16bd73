internal import Foundation
internal import Messages
public import Postgres

/// Which facts of other services' journals have arrived here, one bit for each position. A fact that arrives twice changes
/// nothing, however much later, so what is kept here is never purged and needs no inbox.
///
/// A fact names the one before it that this service takes in too (`JournalPlace`). That one is then expected. What is expected
/// and has not arrived is missing: no queue took it, or somebody has dropped it.
public enum Arrivals {
    /// Positions in one row.
    public static let blockSize: Int64 = 64
    /// Seconds that a fact may come later than one after it: two workers publish and take in side by side.
    public static let patience = 60

    private struct Block: Hashable, Comparable {
        let source: String
        let owner: Int32
        let number: Int64

        init(_ source: String, _ owner: Int32, _ position: Int64) {
            self.source = source
            self.owner = owner
            number = position / blockSize
        }

        static func < (a: Block, b: Block) -> Bool {
            (a.source, a.owner, a.number) < (b.source, b.owner, b.number)
        }
    }

    /// The statement that notes the facts among some messages, whatever was decided of them: a fact that cannot be handled is a
    /// dead letter, and not missing. It belongs last before the commit, because two workers may note facts of one block.
    /// - Returns: nil if there are none.
    static func insert(
        _ examined: [Examined], at service: String, _ now: Timestamp
    ) -> Statement? {
        var blocks: [Block: (arrived: Int64, expected: Int64)] = [:]
        for examined in examined {
            guard let (source, place) = examined.arrival else { continue }
            let block = Block(source, place.owner, place.position)
            blocks[block, default: (0, 0)].arrived |= bit(of: place.position)
            blocks[block, default: (0, 0)].expected |= bit(of: place.position)
            if let before = place.before[service], before > 0 {
                blocks[Block(source, place.owner, before), default: (0, 0)].expected |= bit(
                    of: before)
            }
        }
        guard !blocks.isEmpty else { return nil }
        let rows = blocks.sorted { $0.key < $1.key }
        return """
            INSERT INTO fact_arrival AS a (source, owner, block, arrived, expected, changed_at)
            SELECT v.*, \(now) FROM unnest(
                \(rows.map(\.key.source)), \(rows.map(\.key.owner)), \(rows.map(\.key.number)),
                \(rows.map(\.value.arrived)), \(rows.map(\.value.expected))) AS v
            ON CONFLICT (source, owner, block) DO UPDATE
            SET arrived = a.arrived | EXCLUDED.arrived, expected = a.expected | EXCLUDED.expected,
                changed_at = EXCLUDED.changed_at
            WHERE a.arrived | EXCLUDED.arrived <> a.arrived
               OR a.expected | EXCLUDED.expected <> a.expected
            """
    }

    /// How many facts of others have not arrived, although one after them has, a minute ago at least.
    public static func missing(_ connection: Connection) throws -> Int64 {
        let rows = try connection.run(
            """
            SELECT coalesce(sum(bit_count((expected & ~arrived)::bit(64))), 0)::bigint
            FROM fact_arrival
            WHERE expected & ~arrived <> 0
              AND changed_at < now() - make_interval(secs => \(Double(patience)))
            """)
        return try rows.first?.decode(Int64.self, at: 0) ?? 0
    }

    private static func bit(of position: Int64) -> Int64 { 1 << (position % blockSize) }
}

extension Examined {
    /// The place of a fact in the journal of the service that has published it; nil for anything else.
    var arrival: (source: String, place: JournalPlace)? {
        guard intake.origin == .facts, let source = intake.publisher,
            Topology.services.contains(source)
        else { return nil }
        let text =
            switch content {
            case .success(let message): message.header.journal
            case .failure: (try? Document(intake.body))?.journal
            }
        return text.flatMap(JournalPlace.init).map { (source, $0) }
    }
}
