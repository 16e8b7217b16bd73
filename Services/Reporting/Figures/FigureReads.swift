import Foundation
import Messages
import Postgres
import ServiceKit

/// A record that staff asked for exact figures: who, when, and for which. The answer is not kept.
struct FigureRead: Record {
    let publisher: String
    /// Who asked, as the message says: the publisher's system or person.
    let source: String
    let type: String
    let message: UUID
    /// The question, as JSON.
    let asked: String
    let readAt: Timestamp

    /// Days until a record is deleted.
    static let keptDays: Int64 = 1_096

    static let table = RecordTable<FigureRead>(
        "figure_read",
        columns: [
            Column("publisher", \.publisher), Column("source", \.source), Column("type", \.type),
            Column("message", \.message), Column("asked", \.asked), Column("read_at", \.readAt),
        ])

    static func note(_ query: some Query, _ unit: UnitOfWork) throws {
        let asked = String(decoding: try MessageEncoder().encode(data: query), as: UTF8.self)
        unit.append(
            FigureRead(
                publisher: unit.publisher, source: unit.message.source, type: unit.message.type,
                message: unit.message.id, asked: asked, readAt: unit.now))
    }

    static let job = Job("figure-reads", every: .seconds(3_600)) { context in
        try forget(
            before: Timestamp(microseconds: context.now.microseconds - keptDays * 86_400_000_000),
            context.connection)
    }

    static func forget(before limit: Timestamp, _ connection: Connection) throws {
        _ = try connection.run("DELETE FROM figure_read WHERE read_at < \(limit)")
    }
}
