internal import Crypto
internal import Foundation
internal import Messages

/// What the inbox remembers of a message: enough to give its first answer again.
struct Answer: Sendable {
    enum State: Int16 {
        case accepted = 1
        case rejected = 2
        case parked = 3
        case applied = 4
        case dead = 5

        var isFinal: Bool { self != .parked && self != .dead }
    }

    var state: State
    /// How many facts followed; their ids derive from the message's.
    var facts: Int16 = 0
    var refusal: Refusal?
    /// What became of an accepted command.
    var outcome: Receipt.Outcome?
    /// When the wait of a parked message ends at the latest.
    var until: Timestamp?
}

extension Receipt {
    /// The answer as it was first given.
    init(_ answer: Answer, to command: UUID) {
        let status: Status =
            switch answer.state {
            case .accepted, .applied: .accepted
            case .rejected: .rejected
            case .parked, .dead: .parked
            }
        self.init(
            command: command.wireText, status: status, code: answer.refusal?.code,
            pointer: answer.refusal?.pointer, expected: answer.refusal?.expected)
        outcome = answer.outcome
        until = answer.until
        if answer.state == .accepted {
            facts = (0..<Int(answer.facts)).map { DerivedID.fact($0, of: command).wireText }
        }
    }

    /// The same answer again, to the same message sent again.
    init(duplicateOf answer: Answer, _ command: UUID) {
        let first = Receipt(answer, to: command)
        self.init(command: first.command, status: .duplicate, first: first.decision)
    }
}

/// The body of a receipt that answers a query.
struct AnsweringReceipt<A: Codable & Sendable>: Payload {
    static var type: String { Receipt.type }

    var command: String?
    var status: Receipt.Status
    var answer: A
}

/// Ids that follow from a message's id, so that handling it again gives the same ones (UUID version 8).
enum DerivedID {
    static func fact(_ index: Int, of message: UUID) -> UUID { derive(message, "fact \(index)") }

    /// The receipt that says how a message was decided in the end.
    static func receipt(of message: UUID) -> UUID { derive(message, "receipt") }

    /// The receipt that says that a message is parked.
    static func parkedReceipt(of message: UUID) -> UUID { derive(message, "parked") }

    /// What a message tells whoever asked for a record.
    static func notice(of record: UUID, by message: UUID) -> UUID {
        derive(message, "notice \(record.wireText)")
    }

    /// The receipt for a message that has no id of its own, or no right to it.
    static func refusal(of digest: [UInt8]) -> UUID { derive(digest, "refusal") }

    /// One of several rows that a message makes.
    static func row(_ name: String, of message: UUID) -> UUID { derive(message, "row \(name)") }

    /// The task of a kind for a subject.
    static func task(_ kind: String, of subject: UUID) -> UUID { derive(subject, "task \(kind)") }

    /// What a message waits for that waits for a territory.
    static func territory(_ code: TerritoryCode) -> UUID {
        derive(Array(code.rawValue.utf8), "territory")
    }

    /// What a command waits for whose publisher has no such grant yet.
    static func grant(of publisher: String) -> UUID { derive(Array(publisher.utf8), "grant") }

    private static func derive(_ message: UUID, _ salt: String) -> UUID {
        withUnsafeBytes(of: message.uuid) { derive(Array($0), salt) }
    }

    private static func derive(_ origin: [UInt8], _ salt: String) -> UUID {
        var bytes = Array(SHA256.hash(data: origin + Array(salt.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
