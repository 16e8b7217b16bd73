public import Foundation
public import Messages
internal import Postgres

/// Who has asked for a record with a receipt, and is told when something else changes it later.
struct Asker: Row {
    let record: UUID
    /// The publisher whose queue of receipts it is.
    let publisher: String
    /// The command that made the record.
    let command: UUID
    let correlationID: String?
    let askedOn: BusinessDate
    /// The record's kind and id, for records of two kinds may have one id.
    let key: String

    static func key<R: Row>(_ type: R.Type, _ record: UUID) -> String {
        "\(R.table.name) \(record.wireText)"
    }

    static let table = Table(
        "asker", key: "key", lock: .share, Asker.init,
        Field("record", \.record), Field("publisher", \.publisher), Field("command", \.command),
        Field("correlation_id", \.correlationID), Field("asked_on", \.askedOn),
        Field("key", \.key))

    /// Days for which later changes are told.
    static let days: Int32 = 400
}

/// Where the answer to a message goes, if it has asked for one.
struct ReplyAddress: Sendable {
    let publisher: String
    let correlationID: String?

    /// - Returns: nil for a fact, and for a command without `reply_to`.
    init?(_ intake: Intake) {
        guard intake.origin != .facts, let publisher = intake.receiptQueue else { return nil }
        self.publisher = publisher
        correlationID = intake.correlationID
    }
}

/// What whoever asked for a record is told, on its way into the publisher's queue of receipts.
struct Notice: Sendable {
    let id: UUID
    let asker: Asker
    let outcome: Receipt.Outcome
    let code: RefusalCode?
    /// The message that has changed the record.
    let cause: UUID
}

// MARK: The handlers' side

extension Keys {
    /// Declares that whoever asked for a record may be told of a change.
    public mutating func needAsker<R: Row>(of type: R.Type, _ record: UUID) {
        need(Asker.self, Asker.key(type, record))
    }
}

extension UnitOfWork {
    /// Remembers who sends this command, to be told of later changes of the new record that it makes. Nobody is remembered who
    /// wants no receipt.
    public func follow<R: Row>(_ record: R) where R.Key == UUID {
        guard let replyTo else { return }
        let map = rowMap(Asker.self)
        let key = Asker.key(R.self, record.key)
        // The record is new, so nobody has asked for it yet.
        map.fill([key], with: [])
        map.change(
            Asker(
                record: record.key, publisher: replyTo.publisher, command: message.id,
                correlationID: replyTo.correlationID, askedOn: now.day, key: key))
    }

    /// Tells whoever asked for these records what has become of them.
    /// - Parameter code: why, if the new state does not say it.
    public func notify<R: Row>(
        _ type: R.Type, _ records: [UUID], _ state: String, because code: RefusalCode? = nil
    ) throws {
        for asker in try find(Asker.self, all: records.map { Asker.key(type, $0) }) {
            add(
                Notice(
                    id: id(of: "notice \(asker.record.wireText)"), asker: asker,
                    outcome: Receipt.Outcome(state), code: code, cause: message.id))
        }
    }

    /// The same of the record that this message is about. Its sender knows from the receipt.
    public func notifyOthers<R: Row>(
        _ record: R, _ state: some RawRepresentable<String>, because code: RefusalCode? = nil
    ) throws where R.Key == UUID {
        let asker = try find(Asker.self, Asker.key(R.self, record.key))
        if let asker, replyTo == nil || asker.publisher != publisher {
            try notify(R.self, [record.key], state.rawValue, because: code)
        }
    }
}
