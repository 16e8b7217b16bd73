import ArgumentParser
import Foundation
import Messages
import Postgres
import ServiceKit

/// A message that a service could not handle, without its body.
struct DeadLetter: Encodable {
    enum State: String, Encodable, CaseIterable, ExpressibleByArgument {
        case open, redriven, discarded
    }

    let service: String
    /// The keyed digest of the body, in hexadecimal digits.
    let digest: String
    let id: String?
    let origin: String
    let routingKey: String
    let publisher: String?
    let code: String
    let pointer: String
    let found: String
    let expected: String
    let times: Int
    let firstAt: String
    let lastAt: String
    let ageSeconds: Int64
    let state: String
    let note: String?
    /// The type that the document names; nil if it names none.
    let type: String?
    /// Bytes of the body.
    let size: Int
    let keepsBody: Bool

    /// The first digits of the digest, enough to tell messages apart in practice.
    var handle: String { String(digest.prefix(12)) }

    var digestBytes: [UInt8] {
        stride(from: 0, to: digest.utf8.count, by: 2).compactMap {
            UInt8(digest.dropFirst($0).prefix(2), radix: 16)
        }
    }

    private static let columns = """
        encode(digest, 'hex'), message_id, origin, routing_key, publisher, code, pointer, found,
        expected, times, first_at, last_at, state, note, type, size, body IS NOT NULL
        """

    /// Newest first.
    static func list(
        _ service: String, _ connection: Connection, state: State?, code: String?, limit: Int
    ) throws -> [DeadLetter] {
        try connection.run(
            Statement(
                trusted: """
                    SELECT \(columns) FROM dead_letter
                    WHERE ($1 IS NULL OR state = $1) AND ($2 IS NULL OR code = $2)
                    ORDER BY last_at DESC LIMIT $3
                    """,
                [Parameter(state?.rawValue), Parameter(code), Parameter(Int64(limit))])
        ).map { try DeadLetter(service, $0) }
    }

    /// The dead letter whose digest starts with the handle.
    static func find(
        _ service: String, _ connection: Connection, handle: String
    ) throws -> DeadLetter {
        guard (4...64).contains(handle.count), handle.allSatisfy(\.isHexDigit) else {
            throw ValidationError("\(handle) is no handle: at least 4 digits of a digest")
        }
        let rows = try connection.run(
            Statement(
                trusted: """
                    SELECT \(columns) FROM dead_letter
                    WHERE starts_with(encode(digest, 'hex'), $1) LIMIT 2
                    """, [Parameter(handle.lowercased())]))
        guard let row = rows.first else {
            throw ValidationError("\(service) has no dead letter \(handle)")
        }
        guard rows.count == 1 else {
            throw ValidationError("\(handle) begins more than one digest: give more of its digits")
        }
        return try DeadLetter(service, row)
    }

    private init(_ service: String, _ row: ResultRow) throws {
        var row = row.cursor()
        self.service = service
        digest = try row.next(String.self)
        id = try row.next(optional: UUID.self)?.wireText
        origin = try row.next(String.self)
        routingKey = try row.next(String.self)
        publisher = try row.next(optional: String.self)
        code = try row.next(String.self)
        pointer = try row.next(String.self)
        found = try row.next(String.self)
        expected = try row.next(String.self)
        times = Int(try row.next(Int32.self))
        firstAt = try row.next(Timestamp.self).description
        let last = try row.next(Timestamp.self)
        lastAt = last.description
        ageSeconds = (Timestamp.now().microseconds - last.microseconds) / 1_000_000
        state = try row.next(String.self)
        note = try row.next(optional: String.self)
        type = try row.next(optional: String.self)
        size = Int(try row.next(Int32.self))
        keepsBody = try row.next(Bool.self)
    }
}
