import Foundation
import Postgres
import ServiceKit

/// The fate of editions that a restored database did not know.
struct EditionPast: Encodable {
    enum Kind: String, Encodable, PostgresValue { case whole, reading, read, lost }

    /// `whole`: there were none. `read`: they were read from the stream. `lost`: they are gone. `reading`: not known yet.
    let past: Kind
    /// When reporting started on the restored database, in the form of `EditionLine`.
    let since: String
    let ageSeconds: Int64
    /// How many were read.
    let editions: Int64
    /// A day. It is unknown what was shown below the district for periods that ended before it.
    let lostUntil: String?

    /// Reading takes minutes if the stream is as long as it may be.
    private static let patience: Int64 = 900

    /// - Returns: nil if there is nothing to say.
    static func read(_ connection: Connection) throws -> EditionPast? {
        try connection.run(
            """
            SELECT past, to_char(to_timestamp(number / 1000000.0) AT TIME ZONE 'Asia/Shanghai',
                                 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"'),
                   (extract(epoch FROM now()) - number / 1000000)::bigint, forgotten, lost_until::text
            FROM epoch WHERE past <> 'whole' OR lost_until IS NOT NULL
            """
        ).first.map { row in
            var row = row.cursor()
            return EditionPast(
                past: try row.next(), since: try row.next(),
                ageSeconds: try row.next(), editions: try row.next(),
                lostUntil: try row.next(optional: String.self))
        }
    }

    var problem: String? {
        past == .reading && ageSeconds > Self.patience
            ? "it has not read yet what it had published before the restore, and makes no edition"
            : nil
    }

    var text: String {
        var lines: [String] = []
        let restored = EditionLine.local(since)
        switch past {
        case .reading:
            lines.append(
                "Editions wait until it is read what was published before the restore (\(restored))."
            )
        case .read:
            let found = editions == 1 ? "1 edition" : "\(editions) editions"
            lines.append(
                """
                The restore (\(restored)) had forgotten \(found), read off the stream since: figures about \
                families below the district go on from there.
                """)
        case .whole, .lost: break
        }
        if let lostUntil {
            lines.append(
                """
                Of editions that a restore has forgotten, at the latest on \(lostUntil), nobody knows what they \
                showed: figures about families below the district stay as they are for periods that were over \
                then, or are left out.
                """)
        }
        return lines.joined(separator: "\n")
    }
}
